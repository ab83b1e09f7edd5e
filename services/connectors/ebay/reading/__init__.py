"""Reading orders by their change, slice of time by slice of time, and offers item by item.

The platform's list has an offset and no order that is promised, while orders come and move: so a window that holds more
than a page is cut into slices that do not, and no offset is needed. An order that changes meanwhile leaves its slice
for a later one. Only one stamp with more orders than a page is read by offsets, until a pass brings nothing new.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from services.connectors.ebay.client import IDS_PER_CALL, Client, Listed
from services.connectors.ebay.reading.taxonomy import category, suggested, taxonomy
from services.connectors.ebay.vocabulary import TAX_NUMBER_SITES
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window
from shared.contracts.errors import Transient

__all__ = [
    "article", "articles", "category", "census", "found", "lately", "order", "orders", "suggested", "taxonomy",
]  # fmt: skip

Row = dict[str, Any]
T = TypeVar("T")
HISTORY = timedelta(days=729)
"""The platform knows orders of two years."""
SMALLEST = timedelta(milliseconds=1)
TOLERANCE = timedelta(seconds=1)
MOST_TRIES, MOST_PASSES, AT_ONCE = 4, 6, 20
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
ORDER_ID = re.compile(r"\d[\d-]{4,38}\d")


@dataclass(frozen=True)
class Slice:
    """Both ends are inside."""

    since: datetime
    until: datetime

    def cut(self, stamps: Sequence[datetime]) -> list["Slice"]:
        """Before the earliest of some stamps, up to the middle one, and behind it: whether a page shows the newest
        first or any, each piece holds less."""
        inside = sorted(stamp for stamp in stamps if self.since <= stamp <= self.until)
        if not inside:
            return []
        first, middle = inside[0], inside[len(inside) // 2]
        pieces = (self.since, first - SMALLEST), (first, middle), (middle + SMALLEST, self.until)
        return [Slice(since, until) for since, until in pieces if since <= until]


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders that changed within the window, the earliest slice first."""
    async for rows, watermark in _changed(client, window):
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
    async for rows, _ in _changed(client, window):
        newest |= {str(row["orderId"]): _stamp(row) for row in rows}
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


async def _changed(client: Client, window: Window) -> AsyncIterator[tuple[list[Row], datetime]]:
    """Rows, and up to when nothing is missing. One call where a page holds all, as it usually does; what changed while
    slices were read comes behind them."""
    since = max(_milli(window.since or UNDATED), _milli(datetime.now(UTC) - HISTORY))
    while True:
        listed = await client.orders(since, window.until)
        until = _milli(window.until or listed.at)
        if not listed.more or until <= since:
            rows = await _crowded(client, Slice(since, until)) if listed.more else listed.rows
            yield rows, window.until or listed.at
            return
        waiting = Slice(since, until).cut(_stamps(listed.rows)) or [Slice(since, until)]
        while waiting:
            piece = waiting.pop(0)
            listed = await _slice(client, piece)
            smaller = piece.cut(_stamps(listed.rows)) if listed.more and piece.since < piece.until else []
            if len(smaller) > 1:
                waiting = [*smaller, *waiting]
            else:
                yield await _crowded(client, piece) if listed.more else listed.rows, piece.until
        if window.until is not None:
            return
        since = until


async def _slice(client: Client, piece: Slice) -> Listed:
    """A page whose rows are of the slice. One that was answered before, or an order that changed in this moment, is out
    of it: asked again, it is right."""
    for _ in range(MOST_TRIES):
        listed = await client.orders(piece.since, piece.until)
        if all(piece.since - TOLERANCE <= one <= piece.until + TOLERANCE for one in _stamps(listed.rows)):
            return listed
    raise Transient("The platform answers another window of orders than was asked for.", code="not_json")


async def _crowded(client: Client, piece: Slice) -> list[Row]:
    """All orders of a slice that cannot be cut, page by page, until a pass brings nothing new."""
    known: dict[str, Row] = {}
    for _ in range(MOST_PASSES):
        before, offset, more = len(known), 0, True
        while more:
            listed = await client.orders(piece.since, piece.until, offset)
            known |= {str(row["orderId"]): row for row in listed.rows}
            more, offset = listed.more and bool(listed.rows), offset + len(listed.rows)
        if len(known) == before:
            break
    return list(known.values())


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
    return RawItem(id, _stamp(row), orjson.dumps(row), id)


async def _together(calls: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """As many at once as the account allows."""
    found = await asyncio.gather(*calls, return_exceptions=True)
    # Only when all have ended: a call that goes on by itself would use up a lease that is no longer ours.
    if failures := [one for one in found if isinstance(one, BaseException)]:
        raise failures[0]
    return [one for one in found if not isinstance(one, BaseException)]


def lately() -> datetime:
    """From where a call looks that is only made to see whether it may be."""
    return _milli(datetime.now(UTC) - timedelta(minutes=5))


def _stamps(rows: Sequence[Row]) -> list[datetime]:
    """The stamps that can be read."""
    return [stamp for row in rows if (stamp := _stamp(row)) != UNDATED]


def _stamp(row: Row) -> datetime:
    """One whose stamp nobody can read counts as old, so that it is read and its own words say what is wrong."""
    try:
        return datetime.fromisoformat(str(row.get("lastModifiedDate"))).astimezone(UTC)
    except ValueError:
        return UNDATED


def _milli(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _offer_item(offer: Row, item: Row) -> RawItem:
    at = datetime.now(UTC)
    return RawItem(str(offer["offerId"]), at, orjson.dumps(offer | {"item": item, "readAt": at.isoformat()}))
