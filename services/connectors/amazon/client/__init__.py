"""One method per remote call, named as Amazon names its operation. Nothing is retried or translated here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.connectors.amazon.client.answers import parsed, rows
from services.connectors.amazon.client.calls import Calls
from services.connectors.amazon.client.files import Files
from services.connectors.amazon.client.reports import Reports
from services.connectors.amazon.client.times import moment, zulu
from services.connectors.amazon.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Rejected

__all__ = ["JSON", "PDF", "XML", "Client", "Handed", "Listed", "moment", "zulu"]

ORDERS, CONFIRMATIONS = "/orders/2026-01-01/orders", "/orders/v0/orders"
LISTINGS, FEEDS, INVENTORY = "/listings/2021-08-01/items", "/feeds/2021-06-30", "/fba/inventory/v1/summaries"
WHOLE_ORDER = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
WHOLE_LISTING = "summaries,offers,fulfillmentAvailability"
FULFILLED_BY = {"merchant": "MERCHANT", "amazon": "AMAZON"}
JSON, XML, PDF = "application/json; charset=UTF-8", "text/xml; charset=UTF-8", "application/pdf"
MOST_SKUS = 20


@dataclass(frozen=True)
class Listed:
    """One page. `token` leads to the page behind it, empty at the end; `until` is the moment up to which it
    tells everything: for orders Amazon's own word, for listings the time of its answer."""

    rows: list[dict[str, Any]]
    token: str
    until: datetime | None = None


@dataclass
class Handed:
    """A feed that is under way, with the number of the message for each thing that it says."""

    feed: str
    messages: dict[str, str] = field(default_factory=dict)


