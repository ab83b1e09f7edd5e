"""Reading orders and articles: their heads are listed by id, those that have changed are read in full, the oldest
change first. A run that breaks off goes on where it ended, and what changes after the listing began is met by the next.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import orjson

from services.connectors.shopware5.client import PER_PAGE, Client, Row
from services.connectors.shopware5.reading.articles import article, articles
from services.connectors.shopware5.reading.customers import customer, customers
from services.connectors.shopware5.reading.lists import CHUNK, UNDATED, everything, listed
from services.connectors.shopware5.reading.secrets import without_secrets
from services.connectors.shopware5.vocabulary import ABANDONED, NO_NUMBERS
from services.connectors.shopware5.wire import in_the_database, moment
from shared.connector_kit.declaration import CensusEntry, LeftOut, Page, RawItem, Window

__all__ = ["article", "articles", "census", "customer", "customers", "found", "order", "orders"]


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders by their change; baskets that were left at the checkout are named and left out."""
    now = await client.now()
    due, left_out = await _due(client, window)
    for start in range(0, len(left_out), PER_PAGE):
        yield Page([], left_out=[LeftOut(id, "basket_abandoned") for id in left_out[start : start + PER_PAGE]])
    for start in range(0, len(due), CHUNK):
        part = due[start : start + CHUNK]
        found = await everything([_order_item(client, id) for _, id, _ in part])
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


async def _due(client: Client, window: Window) -> tuple[list[tuple[datetime, int, str]], list[str]]:
    """Change, id and number of every order within the window, the oldest change first; and the ids of baskets that are
    none. A shop that tells no changes is asked for everything: orders that were changed may be any."""
    zone, since = client.merchant.timezone, window.since
    if since is not None and not await client.tells_changes():
        since = None
    filters = [] if since is None else [("changed", ">=", in_the_database(since, zone))]
    due, left_out = [], []
    async for rows in listed(client.orders, filters):
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


async def _order_item(client: Client, id: int) -> RawItem | None:
    row = await client.order(id)
    if row is None:
        return None
    if isinstance(buyer := row.get("customer"), dict):
        row["customer"] = without_secrets(buyer)
    row = {name: value for name, value in row.items() if name != "paymentInstances"}
    zone = client.merchant.timezone
    body = orjson.dumps(row | {"shopTimezone": zone})
    return RawItem(str(row["id"]), _stamp(row, zone), body, str(row.get("number") or ""))


def _stamp(row: Row, zone: str, *, late: bool = False) -> datetime:
    """When an order was last changed; where the shop does not tell, when it was placed."""
    changed, placed = (moment(str(row.get(name) or ""), zone, late=late) for name in ("changed", "orderTime"))
    return changed or placed or UNDATED
