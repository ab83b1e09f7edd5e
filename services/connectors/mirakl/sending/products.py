"""Products by file (P41): taken at once, worked through later, and judged by the operator, which may last days."""

from collections.abc import Sequence

from services.connectors.mirakl import outbound, wire
from services.connectors.mirakl.client import Client
from services.connectors.mirakl.sending import records
from services.connectors.mirakl.vocabulary import IMPORT_JUDGED, IMPORTS_DEAD
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file for those in the operator's attributes, one for those in the merchant's columns, which the operator maps
    himself. The number of the import is the ticket."""
    delimiter = (await records.features(client)).operator_csv_delimiter
    results: dict[int, PushResult] = {}
    for format in ("operator", "own"):
        places = [place for place, command in enumerate(commands) if command.payload.format == format]
        if not places:
            continue
        file = outbound.product_file([commands[place].payload.values for place in places], delimiter)
        try:
            id = await client.import_products(file, operator_format=format == "operator")
            result = _waiting(id, "it was handed over")
        except Rejected as error:
            result = _refused(error.detail)
        results |= dict.fromkeys(places, result)
    return [results[place] for place in range(len(commands))]


async def judged(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """What became of the imports; None for what was never handed over, or is known to nobody any more."""
    results: dict[int, PushResult | None] = {}
    for ticket in dict.fromkeys(command.ticket for command in commands):
        places = [place for place, command in enumerate(commands) if command.ticket == ticket]
        answers = await _import(client, ticket, [commands[place] for place in places]) if ticket else None
        results |= dict(zip(places, answers, strict=True)) if answers else dict.fromkeys(places)
    return [results[place] for place in range(len(commands))]


async def _import(client: Client, ticket: str, commands: Sequence[Command]) -> list[PushResult] | None:
    try:
        state = wire.ProductImport.model_validate(await client.product_import(ticket))
    except Rejected as error:
        if error.code == "not_found":
            return None
        raise
    numbers = {command.payload.article_number for command in commands}
    reports = ["transformation_error_report"] * bool(state.has_transformation_error_report)
    if state.import_status == IMPORT_JUDGED and state.has_error_report:
        reports.append("error_report")
    refused: dict[str, str] = {}
    for report in reports:
        refused |= outbound.refused_products(await client.product_report(ticket, report), numbers)
    return [_judge(command.payload.article_number, ticket, state, refused) for command in commands]


def _judge(number: str, ticket: str, state: wire.ProductImport, refused: dict[str, str]) -> PushResult:
    """A product that no report names was taken, once the operator has judged them all."""
    if number in refused:
        return _refused(refused[number] or "no reason was given")
    if state.import_status == IMPORT_JUDGED:
        return PushResult("done", external_id=number)
    if state.import_status in IMPORTS_DEAD:
        return _refused(state.reason_status or f"import {ticket} ended as {state.import_status}")
    return _waiting(ticket, f"the import is in state {state.import_status}")


def _waiting(ticket: str, how: str) -> PushResult:
    return PushResult("waiting", "product_waits", {"detail": f"import {ticket}, {how}"}, external_id=ticket)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "product_refused", {"detail": detail})
