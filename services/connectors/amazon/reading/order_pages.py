"""Reading orders by their change.

Each call of the order list is dear, one in three minutes in the long run: all marketplaces are read in one chain, whose
end Amazon itself names, some two minutes ago.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from services.connectors.amazon.client import Client, Listed
from services.connectors.amazon.reading import beside, reports
from services.connectors.amazon.vocabulary import ORDER_ID
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window
from shared.contracts.errors import Transient

FARTHEST = timedelta(days=729)
"""Orders are told for two years."""
VISIBLE_AFTER = timedelta(minutes=3)
MOST_REPEATS = 5


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders that changed within the window, with what reports said about them; in live exchange, then those orders
    about which there are new reports."""
    until: datetime | None = None
    async for page in walk(client, window):
        until = page.watermark or until
        yield replace(page, items=await beside.put_in(client, page.items))
    if window.until is None:
        async for page in reports.pages(client, until or datetime.now(UTC)):
            yield page


async def walk(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders as the platform lists them.

    In which order they are listed is not documented. Stamps that only rise from row to row, and do rise, show a list
    that begins with the oldest change: then each page is a place to go on from. Otherwise the end of the list is.
    """
    met: list[datetime] = []
    rising, bound = False, None
    async for page in _pages(client, window):
        bound = bound or page.until
        if not page.rows:
            continue
        items = [beside.item(row) for row in page.rows]
        met += [item.stamp for item in items]
        rising = met[0] < met[-1] and all(one <= other for one, other in pairwise(met))
        met = [met[0], met[-1]] if rising else met
        yield Page(items, met[-1] if rising and page.token else None)
    yield Page([], bound or (met[-1] if rising else None))


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    row = await client.order(external_id) if re.fullmatch(ORDER_ID, external_id) else None
    if row is None or row.get("orderId") != external_id:
        return []
    return list(await beside.put_in(client, [beside.item(row)]))


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
                yield CensusEntry(str(row["orderId"]), str(row["orderId"]), beside.changed(row))


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
