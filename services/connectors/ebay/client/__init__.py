"""One method per remote call. Lists come back as pages of raw rows; nothing is retried or translated here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson

from services.connectors.ebay.client.api import Api
from services.connectors.ebay.client.listings import Listings
from services.connectors.ebay.client.notifications import Notifications
from services.connectors.ebay.client.taxonomies import Taxonomies
from services.connectors.ebay.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Rejected, Transient, Unknown
from shared.http.client import Reply

FULFILLMENT, INVENTORY = "/sell/fulfillment/v1", "/sell/inventory/v1"
CANCELLATION = "/post-order/v2/cancellation"
ORDERS_PER_PAGE, ITEMS_PER_PAGE, OFFERS_PER_PAGE, IDS_PER_CALL = 200, 200, 100, 50
Row = dict[str, Any]


@dataclass(frozen=True)
class Listed:
    """One page of orders. `total` is what matches in all; `more` whether a page follows; `at` eBay's own clock."""

    rows: list[Row]
    total: int
    more: bool
    at: datetime


class Client:
    """The Sell APIs for one seller on all his marketplaces."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self.merchant = credentials
        self._api = Api(credentials, outside)
        self.notifications = Notifications(self._api)
        self.listings = Listings(self._api)
        self.taxonomies = Taxonomies(self._api, credentials.sites[0])

    async def missing_scopes(self) -> list[str]:
        """Rights the seller did not agree to."""
        return await self._api.tokens.missing()

    async def orders(
        self, since: datetime, until: datetime | None, offset: int = 0, limit: int = ORDERS_PER_PAGE
    ) -> Listed:
        """Orders that changed within both ends, in no order that is promised; `offset` counts orders. Where
        cancellations stand is not told here."""
        window = f"lastmodifieddate:[{_stamp(since)}..{_stamp(until) if until else ''}]"
        params = {"filter": window, "limit": limit, "offset": offset, "fieldGroups": "TAX_BREAKDOWN"}
        return _listed(await self._fulfillment("GET", "/order", params=params))

    async def orders_named(self, ids: Sequence[str]) -> list[Row]:
        """At most fifty orders by their ids; one that is not known is left out."""
        return _listed(await self._fulfillment("GET", "/order", params={"orderIds": ",".join(ids)})).rows

    async def order(self, id: str) -> Row | None:
        """One order with all it has; None when the platform does not know it."""
        try:
            path = f"/order/{quote(id, safe='')}"
            return _object(await self._fulfillment("GET", path, params={"fieldGroups": "TAX_BREAKDOWN"}))
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise

    async def parcels(self, order_id: str) -> list[Row]:
        """What of an order was told as sent."""
        path = f"/order/{quote(order_id, safe='')}/shipping_fulfillment"
        return _rows(_object(await self._fulfillment("GET", path)), "fulfillments")

    async def ship(self, order_id: str, body: Row) -> str:
        """A new parcel; answers its id. The platform takes the same parcel twice, so one that it broke down over raises
        Unknown, too."""
        path = f"/order/{quote(order_id, safe='')}/shipping_fulfillment"
        with _in_doubt():
            reply = await self._fulfillment("POST", path, json=body)
        return reply.headers.get("location", "").rstrip("/").rpartition("/")[2]

    async def refund(self, order_id: str, body: Row) -> Row:
        """Money on its way back, signed; answers its id and where it stands. Never repeated by itself: the platform
        would pay twice. Raises Unknown also for a platform that broke down over it: the money may be on its way."""
        path = f"{FULFILLMENT}/order/{quote(order_id, safe='')}/issue_refund"
        with _in_doubt():
            return _object(await self._api.seller("POST", path, "sell.finances", sign=True, json=body))

    async def cancel(self, body: Row) -> None:
        """An order as a whole, by the id it has in the older interface."""
        await self._api.post_order(CANCELLATION, body)

    async def approve_cancellation(self, id: str) -> None:
        """What the buyer asked for."""
        await self._api.post_order(f"{CANCELLATION}/{quote(id, safe='')}/approve", {})

    async def items(self, page: int, limit: int = ITEMS_PER_PAGE) -> tuple[list[Row], bool]:
        """Some inventory items and whether more follow; the platform's offset counts pages here."""
        body = _object(await self._inventory("GET", "/inventory_item", params={"limit": limit, "offset": page}))
        return _rows(body, "inventoryItems"), bool(body.get("next"))

    async def item(self, sku: str) -> Row | None:
        return await self._known(f"/inventory_item/{quote(sku, safe='')}", {})

    async def offers(self, sku: str) -> list[Row]:
        """The offers of one item, on all marketplaces; there is no list of all offers."""
        found: list[Row] = []
        page: int | None = 0
        while page is not None:
            params = {"sku": sku, "limit": OFFERS_PER_PAGE, "offset": page}
            body = await self._known("/offer", params) or {}
            found += _rows(body, "offers")
            page = page + 1 if body.get("next") else None
        return found

    async def offer(self, id: str) -> Row | None:
        return await self._known(f"/offer/{quote(id, safe='')}", {})

    async def update(self, entries: Sequence[Row]) -> list[Row]:
        """Absolute quantities and prices of at most 25 entries, each answered by itself."""
        body = {"requests": list(entries)}
        reply = await self._inventory("POST", "/bulk_update_price_quantity", json=body, repeatable=True)
        return _rows(_object(reply), "responses")

    async def _fulfillment(self, method: str, path: str, **given: Any) -> Reply:
        return await self._api.seller(method, f"{FULFILLMENT}{path}", "sell.fulfillment", **given)

    async def _inventory(self, method: str, path: str, **given: Any) -> Reply:
        return await self._api.seller(method, f"{INVENTORY}{path}", "sell.inventory", **given)

    async def _known(self, path: str, params: Row) -> Row | None:
        try:
            return _object(await self._inventory("GET", path, params=params))
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise


@contextmanager
def _in_doubt() -> Iterator[None]:
    """A platform that broke down over a write may have done it: Unknown then."""
    try:
        yield
    except Transient as error:
        if error.code in ("shop_down", "not_json"):
            raise Unknown(error.detail) from None
        raise


def _stamp(moment: datetime) -> str:
    """With milliseconds and a Z; the platform takes no other form."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _object(reply: Reply) -> Row:
    # Written on as the platform has it; a body that is no JSON is told in the kit's words.
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        body = reply.json()
    if not isinstance(body, dict):
        raise Transient("The platform's answer is no object.", code="not_json")
    return body


def _rows(body: Row, name: str) -> list[Row]:
    found = body.get(name)
    return found if isinstance(found, list) else []


def _listed(reply: Reply) -> Listed:
    body = _object(reply)
    if not isinstance(body.get("orders"), list):
        raise Transient("The platform's answer holds no orders.", code="not_json")
    rows, total = body["orders"], body.get("total")
    at = reply.server_time or datetime.now(UTC)
    return Listed(rows, total if isinstance(total, int) else len(rows), bool(body.get("next")), at)
