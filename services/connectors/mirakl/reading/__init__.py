"""Reading orders and offers, so that nothing is lost although rows move while pages are read.

Mirakl lists orders by creation only. What was created up to a moment holds everything that was changed up to it, so the
creation date of a page's last row is a place to go on from, whichever changes the walk is about.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from services.connectors.mirakl import inbound, wire
from services.connectors.mirakl.client import MOST, Client
from services.connectors.mirakl.client import returned as returns
from services.connectors.mirakl.vocabulary import WAITS_FOR_US
from shared.connector_kit.declaration import CensusEntry, Page, PushResult, RawItem, Window
from shared.contracts.errors import Rejected, Transient, Unknown
from shared.contracts.taxonomy import Taxonomy
from shared.http import json_text

SECOND = timedelta(seconds=1)
PASSES = 3


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders by change time; of the live window, the end is the operator's clock before the first page."""
    before = await client.now() if window.until is None else None
    changed = await returns.refresh(client) if before else {}
    await returns.known(client)
    async for rows, place in _walk(client, window):
        for row in rows:
            changed.pop(row["order_id"], None)
        known = place if window.since is None or place > window.since else None
        yield Page([_order_item(client, row) for row in rows], known)
    if before is None:
        return
    # A return does not change the order it is about: such orders are read beside the walk.
    beside = [id for id, at in changed.items() if (window.since is None or at >= window.since) and "," not in id]
    for start in range(0, len(beside), MOST):
        yield Page([_order_item(client, row) for row in await client.orders_by_id(beside[start : start + MOST])])
    if client.accepts:
        # Only what was read in live exchange: an order accepted is an order that must be sent.
        for rows in await _waiting(client):
            yield Page([_order_item(client, row) for row in rows], acknowledge=partial(accept, client))
    yield Page([], before)


async def _waiting(client: Client) -> list[list[dict[str, Any]]]:
    """All orders that wait for the shop, before any of them is accepted: the list grows shorter by that."""
    pages: list[list[dict[str, Any]]] = []
    offset, total = 0, 1
    while offset < total:
        listed = await client.orders_in(WAITS_FOR_US, offset)
        pages.append(listed.rows)
        offset, total = offset + len(listed.rows), listed.total if listed.rows else 0
    return pages


async def accept(client: Client, ids: Collection[str]) -> dict[str, PushResult]:
    """Takes on every line of these orders that waits for us, as they stand now. One that the operator refuses stops no
    other; where he does not answer, the rest waits. Whatever was not accepted is tried again with the next reading."""
    decided: dict[str, PushResult] = {}
    try:
        for id in ids:
            if lines := await _undecided(client, id):
                decided[id] = await _take_on(client, id, lines)
                if decided[id].outcome == "retrying":
                    break
    except Transient:
        return decided
    return decided


async def _take_on(client: Client, id: str, lines: Sequence[str]) -> PushResult:
    try:
        await client.accept_order(id, lines)
    except Rejected as error:
        return PushResult("failed", "acceptance_refused_by_shop", {"detail": error.detail})
    except (Transient, Unknown) as error:
        # Whether it was done is seen at once, or there would be a worry that nothing settles.
        if await _undecided(client, id):
            return PushResult("retrying", error.code, {"detail": error.detail})
    return PushResult("done", external_id=id)


