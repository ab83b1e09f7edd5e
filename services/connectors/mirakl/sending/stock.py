"""Stock as one file for many offers: taken now, worked through later, refused line by line."""

from collections.abc import Sequence

from services.connectors.mirakl import outbound
from services.connectors.mirakl.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

LOOKS = 12
"""At one every quarter of a minute, three minutes: longer imports are looked for again before the next file."""


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities, of these offers only. No file is sent while an earlier one is under way, to overtake it."""
    if client.unfinished and await _finished(client, client.unfinished) is None:
        return _all(commands, _unanswered(client.unfinished, "is still running"))
    wanted = {command.payload.external_id: command.payload.quantity for command in commands}
    try:
        import_id = await client.import_stock(outbound.stock_file(wanted))
    except Rejected as error:
        # One refused file is every row's failure; row by row it would take a minute each.
        return _all(commands, PushResult("failed", "stock_refused", {"detail": error.detail}))
    state = await _finished(client, import_id)
    if state is None:
        return _all(commands, _unanswered(import_id, "is still running"))
    if state["status"] != "COMPLETE":
        return _all(commands, _unanswered(import_id, f"ended as {state['status']}"))
    refused = outbound.refused_rows(await client.stock_errors(import_id)) if state.get("has_error_report") else {}
    return [_judged(command, refused) for command in commands]


async def stock_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities may simply be set again."""
    return [None] * len(commands)


async def _finished(client: Client, import_id: str) -> dict[str, object] | None:
    """How the import ended; None while it has not."""
    client.unfinished = import_id
    for _ in range(LOOKS):
        try:
            state: dict[str, object] = await client.stock_import(import_id)
        except Rejected:
            # Nobody knows the import any more: it stands in nobody's way.
            state = {"status": "FAILED"}
        if state["status"] not in ("WAITING", "RUNNING"):
            client.unfinished = ""
            return state
    return None


def _judged(command: Command, refused: dict[str, str]) -> PushResult:
    sku = command.payload.external_id
    if sku in refused:
        return PushResult("failed", "stock_refused", {"detail": refused[sku] or "no reason was given"})
    return PushResult("done", external_id=sku)


def _unanswered(import_id: str, how: str) -> PushResult:
    return PushResult("retrying", "stock_unanswered", {"detail": f"import {import_id} {how}"})


def _all(commands: Sequence[Command], result: PushResult) -> list[PushResult]:
    return [result] * len(commands)
