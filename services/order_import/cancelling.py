"""Cancellations by channels, as they arrive: applied at once, asked for after hand-over, or too late."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from services.order_import import cancellation_book, goods_book, return_book
from services.order_import.arrival import Arrival, overtaking
from services.order_import.cancellation import ZERO, Cancellation, Part
from services.order_import.cancellation_chronicle import entry, return_entry
from services.order_import.return_book import Case, ReturnLine
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.fulfilment import ShippedLine
from shared.contracts.identity import own_id
from shared.contracts.journal import JournalEntry
from shared.contracts.order import Order
from shared.persistence.database import Transaction


def hold(service: Service, before: Standing, arrival: Arrival, within: timedelta) -> list[Cancellation]:
    """What an arrived state asks for or comes too late for joins what the order holds; what the channel wants again
    by itself is withdrawn. Answers those that are new or withdrawn."""
    now = service.clock()
    gone = [one for one in before.holding.cancellations if one.state == "asked" and not any(p.held for p in one.parts)]
    for one in gone:
        one.decide("withdrawn", now, "")
    made = []
    if arrival.asked:
        made.append(_new(service, before, "asked", arrival.asked, now + within, whole=arrival.whole))
    if arrival.overtaken:
        late = _new(service, before, "overtaken", arrival.overtaken, now, whole=arrival.whole)
        late.decide("overtaken", now, "")
        made.append(late)
    before.holding.cancellations = (*before.holding.cancellations, *made)
    return [*gone, *made]


async def keep(
    service: Service, tx: Transaction, before: Standing, arrival: Arrival, news: Sequence[Cancellation]
) -> list[JournalEntry]:
    """Writes what an arrived state brought; answers the entries that tell of it."""
    await cancellation_book.save(tx, before.holding.cancellations)
    for call_off in before.holding.call_offs:
        await cancellation_book.update_call_off(tx, call_off)
    cases = []
    if arrival.overtaken:
        cases.append(_case(service, before, "cancelled_late", arrival.overtaken))
    if arrival.returned and (coming := await _still_out(tx, before, arrival.returned)):
        cases.append(_case(service, before, "returned", coming))
    await return_book.add(tx, cases)
    told = [entry(service, before, one) for one in news]
    return [*told, *(return_entry(service, before, case, "return_opened") for case in cases)]


async def _still_out(tx: Transaction, before: Standing, parts: Sequence[Part]) -> list[Part]:
    """Without pieces that are here: a channel that was told of them does not say by whom."""
    here = await goods_book.unannounced(tx, before.id)
    sent = {line.external_id: line.fulfilled_quantity for line in before.order().line_items} if here else {}
    found = []
    for part in parts:
        name = part.line_external_id
        pieces = part.quantity
        if name in here:
            pieces = min(pieces, max(sent.get(name, ZERO), before.shipped.lines.get(name, ZERO)) - here[name])
        if pieces > 0:
            found.append(replace(part, quantity=pieces, held=min(part.held, pieces)))
    return found


async def overtake(
    service: Service,
    tx: Transaction,
    before: Standing,
    counted: Order,
    numbers: Sequence[str],
    packed: Sequence[ShippedLine],
) -> list[JournalEntry]:
    """A parcel takes pieces that were asked to be cancelled: the parcel wins, and they are expected back."""
    shipped = before.shipped.lines
    taken = {
        line.line_external_id: pieces
        for line in packed
        if (pieces := overtaking(before.holding, counted, shipped, line.line_external_id, line.quantity)) > 0
    }
    if not taken:
        return []
    news: list[Cancellation] = []
    late: list[Part] = []
    for one in before.holding.cancellations:
        if one.state == "asked" and (lost := _lose(service, before, one, taken)) is not None:
            news.append(lost)
            late += lost.parts
    known = {one.id for one in before.holding.cancellations}
    before.holding.cancellations = (*before.holding.cancellations, *(one for one in news if one.id not in known))
    await cancellation_book.save(tx, before.holding.cancellations)
    case = _case(service, before, "cancelled_late", late)
    await return_book.add(tx, [case])
    return [*(entry(service, before, one) for one in news), return_entry(service, before, case, "return_opened")]


def _lose(service: Service, before: Standing, one: Cancellation, taken: dict[str, Decimal]) -> Cancellation | None:
    """The part of a cancellation that a parcel overtakes, as a row of its own unless it is all of it."""
    gone, rest = [], []
    for part in one.parts:
        pieces = min(part.held, taken.get(part.line_external_id, ZERO))
        if pieces > 0:
            taken[part.line_external_id] -= pieces
            gone.append(replace(part, quantity=pieces, held=pieces))
        if part.held > pieces:
            rest.append(replace(part, quantity=part.held - pieces, held=part.held - pieces))
    if not gone:
        return None
    now = service.clock()
    lost = one
    if rest:
        one.parts = tuple(rest)
        lost = replace(one, id=own_id(service.name, "cancellation", str(one.id), before.version + 1), parts=tuple(gone))
    lost.decide("overtaken", now, "")
    return lost


def _new(
    service: Service, before: Standing, part: str, parts: Sequence[Part], due_at: datetime, *, whole: bool
) -> Cancellation:
    version = before.version + 1
    return Cancellation(
        id=own_id(service.name, "cancellation", str(before.id), f"{version}:{part}"),
        order_id=before.id,
        version=version,
        whole=whole,
        state="asked",
        asked_at=service.clock(),
        due_at=due_at,
        parts=tuple(parts),
    )


def _case(service: Service, before: Standing, cause: return_book.Cause, parts: Sequence[Part]) -> Case:
    version = before.version + 1
    return Case(
        id=own_id(service.name, "return", str(before.id), f"{version}:{cause}"),
        order_id=before.id,
        version=version,
        cause=cause,
        opened_at=service.clock(),
        lines=tuple(ReturnLine(part.line_external_id, part.article_number, part.quantity) for part in parts),
    )