async def _undecided(client: Client, id: str) -> list[str]:
    """The lines that wait for us; none once the order as a whole does not."""
    for row in await client.orders_by_id([id]):
        found = wire.Order.model_validate(row)
        if found.order_state == WAITS_FOR_US:
            return [line.order_line_id for line in found.order_lines if line.order_line_state == WAITS_FOR_US]
    return []


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    if "," in external_id:
        return []
    await returns.known(client)
    return [_order_item(client, row) for row in await client.orders_by_id([external_id])]


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The number of an order is its id. A comma parts ids in the question, so no id with one can be asked for."""
    asked = [number for number in numbers if number and "," not in number]
    known: set[str] = set()
    for start in range(0, len(asked), MOST):
        known |= {row["order_id"] for row in await client.orders_by_id(asked[start : start + MOST])}
    return {number: number for number in asked if number in known}


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The operator's own list of orders."""
    seen: set[str] = set()
    async for rows, _ in _walk(client, window):
        for row in rows:
            if row["order_id"] not in seen:
                seen.add(row["order_id"])
                yield CensusEntry(row["order_id"], row["order_id"], stamp(row, "last_updated_date"))


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """All offers, whatever the window: Mirakl does not tell which have changed. They are sorted by price, so one whose
    price changes may slip by: as long as some are missing, all are asked for again."""
    seen: set[str] = set()
    for _ in range(PASSES):
        offset, total = 0, 1
        while offset < total:
            listed = await client.offers(offset=offset)
            fresh = [row for row in listed.rows if row["shop_sku"] not in seen]
            seen.update(row["shop_sku"] for row in fresh)
            yield Page([_offer_item(row, listed.at) for row in fresh])
            offset, total = offset + len(listed.rows), listed.total if listed.rows else 0
        if len(seen) >= listed.total:
            break
    if window.until is None:
        yield Page([], listed.at)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One offer by the seller's number."""
    listed = await client.offers(sku=external_id)
    return [_offer_item(row, listed.at) for row in listed.rows if row["shop_sku"] == external_id]


async def taxonomy(client: Client) -> Taxonomy:
    """What the operator asks of products, all of it."""
    return inbound.taxonomy(
        wire.Hierarchies.model_validate(await client.hierarchies()),
        wire.Attributes.model_validate(await client.attributes()),
        wire.ValueLists.model_validate(await client.value_lists()),
        wire.Configuration.model_validate(await client.configuration()).features.catalog,
    )


async def _walk(client: Client, window: Window) -> AsyncIterator[tuple[list[dict[str, Any]], datetime]]:
    """Each page asks anew from the creation of the last row, so that a row which leaves the window pushes none off a
    page's edge. Yields rows not seen before, and the moment up to which all was seen."""
    await client.order_run()
    seen: set[tuple[str, str]] = set()
    before: list[dict[str, Any]] = []
    position: datetime | None = None
    offset = stale = 0
    while True:
        listed = await client.orders(window, position, offset)
        rows = listed.rows
        if not rows:
            return
        fresh = [row for row in rows if _key(row) not in seen]
        if not fresh and _is_old(rows, before, position):
            # The answer to an earlier question, as a cache gives it: no place to go on from.
            stale += 1
            if stale > PASSES:
                raise Transient("The operator's Mirakl keeps serving an old page of orders", code="shop_down")
            continue
        stale, before = 0, rows
        seen.update(_key(row) for row in fresh)
        # The second of the last row may hold more than this page.
        place = stamp(rows[-1], "created_date") - SECOND
        yield fresh, place
        if offset + len(rows) >= listed.total:
            return
        if position is None or place > position:
            position, offset = place, 0
        else:
            # More orders in one second than a page holds: half a page on, for some may leave meanwhile.
            offset += max(len(rows) // 2, 1)


def _is_old(rows: list[dict[str, Any]], before: list[dict[str, Any]], position: datetime | None) -> bool:
    first, last = stamp(rows[0], "created_date"), stamp(rows[-1], "created_date")
    return position is not None and first < position and (rows == before or last < position)


def _order_item(client: Client, row: dict[str, Any]) -> RawItem:
    whole = returns.with_returns(client, row)
    at = max([stamp(row, "last_updated_date"), *(returns.updated(one) for one in whole.get("returns", ()))])
    return RawItem(row["order_id"], at, json_text.encode(whole), row["order_id"])


def _offer_item(row: dict[str, Any], at: datetime) -> RawItem:
    return RawItem(row["shop_sku"], at, json_text.encode(row | {"read_at": at.isoformat()}))


def stamp(row: dict[str, Any], name: str) -> datetime:
    """With or without milliseconds, always with an offset."""
    return datetime.fromisoformat(row[name]).astimezone(UTC)


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["order_id"], row["last_updated_date"]
