"""Return cases: goods received, put back on the shelf where the merchant says so, and the case closed."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from services.order_import import order_book, reason_book, return_book
from services.order_import.cancellation_chronicle import return_entry
from services.order_import.parcel_plan import Refused
from services.order_import.recording import record, tell
from services.order_import.return_book import Case, ReturnLine
from services.order_import.standing import Standing, restated
from shared.chassis.service import Service
from shared.persistence.database import Transaction


async def receive_goods(
    service: Service, tx: Transaction, id: UUID, restock: Mapping[str, Decimal] | None, actor: str
) -> Case:
    """The goods are here. `restock` are the pieces per line that may be sold again, None: all of them. Received twice
    is received once. Raises LookupError, or Refused for a closed case or more pieces than came back."""
    before, case = await locked(tx, id)
    lines = tuple(_restocked(line, restock) for line in case.lines)
    if restock is not None and (unknown := set(restock) - {line.line_external_id for line in case.lines}):
        raise Refused("return_line_unknown", "lines", line=sorted(unknown)[0])
    if case.state == "received":
        if lines != case.lines:
            raise Refused("return_received_otherwise")
        return case
    if case.state == "closed":
        raise Refused("return_closed")
    await put_back(service, tx, before, case, lines, actor)
    await tell(service, tx, [], [return_entry(service, before, case, "return_received", actor)])
    return case


async def put_back(
    service: Service, tx: Transaction, before: Standing, case: Case, lines: tuple[ReturnLine, ...], actor: str
) -> None:
    """Writes what of a case is here and on the shelf."""
    more = lines != case.lines
    case.state, case.received_at, case.handled_by, case.lines = "received", service.clock(), actor, lines
    await return_book.update(tx, case)
    if more:
        before.returned, before.returned_at = (), None
        await return_book.recall(tx, {before.id: before})
        if before.status == "parked":
            before.reasons = (await reason_book.of_orders(tx, [before.id])).get(before.id, ())
        numbers = await order_book.article_numbers(tx, before.id)
        change = restated(before, "returned", before.order(), before.verdict(numbers), actor=actor)
        await record(service, tx, [change])


async def close(service: Service, tx: Transaction, id: UUID, note: str, actor: str) -> Case:
    """Nothing more is expected. Twice is the same. Raises LookupError."""
    before, case = await locked(tx, id)
    if case.state == "closed":
        return case
    case.state, case.closed_at, case.handled_by, case.note = "closed", service.clock(), actor, note
    await return_book.update(tx, case)
    await tell(service, tx, [], [return_entry(service, before, case, "return_case_closed", actor)])
    return case


async def locked(tx: Transaction, id: UUID) -> tuple[Standing, Case]:
    """The case under its order's lock."""
    found = await return_book.get(tx, id)
    if found is None:
        raise LookupError(id)
    before = (await order_book.lock(tx, [found.order_id]))[found.order_id]
    case = await return_book.get(tx, id)
    assert case is not None
    return before, case


def _restocked(line: ReturnLine, restock: Mapping[str, Decimal] | None) -> ReturnLine:
    pieces = line.quantity if restock is None else restock.get(line.line_external_id, Decimal(0))
    if pieces > line.quantity:
        raise Refused(
            "return_exceeds_case", "lines", line=line.line_external_id, quantity=f"{pieces.normalize():f}",
            returned=f"{line.quantity.normalize():f}",
        )  # fmt: skip
    return replace(line, restocked=pieces)
