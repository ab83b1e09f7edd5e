"""Files that Mirakl takes now and works through later, refusing them line by line: stock and prices."""

from collections.abc import Mapping, Sequence

from services.connectors.mirakl import outbound
from services.connectors.mirakl.client import Client, FileKind
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

# How often an import is asked about, three minutes at the pace of its kind: longer ones are looked for again before the
# next file.
LOOKS: Mapping[FileKind, int] = {"stock": 12, "price": 3}


async def send(client: Client, kind: FileKind, file: str, commands: Sequence[Command]) -> list[PushResult]:
    """One result per command, whose offers are named by `external_id`. No file is sent while an earlier one of its kind
    is under way, to overtake it."""
    refusal, unanswered = f"{kind}_refused", f"{kind}_unanswered"

    def all_of_them(id: str, how: str) -> list[PushResult]:
        return [PushResult("retrying", unanswered, {"detail": f"import {id} {how}"})] * len(commands)

    if (earlier := client.unfinished[kind]) and await _finished(client, kind, earlier) is None:
        return all_of_them(earlier, "is still running")
    try:
        import_id = await client.import_file(kind, file)
    except Rejected as error:
        # One refused file is every row's failure; row by row it would take a minute each.
        return [PushResult("failed", refusal, {"detail": error.detail})] * len(commands)
    state = await _finished(client, kind, import_id)
    if state is None:
        return all_of_them(import_id, "is still running")
    if state["status"] != "COMPLETE":
        return all_of_them(import_id, f"ended as {state['status']}")
    refused = outbound.refused_rows(await client.import_errors(kind, import_id)) if state["has_error_report"] else {}
    if state["has_error_report"] and refused.keys().isdisjoint(command.payload.external_id for command in commands):
        # Some were refused, and nobody knows which: to call all of them done would lose those.
        return all_of_them(import_id, "refused lines that its report does not name")
    return [_judged(command.payload.external_id, refused, refusal) for command in commands]


async def _finished(client: Client, kind: FileKind, import_id: str) -> Mapping[str, object] | None:
    """How the import ended; None while it has not."""
    client.unfinished[kind] = import_id
    for _ in range(LOOKS[kind]):
        try:
            state = await client.import_state(kind, import_id)
        except Rejected:
            # Nobody knows the import any more: it stands in nobody's way.
            state = {"status": "FAILED"}
        if state["status"] not in ("WAITING", "RUNNING"):
            client.unfinished[kind] = ""
            return state
    return None


def _judged(sku: str, refused: Mapping[str, str], refusal: str) -> PushResult:
    if sku in refused:
        return PushResult("failed", refusal, {"detail": refused[sku] or "no reason was given"})
    return PushResult("done", external_id=sku)
