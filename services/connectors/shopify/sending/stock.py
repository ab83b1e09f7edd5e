"""Stock: absolute quantities compared with what the shop was last told, all of a call or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from services.connectors.shopify import outbound
from services.connectors.shopify.client import Client
from services.connectors.shopify.outbound import Level
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Transient

LEVELS_PER_CALL = 250
MOST_ROUNDS = 6
STALE = "CHANGE_FROM_QUANTITY_STALE"
NOT_STOCKED = "INVALID_LOCATION"
USED_KEY = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
BUSY_KEY = "IDEMPOTENCY_CONCURRENT_REQUEST"


@dataclass(eq=False)
class Row:
    """One command on its way. `found` is what the shop held instead of what was expected."""

    command: Command
    level: Level
    found: int | None = None
    carried: bool = False
    result: PushResult | None = None


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Sets what can be sold. One bad item never holds back its neighbours."""
    rows = await _rows(client, commands)
    waiting = [row for row in rows if row.result is None]
    while waiting:
        part, waiting = _apart(waiting)
        await _set(client, part)
    late = PushResult("retrying", "stock_unanswered", {"detail": "the quantity kept moving while it was being set"})
    return [row.result or late for row in rows]


async def stock_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities may be set again: what has already arrived is found unchanged."""
    return [None] * len(commands)


async def _rows(client: Client, commands: Sequence[Command]) -> list[Row]:
    unnamed = [each.payload.external_id for each in commands if not each.payload.stock_external_id]
    items = await client.items_of(unnamed) if unnamed else {}
    rows = []
    for command in commands:
        push = command.payload
        item = push.stock_external_id or items.get(push.external_id, "")
        row = Row(command, Level(item, push.location or await client.location(), push.quantity, push.expected))
        if not item:
            row.result = _refused("the article no longer exists in the shop")
        rows.append(row)
    return rows


def _apart(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """A call's worth of rows in which no item occurs twice at one location, and the others."""
    taken: dict[tuple[str, str], Row] = {}
    later = []
    for row in rows:
        place = (row.level.item, row.level.location)
        if place in taken or len(taken) == LEVELS_PER_CALL:
            later.append(row)
        else:
            taken[place] = row
    return list(taken.values()), later


async def _set(client: Client, rows: list[Row]) -> None:
    """Nothing of a call happens while one item of it is wrong; so what is wrong is mended or left out, and the rest
    sent again."""
    for attempt in range(MOST_ROUNDS):
        if not rows:
            return
        problems = await client.set_stock(outbound.quantities([row.level for row in rows]), _key(rows, attempt))
        if not problems:
            for row in rows:
                row.result = _done(row)
            return
        codes = {problem.get("code") for problem in problems}
        if BUSY_KEY in codes:
            raise Transient("The shop is still busy with the same stock.", code="throttled")
        if USED_KEY in codes:
            continue
        named = {place: problem for problem in problems if (place := outbound.place_of(problem)) is not None}
        if not named and len(rows) > 1:
            half = len(rows) // 2
            await _set(client, rows[:half])
            await _set(client, rows[half:])
            return
        told = [(row, named.get(place) if named else problems[0]) for place, row in enumerate(rows)]
        await _reread(client, [row for row, problem in told if problem and problem.get("code") == STALE])
        for row, problem in told:
            if problem and problem.get("code") != STALE and not await _carried(client, row, problem):
                row.result = _refused(str(problem.get("message", "")), str(problem.get("code") or ""))
        rows = [row for row in rows if row.result is None]


async def _reread(client: Client, rows: Sequence[Row]) -> None:
    """The shop holds something else than it was last told: what it holds now is expected next, or is right already."""
    for location in dict.fromkeys(row.level.location for row in rows):
        mine = [row for row in rows if row.level.location == location]
        held = await client.stock_at([row.level.item for row in mine], location)
        for row in mine:
            row.level.expected = row.found = held.get(row.level.item)
            if row.found == row.level.quantity:
                id = row.command.payload.external_id
                row.result = PushResult("unchanged", "stock_drift", _words(row), id, row.found)


async def _carried(client: Client, row: Row, problem: dict[str, Any]) -> bool:
    """Whether the item is stocked at the location from now on, so that its quantity may be set there."""
    if problem.get("code") != NOT_STOCKED or row.carried:
        return False
    row.carried, row.level.expected = True, None
    key = str(uuid5(NAMESPACE_URL, f"carry:{row.command.key}"))
    return not await client.carry_at(row.level.item, row.level.location, key)


def _key(rows: Sequence[Row], attempt: int) -> str:
    """The same for the same commands with the same content, so that a repeated call happens once."""
    asked = [[str(row.command.key), row.level.item, row.level.location, row.level.quantity, row.level.expected]
             for row in rows]  # fmt: skip
    return str(uuid5(NAMESPACE_URL, orjson.dumps([attempt, asked]).decode()))


def _done(row: Row) -> PushResult:
    id, quantity = row.command.payload.external_id, row.level.quantity
    if row.found is None:
        return PushResult("done", external_id=id, actual=quantity)
    return PushResult("done", "stock_drift", _words(row), id, quantity)


def _words(row: Row) -> dict[str, str]:
    return {"expected": str(row.command.payload.expected), "found": str(row.found), "quantity": str(row.level.quantity)}


def _refused(detail: str, platform_code: str = "") -> PushResult:
    return PushResult("failed", "stock_refused", {"detail": detail[:300], "platform_code": platform_code})
