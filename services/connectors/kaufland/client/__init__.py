"""One method per remote call. Lists come back as pages of raw rows; nothing is retried or translated here."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from services.connectors.kaufland.client.answers import data, found, rows
from services.connectors.kaufland.client.answers import explain as explain
from services.connectors.kaufland.client.products import Products
from services.connectors.kaufland.client.signature import headers
from services.connectors.kaufland.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Misconfigured
from shared.http.signing import signed

PER_PAGE = 100
SUBSCRIPTIONS_PER_PAGE = 30
TICKETS_PER_PAGE = 30
FULFILMENT_TYPES = ["fulfilled_by_merchant", "fulfilled_by_kaufland"]
Row = dict[str, Any]


class Client:
    """The Seller API of one seller, all his storefronts."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self.merchant = credentials
        self._api = outside.shop(f"{credentials.url}/v2", auth=signed(partial(headers, credentials)), explain=explain)
        self.products = Products(self._api)
        self.returned: set[str] | None = None
        """Pieces that are part of a return; None as long as nobody has asked for them."""
        self._storefronts: tuple[str, ...] = ()
        self._carriers: tuple[str, ...] = ()

    async def account_storefronts(self) -> tuple[str, ...]:
        """Every storefront the seller ever opened, whether it sells or not."""
        named = data(await self._api.request("GET", "/info/storefront"))
        return tuple(dict.fromkeys(str(one).lower() for one in named))

    async def storefronts(self) -> tuple[str, ...]:
        """The storefronts the merchant means; asked for once."""
        if not self._storefronts:
            self._storefronts = self.merchant.named_storefronts or await self.account_storefronts()
        return self._storefronts

    async def home(self) -> str:
        """The storefront in which products and their offers are made: the first that the merchant named, or has.
        Raises Misconfigured where there is none."""
        storefronts = await self.storefronts()
        if not storefronts:
            raise Misconfigured("The account has no storefront yet.", code="storefront_none", field="storefronts")
        return storefronts[0]

    async def now(self) -> datetime:
        """The platform's own clock: windows must not depend on ours."""
        reply = await self._api.request("GET", "/status/ping")
        return reply.server_time or datetime.now(UTC)

    async def orders(
        self, changed_from: datetime | None, storefront: str, offset: int, limit: int = PER_PAGE
    ) -> list[Row]:
        """Some rows of the list of orders, in the order the platform has them; units, money and addresses are not told
        here. `changed_from` is exclusive, in whole seconds."""
        params: Row = {"limit": limit, "offset": offset, "storefront": storefront or None}
        if changed_from is not None:
            params["ts_units_updated_from_iso"] = _seconds(changed_from)
        if self.merchant.fulfilled_by_kaufland:
            params["fulfillment_type"] = FULFILMENT_TYPES
        return rows(await self._api.request("GET", "/orders", params=params))

    async def order(self, id: str) -> Row | None:
        """One order with all its units and addresses; None when the platform does not know it."""
        return await self._one(f"/orders/{quote(id, safe='')}", {"embedded": "delivery"})

    async def order_with_invoices(self, id: str) -> Row | None:
        """One order with the invoices that lie beside it; None when the platform does not know it."""
        return await self._one(f"/orders/{quote(id, safe='')}", {"embedded": "order_invoices"})

    async def add_invoice(self, id: str, body: Row) -> str:
        """Lays an invoice beside an order, of which it may have several. Returns its id."""
        made = data(await self._api.request("POST", f"/order-invoices/{quote(id, safe='')}", json=body))
        return str(made["id_invoice"])

    async def order_unit(self, id: str) -> Row | None:
        """One piece of an order, with its return where there is one."""
        return await self._one(f"/order-units/{quote(id, safe='')}", {"embedded": "return_unit"})

    async def send_unit(self, id: str, tracking: str, carrier: str) -> None:
        """Tells that a piece was sent; the platform refuses to be told twice."""
        body = {"tracking_numbers": tracking, "carrier_code": carrier}
        await self._api.request("PATCH", f"/order-units/{quote(id, safe='')}/send", json=body)

    async def cancel_unit(self, id: str, reason: str) -> None:
        """Cancels a piece; the platform refuses to be told twice."""
        await self._api.request("PATCH", f"/order-units/{quote(id, safe='')}/cancel", json={"reason": reason})

    async def returns(self, changed_from: datetime, storefront: str, offset: int) -> list[Row]:
        """Some rows of the list of returns, without their pieces. `changed_from` is exclusive, in whole seconds."""
        params: Row = {"limit": PER_PAGE, "offset": offset, "storefront": storefront or None, "sort": "ts_updated:desc"}
        return rows(
            await self._api.request("GET", "/returns", params=params | {"ts_updated_from_iso": _seconds(changed_from)})
        )

    async def units_of_return(self, id: str) -> list[Row]:
        """The pieces of a return; none when the platform does not know it."""
        found = await self._one(f"/returns/{quote(id, safe='')}", {"embedded": "return_units"})
        return (found.get("return_units") or []) if found else []

    async def return_units(self, storefront: str, offset: int) -> list[Row]:
        """Some of all pieces that are part of a return."""
        params: Row = {"limit": PER_PAGE, "offset": offset, "storefront": storefront or None}
        return rows(await self._api.request("GET", "/return-units", params=params))

    async def accept_return(self, id: str) -> None:
        await self._api.request("PATCH", f"/return-units/{quote(id, safe='')}/accept")

    async def reject_return(self, id: str, message: str) -> None:
        """Opens a ticket, in which the customer reads the message."""
        await self._api.request("PATCH", f"/return-units/{quote(id, safe='')}/reject", json={"message": message})

    async def carriers(self) -> tuple[str, ...]:
        """The platform's codes of carriers; asked for once."""
        if not self._carriers:
            known = data(await self._api.request("GET", "/carriers"))
            self._carriers = tuple(str(one["name"]) for one in known["carriers"])
        return self._carriers

    async def tickets(self, changed_from: datetime | None, storefront: str, status: str, offset: int) -> list[Row]:
        """Some rows of the list of tickets, the newest change first; an empty storefront or status means all."""
        params: Row = {"limit": TICKETS_PER_PAGE, "offset": offset, "sort": "ts_updated_iso:desc"}
        params |= {"storefront": storefront or None, "status": status or None}
        if changed_from is not None:
            params["ts_updated_from_iso"] = _seconds(changed_from)
        if self.merchant.fulfilled_by_kaufland:
            params["fulfillment_type"] = FULFILMENT_TYPES
        return rows(await self._api.request("GET", "/tickets", params=params))

    async def ticket(self, id: str) -> Row | None:
        """One ticket with what was written in it; None when the platform does not know it."""
        return await self._one(f"/tickets/{quote(id, safe='')}", {"embedded": "messages"})

    async def units(self, storefront: str, offset: int, limit: int = PER_PAGE) -> list[Row]:
        """Some of the seller's offers in one storefront, with the product behind each."""
        params: Row = {"storefront": storefront, "limit": limit, "offset": offset, "embedded": "products"}
        return rows(await self._api.request("GET", "/units", params=params))

    async def unit(self, storefront: str, id: str) -> Row | None:
        return await self._one(f"/units/{quote(id, safe='')}", {"storefront": storefront, "embedded": "products"})

    async def set_units(self, storefront: str, changes: Sequence[Row]) -> list[Row]:
        """Absolute values for at most 150 units, none of them twice; one answer per unit."""
        params = {"storefront": storefront}
        reply = await self._api.request("POST", "/units/bulk", params=params, json=list(changes), repeatable=True)
        return rows(reply)

    async def subscriptions(self) -> list[Row]:
        """Every subscription of the account, in all storefronts."""
        all_of_them: list[Row] = []
        while True:
            params = {"limit": SUBSCRIPTIONS_PER_PAGE, "offset": len(all_of_them)}
            part = rows(await self._api.request("GET", "/subscriptions", params=params))
            all_of_them += part
            if len(part) < SUBSCRIPTIONS_PER_PAGE:
                return all_of_them

    async def subscribe(self, storefront: str, event: str, address: str) -> None:
        """The platform calls the address before it answers."""
        body = {"callback_url": address, "fallback_email": self.merchant.fallback_email, "event_name": event}
        await self._api.request("POST", "/subscriptions", params={"storefront": storefront}, json=body)

    async def revive(self, subscription: int) -> None:
        await self._api.request("PATCH", f"/subscriptions/{subscription}", json={"is_active": True}, repeatable=True)

    async def _one(self, path: str, params: Row) -> Row | None:
        return await found(self._api, path, params)


def _seconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