class Client:
    """The Selling Partner API of one seller, for several marketplaces at once."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self.seller = credentials.seller_id
        self.markets = credentials.markets
        self.fulfilment = credentials.fulfilment
        self.invoices = credentials.invoices
        self.notes = outside.notes
        self._calls = Calls(credentials, outside)
        self._files = Files(outside)
        self.reports = Reports(self._calls, self._files, [market.id for market in self.markets])
        self._bucket = outside.bucket
        self.handed: dict[str, Handed] = {}
        """By what is sent, the feed that was still being worked through when we last looked."""

    @property
    def _market_ids(self) -> str:
        return ",".join(market.id for market in self.markets)

    async def search_orders(
        self, since: datetime, until: datetime | None, token: str = "", *, whole: bool = True
    ) -> Listed:
        """Orders by their last change. Behind a token everything else is asked for again as it was."""
        params = {
            "lastUpdatedAfter": zulu(since),
            "lastUpdatedBefore": None if until is None else zulu(until),
            "marketplaceIds": self._market_ids,
            "fulfilledBy": FULFILLED_BY.get(self.fulfilment),
            "paginationToken": token or None,
            "includedData": WHOLE_ORDER if whole else None,
            "maxResultsPerPage": 100,
        }
        body = parsed(await self._calls.call("searchOrders", "GET", ORDERS, params=params))
        following = body.get("pagination") or {}
        bound = body.get("lastUpdatedBefore")
        return Listed(
            rows(body, "orders"), str(following.get("nextToken") or ""), moment(str(bound)) if bound else None
        )

    async def order(self, id: str) -> dict[str, Any] | None:
        """One order; None when the platform does not know it."""
        path = f"{ORDERS}/{quote(id, safe='')}"
        try:
            body = parsed(await self._calls.call("getOrder", "GET", path, params={"includedData": WHOLE_ORDER}))
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise
        found: dict[str, Any] | None = body.get("order")
        return found

    async def confirm_shipment(self, id: str, body: dict[str, Any]) -> None:
        """The same package may be told again: its number decides whether it is another one."""
        path = f"{CONFIRMATIONS}/{quote(id, safe='')}/shipmentConfirmation"
        await self._calls.call("confirmShipment", "POST", path, json=body, repeatable=True)

    async def search_listings(self, by: str, since: datetime | None, token: str = "") -> Listed:
        """Listings from the oldest `created` or `lastUpdated` on; the platform shows a thousand of them."""
        params = {
            "marketplaceIds": self._market_ids,
            "includedData": WHOLE_LISTING,
            "sortBy": f"{by}Date",
            "sortOrder": "ASC",
            "pageSize": 20,
            f"{by}After": None if since is None else zulu(since),
            "pageToken": token or None,
        }
        return await self._listings(params)

    async def listings(self, skus: Sequence[str]) -> dict[str, dict[str, Any]]:
        """These SKUs, as far as they are listed. A comma parts them in the question, so one with a comma goes alone."""
        plain = [sku for sku in dict.fromkeys(skus) if "," not in sku]
        found: list[dict[str, Any]] = []
        for start in range(0, len(plain), MOST_SKUS):
            asked = ",".join(plain[start : start + MOST_SKUS])
            params = {"identifiers": asked, "identifiersType": "SKU", "pageSize": MOST_SKUS}
            shared = {"marketplaceIds": self._market_ids, "includedData": WHOLE_LISTING}
            found += (await self._listings(params | shared)).rows
        for sku in {sku for sku in skus if "," in sku}:
            if (one := await self.listing(sku)) is not None:
                found.append(one)
        return {str(one["sku"]): one for one in found}

    async def listing(self, sku: str) -> dict[str, Any] | None:
        params = {"marketplaceIds": self._market_ids, "includedData": WHOLE_LISTING}
        try:
            return parsed(await self._calls.call("getListingsItem", "GET", self._path(sku), params=params))
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise

    async def inventory(
        self, market: str, *, since: datetime | None = None, skus: Sequence[str] = (), token: str = ""
    ) -> Listed:
        """What lies with Amazon and can be sold in one marketplace: all, what changed, or at most fifty SKUs. A token
        is good for half a minute, and wants the same question."""
        params: dict[str, Any] = {
            "details": "true",
            "granularityType": "Marketplace",
            "granularityId": market,
            "marketplaceIds": market,
            "startDateTime": None if since is None else zulu(since),
            "sellerSkus": ",".join(skus) or None if len(skus) != 1 else None,
            "sellerSku": skus[0] if len(skus) == 1 else None,
            "nextToken": token or None,
        }
        body = parsed(await self._calls.call("getInventorySummaries", "GET", INVENTORY, params=params))
        following = body.get("pagination") or {}
        return Listed(rows(body.get("payload") or {}, "inventorySummaries"), str(following.get("nextToken") or ""))

    async def patch_listing(self, sku: str, markets: Sequence[str], body: dict[str, Any]) -> dict[str, Any]:
        """Absolute values: saying them again changes nothing. Refusals stand in an answer with status 200."""
        params = {"marketplaceIds": ",".join(markets)}
        reply = await self._calls.call(
            "patchListingsItem", "PATCH", self._path(sku), params=params, json=body, repeatable=True
        )
        return parsed(reply)

    async def hand_in(self, kind: str, content: bytes, content_type: str, **options: str) -> str:
        """A new feed; answers its id. A document that no feed names does nothing, so only the last call counts."""
        made = await self._calls.call(
            "createFeedDocument", "POST", f"{FEEDS}/documents", json={"contentType": content_type}, repeatable=True
        )
        document = parsed(made)
        await self._files.upload(str(document.get("url", "")), content, content_type)
        body: dict[str, Any] = {
            "feedType": kind,
            "marketplaceIds": [market.id for market in self.markets],
            "inputFeedDocumentId": document.get("feedDocumentId"),
        }
        if options:
            body["feedOptions"] = {f"metadata:{name}": value for name, value in options.items()}
        reply = await self._calls.call("createFeed", "POST", f"{FEEDS}/feeds", json=body)
        return str(parsed(reply).get("feedId", ""))

    async def feed(self, id: str) -> dict[str, Any]:
        return parsed(await self._calls.call("getFeed", "GET", f"{FEEDS}/feeds/{quote(id, safe='')}"))

    async def turn(self, noun: str, seconds: float) -> None:
        """Waits until a feed of this kind may be looked at again."""
        await self._bucket.turn(f"feed of {noun}", seconds)

    async def report(self, document: str) -> bytes:
        """How a feed went."""
        path = f"{FEEDS}/documents/{quote(document, safe='')}"
        return await self._files.download(parsed(await self._calls.call("getFeedDocument", "GET", path)))

    async def feeds(self, kind: str) -> None:
        """The latest feed of a type; only whether it may be asked for matters."""
        params: dict[str, Any] = {"feedTypes": kind, "pageSize": 1}
        await self._calls.call("getFeeds", "GET", f"{FEEDS}/feeds", params=params)

    async def participations(self) -> list[dict[str, Any]]:
        """The marketplaces in which the account sells."""
        path = "/sellers/v1/marketplaceParticipations"
        return rows(parsed(await self._calls.call("getMarketplaceParticipations", "GET", path)), "payload")

    async def restricted_token(self) -> None:
        """Asks for a token for buyers and addresses, which only an application with that role is given. It is not used:
        the orders interface looks at the role itself."""
        await self._calls.restricted("/orders/v0/orders", "buyerInfo", "shippingAddress")

    async def _listings(self, params: dict[str, Any]) -> Listed:
        path = f"{LISTINGS}/{self.seller}"
        reply = await self._calls.call("searchListingsItems", "GET", path, params=params)
        body = parsed(reply)
        following = body.get("pagination") or {}
        return Listed(rows(body, "items"), str(following.get("nextToken") or ""), reply.server_time or reply.sent_at)

    def _path(self, sku: str) -> str:
        return f"{LISTINGS}/{self.seller}/{quote(sku, safe='')}"
