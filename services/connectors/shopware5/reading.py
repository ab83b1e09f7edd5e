"""Reading orders and articles: their heads are listed by id, those that have changed are read in full, the oldest
change first. A run that breaks off goes on where it ended, and what changes after the listing began is met by the next.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from services.connectors.shopware5.client import PER_PAGE, Client, Filter, Row
from services.connectors.shopware5.vocabulary import ABANDONED, NO_NUMBERS
from services.connectors.shopware5.wire import in_the_database, moment
from shared.connector_kit.declaration import CensusEntry, LeftOut, Page, RawItem, Window
from shared.contracts.errors import Transient

CHUNK = 20
SAME_PAGE_AGAIN = 5
"""How often a page may come a second time before the run is given up for now."""
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
SECRETS = ("hashPassword", "encoderName", "sessionId", "confirmationKey", "debit", "paymentData")
"""What the shop hands out with a customer and nobody needs for an order: it is not kept, not even in the archive."""
List = Callable[[Sequence[Filter]], Awaitable[list[Row]]]


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders by their change; baskets that were left at the checkout are named and left out."""
    now = await client.now()
    due, left_out = await _due(client, window)
    for start in range(0, len(left_out), PER_PAGE):
        yield Page([], left_out=[LeftOut(id, "basket_abandoned") for id in left_out[start : start + PER_PAGE]])
    for start in range(0, len(due), CHUNK):
        part = due[start : start + CHUNK]
        found = await _all([_order_item(client, id) for _, id, _ in part])
        yield Page(found, part[-1][0])
    if window.until is None:
        yield Page([], now)


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    if not (external_id.isascii() and external_id.isdecimal()):
        return []
    found = await _order_item(client, int(external_id))
    return [] if found is None else [found]


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The ids of orders by their numbers."""
    ids: dict[str, str] = {}
    for number in numbers:
        if number.strip() not in NO_NUMBERS:
            rows = await client.orders([("number", "=", number)], 2)
            ids.update((number, str(row["id"])) for row in rows if row.get("number") == number)
    return ids


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The shop's own list of orders."""
    due, _ = await _due(client, window)
    for stamp, id, number in due:
        yield CensusEntry(str(id), number, stamp)


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Articles by their change, each with all its variants. Pieces that were sold change nothing there."""
    now, zone = await client.now(), client.merchant.timezone
    since = [] if window.since is None else [("changed", ">=", in_the_database(window.since, zone))]
    currency = await client.currency()
    listed = [
        (moment(str(row.get("changed") or ""), zone) or UNDATED, int(row["id"]))
        async for rows in _listed(client.articles, since)
        for row in rows
    ]
    due = sorted(one for one in listed if window.until is None or one[0] < window.until)
    for start in range(0, len(due), CHUNK):
        part = due[start : start + CHUNK]
        read = await _all([_variants(client, id, currency) for _, id in part])
        yield Page([item for items in read for item in items], part[-1][0])
    if window.until is None:
        yield Page([], now)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One variant by the ids of article and variant, or all of an article by its id alone."""
    id, _, variant = external_id.partition(":")
    if not (id.isascii() and id.isdecimal()):
        return []
    items = await _variants(client, int(id), await client.currency())
    return [item for item in items if not variant or item.external_id == external_id]


async def _due(client: Client, window: Window) -> tuple[list[tuple[datetime, int, str]], list[str]]:
    """Change, id and number of every order within the window, the oldest change first; and the ids of baskets that are
    none. A shop that tells no changes is asked for everything: orders that were changed may be any."""
    zone, since = client.merchant.timezone, window.since
    if since is not None and not await client.tells_changes():
        since = None
    filters = [] if since is None else [("changed", ">=", in_the_database(since, zone))]
    due, left_out = [], []
    async for rows in _listed(client.orders, filters):
        for row in rows:
            number, stamp = str(row.get("number") or ""), _stamp(row, zone)
            too_old = since is not None and _stamp(row, zone, late=True) < since
            if too_old or (window.until is not None and stamp >= window.until):
                continue
            if row.get("orderStatusId") == ABANDONED or number.strip() in NO_NUMBERS:
                left_out.append(str(row["id"]))
            else:
                due.append((stamp, int(row["id"]), number))
    return sorted(due), left_out


async def _listed(listed: List, filters: Sequence[Filter]) -> AsyncIterator[list[Row]]:
    """Pages by id, until one is not full; rows that come and go move nothing."""
    after, again = 0, 0
    while True:
        rows = await listed([*filters, ("id", ">", str(after))])
        fresh = [row for row in rows if int(row["id"]) > after]
        if fresh:
            yield fresh
            after, again = max(int(row["id"]) for row in fresh), 0
        elif rows:
            again += 1
            if again > SAME_PAGE_AGAIN:
                raise Transient("The shop serves the same page again and again.")
        if len(rows) < PER_PAGE and len(fresh) == len(rows):
            return


async def _all(calls: Sequence[Awaitable[Any]]) -> list[Any]:
    """What became of calls that run side by side, as many at once as the limits allow; what is gone is left out."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    # Only when all have ended: a call that goes on by itself would use up a lease that is no longer ours.
    if failures := [one for one in results if isinstance(one, BaseException)]:
        raise failures[0]
    return [one for one in results if one is not None]


async def _order_item(client: Client, id: int) -> RawItem | None:
    row = await client.order(id)
    if row is None:
        return None
    if isinstance(customer := row.get("customer"), dict):
        row["customer"] = {name: value for name, value in customer.items() if name not in SECRETS}
    row = {name: value for name, value in row.items() if name != "paymentInstances"}
    zone = client.merchant.timezone
    body = orjson.dumps(row | {"shopTimezone": zone})
    return RawItem(str(row["id"]), _stamp(row, zone), body, str(row.get("number") or ""))


async def _variants(client: Client, id: int, currency: str) -> list[RawItem]:
    """The main variant and all others, each with what the article says of all."""
    row = await client.article(id)
    if row is None:
        return []
    zone = client.merchant.timezone
    stamp = moment(str(row.get("changed") or ""), zone) or UNDATED
    added = {"shopTimezone": zone, "shopCurrency": currency, "customerGroup": client.merchant.customer_group}
    common = {name: row.get(name) for name in ("id", "name", "active", "changed", "added", "tax")} | added
    variants = [one for one in (row.get("mainDetail"), *(row.get("details") or ())) if isinstance(one, dict)]
    return [RawItem(f"{id}:{one['id']}", stamp, orjson.dumps(common | {"variant": one})) for one in variants]


def _stamp(row: Row, zone: str, *, late: bool = False) -> datetime:
    """When an order was last changed; where the shop does not tell, when it was placed."""
    changed, placed = (moment(str(row.get(name) or ""), zone, late=late) for name in ("changed", "orderTime"))
    return changed or placed or UNDATED
