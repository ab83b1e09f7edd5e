"""Reading orders and products so that every change is met, though the shop cannot sort by it.

First the stamps of whatever changed are listed, by auto increment; the latest stamp of each row is its change. Then the
rows are read in full by their ids, oldest change first: a run that breaks off goes on where it ended. Whatever changes
after the listing began is met by the next run.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from services.connectors.shopware6 import queries
from services.connectors.shopware6.client import Client
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window
from shared.contracts.errors import Transient

LISTED = 500
"""The most that the shop takes since 6.5.5."""
READ = 100
"""In full, with all that hangs on them, more would go beyond what a shop's PHP process may use."""
NUMBERS = 100
SAME_PAGE_AGAIN = 5
"""How often a page may come a second time before the run is given up for now."""


@dataclass(frozen=True)
class Kind:
    """What is read: the entity, the fields that carry its stamps, and what to ask for."""

    entity: str
    stamps: Sequence[str]
    stamp_associations: queries.Criteria
    stamp_includes: Mapping[str, Any]
    associations: queries.Criteria
    includes: Mapping[str, Any]
    conditions: tuple[queries.Criteria, ...] = ()
    inherit: bool = False


ORDERS = Kind(
    "order", queries.ORDER_STAMPS, queries.ORDER_STAMP_ASSOCIATIONS, queries.STAMPS_ONLY, queries.ORDER,
    queries.ORDER_INCLUDES,
)  # fmt: skip
PRODUCTS = Kind(
    "product", queries.PRODUCT_STAMPS, {"parent": {}}, queries.PRODUCT_STAMPS_ONLY, queries.PRODUCT,
    queries.PRODUCT_INCLUDES, conditions=(queries.SELLABLE,), inherit=True,
)  # fmt: skip


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders by their latest change, payments and deliveries included."""
    async for rows, watermark in _changed(client, ORDERS, window):
        yield Page([_item(row, str(row.get("orderNumber", ""))) for row in rows], watermark)


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    return [_item(row, str(row.get("orderNumber", ""))) for row in await client.orders([external_id])]


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The ids of orders by their numbers."""
    ids: dict[str, str] = {}
    for start in range(0, len(numbers), NUMBERS):
        asked = list(numbers[start : start + NUMBERS])
        wanted = {"type": "equalsAny", "field": "orderNumber", "value": asked}
        criteria = {"limit": LISTED, "filter": [wanted], "includes": {"order": ["id", "orderNumber"]}}
        rows = await client.search("order", criteria)
        ids |= {str(row["orderNumber"]): str(row["id"]) for row in rows if row["orderNumber"] in asked}
    return ids


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Products and variants by their latest change or their parent's."""
    currency = await client.currency()
    async for rows, watermark in _changed(client, await _products(client), window):
        yield Page([_item(row | {"shopCurrency": currency}) for row in rows], watermark)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One product by its id; a product with variants has no stock of its own and stands for them."""
    currency = await client.currency()
    either = queries.any_of([{"type": "equals", "field": name, "value": external_id} for name in ("id", "parentId")])
    kind = await _products(client)
    rows = [row async for page in _listed(client, kind, [either], full=True) for row in page]
    return [_item(row | {"shopCurrency": currency}) for row in rows]


async def _products(client: Client) -> Kind:
    more = queries.PRODUCT_CONTENT if await client.may_read("product", queries.PRODUCT_CONTENT) else {}
    return replace(PRODUCTS, associations=PRODUCTS.associations | more)


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The shop's own list of orders, ids and stamps only."""
    async for rows in _listed(client, ORDERS, _since(ORDERS, window)):
        for row in rows:
            if _inside(row, window):
                yield CensusEntry(str(row["id"]), str(row["orderNumber"]), stamp(row))


async def _changed(
    client: Client, kind: Kind, window: Window
) -> AsyncIterator[tuple[list[dict[str, Any]], datetime | None]]:
    """Full rows in the order of their change, with the watermark behind them."""
    now = await client.now()
    listed = [
        (stamp(row), str(row["id"]))
        async for rows in _listed(client, kind, _since(kind, window))
        for row in rows
        if _inside(row, window)
    ]
    listed.sort()
    for start in range(0, len(listed), READ):
        part = listed[start : start + READ]
        criteria = queries.by_ids([id for _, id in part], kind.associations, kind.includes)
        rows = await client.search(kind.entity, criteria, inherit=kind.inherit)
        place = {id: index for index, (_, id) in enumerate(part)}
        yield sorted(rows, key=lambda row: place[row["id"]]), part[-1][0]
    if window.until is None:
        # A row becomes visible when its transaction ends, not at its stamp: the stream's overlap reads that again.
        yield [], now


async def _listed(
    client: Client, kind: Kind, conditions: Sequence[queries.Criteria], *, full: bool = False
) -> AsyncIterator[list[dict[str, Any]]]:
    """Pages by auto increment, until one is not full; the shop's total counts the page alone."""
    associations, includes = kind.stamp_associations, kind.stamp_includes
    if full:
        associations, includes = kind.associations, kind.includes
    after, again = 0, 0
    while True:
        criteria = queries.listing([*kind.conditions, *conditions], after, LISTED, associations, includes)
        rows = await client.search(kind.entity, criteria, inherit=kind.inherit)
        fresh = [row for row in rows if row["autoIncrement"] > after]
        if fresh:
            yield fresh
            after, again = max(row["autoIncrement"] for row in fresh), 0
        elif rows:
            again += 1
            if again > SAME_PAGE_AGAIN:
                raise Transient(f"The shop serves the same page of {kind.entity} again and again.")
        if len(rows) < LISTED and len(fresh) == len(rows):
            return


def _since(kind: Kind, window: Window) -> list[queries.Criteria]:
    return [] if window.since is None else [queries.changed(kind.stamps, window.since)]


def _inside(row: dict[str, Any], window: Window) -> bool:
    return window.until is None or stamp(row) < window.until


def _item(row: dict[str, Any], number: str = "") -> RawItem:
    return RawItem(str(row["id"]), stamp(row), orjson.dumps(row), number)


def stamp(row: dict[str, Any]) -> datetime:
    """The latest change of a row and of what hangs on it."""
    rows = [row]
    for name in ("transactions", "deliveries", "lineItems", "addresses"):
        rows += row.get(name) or []
    rows += [one for name in ("orderCustomer", "parent") if (one := row.get(name))]
    captures = [one for payment in row.get("transactions") or () for one in payment.get("captures") or ()]
    rows += [refund for capture in captures for refund in capture.get("refunds") or ()]
    found = [text for one in rows for text in (one.get("createdAt"), one.get("updatedAt")) if text]
    return max(datetime.fromisoformat(text).astimezone(UTC) for text in found)
