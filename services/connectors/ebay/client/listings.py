"""What listings are made of: items, groups of variants, offers, and what the account must have for them.

Everything is named by the seller's own SKU or key and set as a whole, so that a call may be made again.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from services.connectors.ebay.client.api import Api
from services.connectors.ebay.vocabulary import LANGUAGES
from shared.contracts.errors import Rejected

INVENTORY, ACCOUNT = "/sell/inventory/v1", "/sell/account/v1"
ITEMS_IN_A_CALL, LOCATIONS_PER_PAGE = 25, 100
POLICIES = ("fulfillment", "payment", "return")
Row = dict[str, Any]


class Listings:
    """The writing half of the Inventory API, and the Account API."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def items(self, skus: Sequence[str]) -> dict[str, Row]:
        """Those of some items that the platform has."""
        found: dict[str, Row] = {}
        for first in range(0, len(skus), ITEMS_IN_A_CALL):
            asked = {"requests": [{"sku": sku} for sku in skus[first : first + ITEMS_IN_A_CALL]]}
            body = await self._inventory("POST", "/bulk_get_inventory_item", json=asked, repeatable=True)
            for row in body.get("responses") or ():
                if isinstance(row.get("inventoryItem"), dict):
                    found[str(row.get("sku"))] = row["inventoryItem"]
        return found

    async def put_item(self, sku: str, body: Row, site: str) -> None:
        """The whole item: what is left out is gone. It has one language, that of the site."""
        await self._inventory("PUT", f"/inventory_item/{quote(sku, safe='')}", json=body, headers=_language(site))

    async def group(self, key: str) -> Row | None:
        try:
            return await self._inventory("GET", f"/inventory_item_group/{quote(key, safe='')}")
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise

    async def put_group(self, key: str, body: Row, site: str) -> None:
        """The whole group with all of its members."""
        path = f"/inventory_item_group/{quote(key, safe='')}"
        await self._inventory("PUT", path, json=body, headers=_language(site))

    async def create_offer(self, body: Row, site: str) -> str:
        """Answers its id. An item has one offer per marketplace: a second one is refused, so where the answer was lost
        its offers are read again."""
        answer = await self._inventory("POST", "/offer", json=body, headers=_language(site))
        return str(answer.get("offerId") or "")

    async def put_offer(self, id: str, body: Row, site: str) -> None:
        """The whole offer."""
        await self._inventory("PUT", f"/offer/{quote(id, safe='')}", json=body, headers=_language(site))

    async def publish(self, id: str) -> str:
        """Answers the listing; a published offer keeps its own. A body must be there, though nothing is in it."""
        path = f"/offer/{quote(id, safe='')}/publish"
        return str((await self._inventory("POST", path, json={}, repeatable=True)).get("listingId") or "")

    async def publish_group(self, key: str, site: str) -> str:
        """One listing of all members that have an offer on that marketplace."""
        body = {"inventoryItemGroupKey": key, "marketplaceId": site}
        answer = await self._inventory("POST", "/offer/publish_by_inventory_item_group", json=body, repeatable=True)
        return str(answer.get("listingId") or "")

    async def withdraw(self, id: str) -> None:
        """Ends the listing of one offer; the offer stays."""
        path = f"/offer/{quote(id, safe='')}/withdraw"
        await self._inventory("POST", path, json={}, repeatable=True)

    async def policies(self, kind: str, site: str) -> dict[str, str]:
        """Names of the business policies of a marketplace, by id."""
        path = f"{ACCOUNT}/{kind}_policy"
        reply = await self._api.seller("GET", path, "sell.account.readonly", params={"marketplace_id": site})
        rows = reply.json().get(f"{kind}Policies") or ()
        return {str(row[f"{kind}PolicyId"]): str(row.get("name") or "") for row in rows}

    async def locations(self) -> list[str]:
        """Keys of the places of stock that are in use."""
        body = await self._inventory("GET", "/location", params={"limit": LOCATIONS_PER_PAGE})
        rows = body.get("locations") or ()
        return [str(row["merchantLocationKey"]) for row in rows if row.get("merchantLocationStatus") == "ENABLED"]

    async def _inventory(self, method: str, path: str, **given: Any) -> Row:
        reply = await self._api.seller(method, f"{INVENTORY}{path}", "sell.inventory", **given)
        body = reply.json() if reply.body else {}
        return body if isinstance(body, dict) else {}


def _language(site: str) -> dict[str, str]:
    return {"Content-Language": LANGUAGES.get(site, "en-US")}
