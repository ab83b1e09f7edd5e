"""Reading orders by their change, and listings by their age or their change.

Each call of the order list is dear, one in three minutes in the long run: all marketplaces are read in one chain, whose
end Amazon itself names, some two minutes ago.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson

from services.connectors.amazon.client import Client, Listed, moment
from services.connectors.amazon.client.families import Families
from services.connectors.amazon.vocabulary import ORDER_ID
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window
from shared.contracts.errors import Transient

FARTHEST = timedelta(days=729)
"""Orders are told for two years."""
VISIBLE_AFTER = timedelta(minutes=3)
MOST_REPEATS = 5
MOST_LISTINGS = 1000


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders that changed within the window.

    In which order they are listed is not documented. Stamps that only rise from row to row, and do rise, show a list
    that begins with the oldest change: then each page is a place to go on from. Otherwise the end of the list is.
    """
    met: list[datetime] = []
    rising, bound = False, None
    async for page in _pages(client, window):
        bound = bound or page.until
        if not page.rows:
            continue
        items = [_order_item(row) for row in page.rows]
        met += [item.stamp for item in items]
        rising = met[0] < met[-1] and all(one <= other for one, other in pairwise(met))
        met = [met[0], met[-1]] if rising else met
        yield Page(items, met[-1] if rising and page.token else None)
    yield Page([], bound or (met[-1] if rising else None))


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    row = await client.order(external_id) if re.fullmatch(ORDER_ID, external_id) else None
    return [] if row is None or row.get("orderId") != external_id else [_order_item(row)]


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The number of an order is its id."""
    return {number: number for number in numbers if await order(client, number)}


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The platform's own list of orders, without their contents."""
    seen: set[str] = set()
    async for page in _pages(client, window, whole=False):
        for row in page.rows:
            if row["orderId"] not in seen:
                seen.add(row["orderId"])
                yield CensusEntry(str(row["orderId"]), str(row["orderId"]), _changed(row))


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Every listing in each marketplace: all of them by their age, which does not move while they are read, or those
    that were changed. A thousand are shown at once; the walk goes on from where they end."""
    by = "created" if window.since is None else "lastUpdated"
    since, token, count, families = window.since, "", 0, Families()
    began: datetime | None = None
    last = since
    while True:
        page = await client.search_listings(by, since, token)
        began = began or page.until
        last = max([_stamp(row, by) for row in page.rows] + ([last] if last else []), default=None)
        await families.complete(lambda skus: client.listings(skus), page.rows)
        yield Page([item for row in page.rows for item in _article_items(client, families, row)])
        count, token = count + len(page.rows), page.token
        if token:
            continue
        if count < MOST_LISTINGS:
            break
        if last is None or last == since:
            said = f"More than {MOST_LISTINGS} listings share one moment, and the platform shows no more of them."
            raise Transient(said, code="shop_down")
        since, count = last, 0
    yield Page([], began)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """A SKU in one marketplace; none when it is no longer listed there."""
    market, _, sku = external_id.partition(":")
    row = await client.listing(sku) if sku else None
    families = Families()
    await families.complete(client.listings, [row] if row else [])
    return [item for item in _article_items(client, families, row or {}) if item.external_id == f"{market}:{sku}"]


async def _pages(client: Client, window: Window, *, whole: bool = True) -> AsyncIterator[Listed]:
    """Follows the tokens to the end: only a missing token is the end, an empty page is none. A token that leads to
    itself is followed again a few times. Raises Transient where the list does not get any further."""
    since = max(window.since or datetime.min.replace(tzinfo=UTC), datetime.now(UTC) - FARTHEST)
    # An end of these last minutes would be refused; without one the list ends where it can.
    until = window.until if window.until and window.until <= datetime.now(UTC) - VISIBLE_AFTER else None
    if until is not None and until < since:
        return
    token, repeats = "", 0
    while True:
        page = await client.search_orders(since, until, token, whole=whole)
        yield page
        if not page.token:
            return
        repeats = repeats + 1 if page.token == token else 0
        if repeats > MOST_REPEATS:
            raise Transient("The platform's list leads to the same page over and over.", code="shop_down")
        token = page.token


def _changed(row: dict[str, Any]) -> datetime:
    return _moment(row.get("lastUpdatedTime"))


def _moment(text: Any) -> datetime:
    """A record whose stamp cannot be read is handed out all the same, so that its translation says so: as if it had
    changed just now."""
    try:
        return moment(str(text))
    except ValueError:
        return datetime.now(UTC)


def _order_item(row: dict[str, Any]) -> RawItem:
    return RawItem(str(row["orderId"]), _changed(row), orjson.dumps(row), str(row["orderId"]))


def _stamp(row: dict[str, Any], by: str) -> datetime:
    """The earliest of a listing's marketplaces: so far everything was met."""
    found = [_moment(one.get(f"{by}Date")) for one in row.get("summaries") or ()]
    return min(found, default=datetime.fromtimestamp(0, UTC))


def _article_items(client: Client, families: Families, row: dict[str, Any]) -> list[RawItem]:
    """A listing in each of the connection's marketplaces in which it has a summary."""
    items = []
    for market in client.markets:
        summaries = [one for one in row.get("summaries") or () if one.get("marketplaceId") == market.id]
        if summaries:
            offers = [one for one in row.get("offers") or () if one.get("marketplaceId") == market.id]
            availability = row.get("fulfillmentAvailability") or []
            body = {"marketplaceId": market.id, "sku": row["sku"], "summaries": summaries, "offers": offers,
                    "fulfillmentAvailability": availability}  # fmt: skip
            body |= families.shown(row, market.id)
            stamp = _moment(summaries[0].get("lastUpdatedDate"))
            items.append(RawItem(f"{market.id}:{row['sku']}", stamp, orjson.dumps(body)))
    return items
