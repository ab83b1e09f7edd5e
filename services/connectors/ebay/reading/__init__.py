"""Reading orders by their change, and offers item by item."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from services.connectors.ebay.client import IDS_PER_CALL, Client
from services.connectors.ebay.reading.slices import changed, changed_at, milli
from services.connectors.ebay.reading.taxonomy import category, suggested, taxonomy
from services.connectors.ebay.vocabulary import TAX_NUMBER_SITES
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window

__all__ = [
    "article", "articles", "category", "census", "found", "lately", "order", "orders", "suggested", "taxonomy",
]  # fmt: skip

Row = dict[str, Any]
T = TypeVar("T")
AT_ONCE = 20
ORDER_ID = re.compile(r"\d[\d-]{4,38}\d")


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders that changed within the window, the earliest slice first."""
    async for rows, watermark in changed(client, window):
        yield Page(await _together([_whole(client, row) for row in rows]), watermark)


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id; none when the platform does not know it."""
    row = await client.order(external_id) if ORDER_ID.fullmatch(external_id) else None
    # The platform also answers by an order's older id.
    return [await _whole(client, row, whole=True)] if row is not None and row.get("orderId") == external_id else []


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """An order's number is its id."""
    asked = [number for number in numbers if ORDER_ID.fullmatch(number)]
    ids: dict[str, str] = {}
    for first in range(0, len(asked), IDS_PER_CALL):
        rows = await client.orders_named(asked[first : first + IDS_PER_CALL])
        ids |= {str(row["orderId"]): str(row["orderId"]) for row in rows}
    return ids


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The platform's own list of orders, of the last two years."""
    newest: dict[str, datetime] = {}
    async for rows, _ in changed(client, window):
        newest |= {str(row["orderId"]): changed_at(row) for row in rows}
    for id, stamp in newest.items():
        yield CensusEntry(id, id, stamp)


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """All offers of all items: there is no filter by their change, and no list of offers."""
    page, more = 0, True
    while more:
        rows, more = await client.items(page)
        for first in range(0, len(rows), AT_ONCE):
            part = rows[first : first + AT_ONCE]
            listed = await _together([_offers(client, row) for row in part])
            yield Page([item for one in listed for item in one])
        page += 1


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One offer by its id; none when it is no longer there."""
    offer = await client.offer(external_id) if external_id.isdecimal() else None
    item = await client.item(str(offer["sku"])) if offer else None
    return [_offer_item(offer, item)] if offer and item else []


async def _offers(client: Client, item: Row) -> list[RawItem]:
    sites = client.merchant.sites
    return [
        _offer_item(one, item) for one in await client.offers(str(item["sku"])) if one.get("marketplaceId") in sites
    ]


async def _whole(client: Client, row: Row, *, whole: bool = False) -> RawItem:
    """What a list does not tell is asked for, where there is such a thing: who wants to cancel and why, the tax number
    of a buyer in Italy or Spain, and how much was sent of an order that was sent in part."""
    id = str(row["orderId"])
    cancel = row.get("cancelStatus")
    asked = isinstance(cancel, dict) and cancel.get("cancelState") not in (None, "NONE_REQUESTED")
    sites = {line.get("purchaseMarketplaceId") for line in row.get("lineItems") or () if isinstance(line, dict)}
    if not whole and (asked or sites.intersection(TAX_NUMBER_SITES)):
        row = await client.order(id) or row
    if row.get("orderFulfillmentStatus") == "IN_PROGRESS":
        row = row | {"fulfillments": await client.parcels(id)}
    return RawItem(id, changed_at(row), orjson.dumps(row), id)


async def _together(calls: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """As many at once as the account allows."""
    found = await asyncio.gather(*calls, return_exceptions=True)
    # Only when all have ended: a call that goes on by itself would use up a lease that is no longer ours.
    if failures := [one for one in found if isinstance(one, BaseException)]:
        raise failures[0]
    return [one for one in found if not isinstance(one, BaseException)]


def lately() -> datetime:
    """From where a call looks that is only made to see whether it may be."""
    return milli(datetime.now(UTC) - timedelta(minutes=5))


def _offer_item(offer: Row, item: Row) -> RawItem:
    at = datetime.now(UTC)
    return RawItem(str(offer["offerId"]), at, orjson.dumps(offer | {"item": item, "readAt": at.isoformat()}))
