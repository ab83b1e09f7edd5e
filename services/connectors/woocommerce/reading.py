"""Reading orders and products page by page, so that nothing is lost when rows move while they are read."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import orjson

from services.connectors.woocommerce.client import PER_PAGE, Client
from services.connectors.woocommerce.vocabulary import NOT_YET_ORDERS, VARIABLE
from shared.connector_kit.declaration import CLOCKS_APART, CensusEntry, Page, RawItem, Window

SECOND = timedelta(seconds=1)
List = Callable[..., Any]


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders by change time within a fixed window."""
    async for rows, watermark in _changed(client, client.orders, window):
        yield Page(await _order_items(client, rows), watermark)


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    row = await client.order(external_id)
    return [] if row is None else await _order_items(client, [row])


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The ids of orders by their numbers, which are the ids; a plugin's own numbers cannot be asked for."""
    ids = {}
    for number in numbers:
        row = await client.order(number) if number.isdecimal() else None
        if row is not None and str(row.get("number")) == number:
            ids[number] = str(row["id"])
    return ids


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Products by change time; a variable product stands for its variations, one without any for itself."""
    async for rows, watermark in _changed(client, client.products, window):
        items = [item for row in rows for item in await _article_items(client, row)]
        yield Page(items, watermark)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One simple product by its id; a variable product has no stock of its own and stands for its variations."""
    row = await client.product(external_id)
    return [] if row is None else await _article_items(client, row)


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The shop's own list of orders, ids and stamps only."""
    seen: set[int] = set()
    fields = "id,number,status,date_modified_gmt"

    async def ids(part: Window, *, page: int = 1) -> list[dict[str, Any]]:
        return await client.orders(part, page=page, fields=fields)

    async for rows, _ in _changed(client, ids, window):
        for row in rows:
            if row["id"] not in seen and row["status"] not in NOT_YET_ORDERS:
                seen.add(row["id"])
                yield CensusEntry(str(row["id"]), str(row["number"]), stamp(row))


async def _changed(
    client: Client, listed: List, window: Window
) -> AsyncIterator[tuple[list[dict[str, Any]], datetime | None]]:
    """Pages by keyset: each asks anew from the last stamp, so a row that moves never pushes another off a page edge.

    Both limits of the shop's filter are exclusive and have whole seconds.
    """
    now = await client.now() if window.until is None else window.until
    until = window.until or now + CLOCKS_APART
    if until.microsecond:
        # Rounded up, so that rather more is read than less.
        until = until.replace(microsecond=0) + SECOND
    position = window.since
    seen: set[tuple[int, str]] = set()
    while True:
        rows = await listed(Window(None if position is None else position - SECOND, until))
        fresh = [row for row in rows if _key(row) not in seen]
        seen.update(_key(row) for row in fresh)
        last = stamp(rows[-1]) if rows else None
        if fresh:
            yield fresh, last
        if len(rows) < PER_PAGE or last is None:
            break
        if last == position:
            async for part in _one_second(listed, last, seen):
                yield part, last
            position = last + SECOND
        else:
            position = last
    if window.until is None:
        # What is still being written in this second is read again with the stream's overlap.
        yield [], now


async def _one_second(
    listed: List, second: datetime, seen: set[tuple[int, str]]
) -> AsyncIterator[list[dict[str, Any]]]:
    """More orders than a page holds in one second: pages inside it, again until a pass brings nothing new."""
    news = True
    while news:
        news = False
        page = 1
        while rows := await listed(Window(second - SECOND, second + SECOND), page=page):
            fresh = [row for row in rows if _key(row) not in seen]
            seen.update(_key(row) for row in fresh)
            if fresh:
                news = True
                yield fresh
            if len(rows) < PER_PAGE:
                break
            page += 1


async def _order_items(client: Client, rows: Sequence[dict[str, Any]]) -> list[RawItem]:
    """Those that are orders already. Whether their products are shipped is asked for all of them at once."""
    real = [row for row in rows if row.get("status") not in NOT_YET_ORDERS]
    await client.learn_virtual([line["product_id"] for row in real for line in _lines(row) if _simple(line)])
    return [await _order_item(client, row) for row in real]


async def _order_item(client: Client, row: dict[str, Any]) -> RawItem:
    for line in _lines(row):
        if isinstance(line.get("product_id"), int):
            line["virtual"] = await client.is_virtual(line["product_id"], line.get("variation_id") or 0)
    if row.get("refunds"):
        row["refunds"] = await client.refunds(row["id"])
    return RawItem(str(row["id"]), stamp(row), orjson.dumps(row), str(row.get("number", "")))


async def _article_items(client: Client, row: dict[str, Any]) -> list[RawItem]:
    added = {"shop_currency": await client.currency(), "shop_units": await client.units()}
    row["category_paths"] = await _paths(client, row)
    if row.get("type") not in VARIABLE:
        return [_article_item(row | added)]
    head = {
        name: row.get(name) for name in ("sku", "slug", "name", "description", "category_paths", "images", "brands")
    }
    found = []
    for variation in await client.variations(row["id"]):
        variation["parent_id"] = row["id"]
        variation["name"] = f"{row.get('name', '')} {variation.get('name', '')}".strip()
        found.append(_article_item(variation | added | {"head": head}))
    return found or [_article_item(row | added)]


async def _paths(client: Client, row: dict[str, Any]) -> list[str]:
    """The names from the top of the shop's tree down to each of a product's categories."""
    named = row.get("categories") or []
    if not named:
        return []
    tree = {one["id"]: one for one in await client.categories()}
    paths = []
    for end in named:
        names: list[str] = []
        seen: set[int] = set()
        place: dict[str, Any] | None = tree.get(end["id"], end)
        while place is not None and place["id"] not in seen:
            seen.add(place["id"])
            names.insert(0, unescape(str(place.get("name", ""))))
            place = tree.get(place.get("parent", 0))
        paths.append(" > ".join(names))
    return paths


def _article_item(row: dict[str, Any]) -> RawItem:
    return RawItem(str(row["id"]), stamp(row), orjson.dumps(row))


def stamp(row: dict[str, Any]) -> datetime:
    """The change stamp, which the shop writes without an offset. A record that a plugin wrote may have none: it was
    changed when it was made, or nobody knows when; whatever it is, it must not keep the others from being read."""
    text = row.get("date_modified_gmt") or row.get("date_created_gmt")
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else datetime.fromtimestamp(0, UTC)


def _key(row: dict[str, Any]) -> tuple[int, str]:
    return row["id"], row["date_modified_gmt"]


def _lines(row: dict[str, Any]) -> list[dict[str, Any]]:
    lines = row.get("line_items")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _simple(line: dict[str, Any]) -> bool:
    return isinstance(line.get("product_id"), int) and not line.get("variation_id")
