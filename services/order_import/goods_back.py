"""Goods that internal systems say have come back: counted where they may be sold again, and told to the channel."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import import goods_book, order_book, return_book
from services.order_import.cancellation_chronicle import pieces
from services.order_import.chronicle import keys
from services.order_import.goods_book import Returned
from services.order_import.goods_plan import ZERO, answered, check
from services.order_import.parcel_plan import Refused
from services.order_import.recording import tell
from services.order_import.return_book import Case, ReturnLine
from services.order_import.returning import locked, put_back, receive_goods
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.identity import own_id
from shared.contracts.journal import Action, JournalEntry, SearchKey
from shared.contracts.returned import BroughtBack, ReturnPush
from shared.persistence import held
from shared.persistence.database import Transaction

MOST_CASES = 1000


@dataclass(frozen=True, slots=True)
class ReturnedRequest:
    """What an internal system got back. `reference` is its own name for it; without `received_at`, now. `answers` is
    the return case that it answers."""

    reference: str
    lines: tuple[BroughtBack, ...]
    tracking_number: str
    received_at: datetime | None
    answers: UUID | None = None

    @property
    def fingerprint(self) -> str:
        """Tells whether the same reference was used for the same goods; 1 and 1.0 are the same piece."""
        lines = sorted(
            (one.line_external_id, f"{one.quantity.normalize():f}", one.reason, one.note, one.restocked)
            for one in self.lines
        )
        said: tuple[Any, ...] = (
            self.reference,
            lines,
            self.tracking_number,
            self.received_at and self.received_at.timestamp(),
        )
        if self.answers is not None:
            words = sorted(
                (one.line_external_id, one.accepted, one.condition, one.decision_reason) for one in self.lines
            )
            said = (*said, self.answers, words)
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def made(self, service: Service, order_id: UUID, actor: str) -> Returned:
        """The row of it, which is nowhere yet."""
        now = service.clock()
        return Returned(
            id=own_id(service.name, "returned", str(order_id), self.reference),
            order_id=order_id,
            reference=self.reference,
            request_hash=self.fingerprint,
            lines=self.lines,
            received_at=self.received_at or now,
            created_at=now,
            tracking_number=self.tracking_number,
            created_by=actor,
            return_id=self.answers,
        )


def waiting_for(id: UUID) -> str:
    """What reports about a return wait for that we do not have yet."""
    return f"return:{id}"


async def take_back(
    service: Service, tx: Transaction, order_id: UUID, wish: ReturnedRequest, actor: str
) -> tuple[Returned, bool]:
    """The return, and whether it is new: the same reference twice is the same one.

    Raises LookupError for an order we do not have, Refused where the order does not bear it.
    """
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None:
        raise LookupError(order_id)
    if (known := _known(await goods_book.of_order(tx, order_id), wish)) is not None:
        return known, False
    cases = await return_book.find(tx, return_book.Filters(order_id=order_id), None, MOST_CASES)
    check(before.order(), before.shipped.lines, cases, wish.lines)
    made = wish.made(service, order_id, actor)
    await _send(service, tx, before, made, actor)
    await _on_the_shelf(service, tx, before, made, actor)
    return made, True


async def answer(
    service: Service, tx: Transaction, return_id: UUID, wish: ReturnedRequest, actor: str
) -> tuple[Returned, bool]:
    """What internal systems make of goods of a return that the buyer opened, and whether it is new: the same reference
    twice is the same answer. A case may be answered in parts, each piece once.

    Raises LookupError for a case we do not have, Refused where it does not bear the answer.
    """
    before, case = await locked(tx, return_id)
    told = await goods_book.of_order(tx, case.order_id)
    if (known := _known(told, wish)) is not None:
        return known, False
    lines = answered(case, [line for one in told if one.return_id == case.id for line in one.lines], wish.lines)
    made = wish.made(service, case.order_id, actor)
    await _send(service, tx, before, made, actor)
    await put_back(service, tx, before, case, lines, actor)
    return made, True


def _known(told: Sequence[Returned], wish: ReturnedRequest) -> Returned | None:
    for one in told:
        if one.reference == wish.reference:
            if one.request_hash != wish.fingerprint:
                raise Refused("returned_reference_used", "reference", reference=wish.reference)
            return one
    return None


async def _send(service: Service, tx: Transaction, before: Standing, made: Returned, actor: str) -> None:
    await goods_book.add(tx, made)
    await held.release(tx, [waiting_for(made.id)])
    entry = returned_entry(service, before, made, f"{made.word}_recorded", actor)
    await tell(service, tx, [push(service, before, made)], [entry])


async def send_again(service: Service, tx: Transaction, id: UUID, actor: str) -> Returned:
    """Tells the channel once more of what it did not take; it is asked first whether it knows it after all. Raises
    LookupError, or Refused when it did not fail."""
    owner = (await goods_book.owners(tx, [id])).get(id)
    if owner is None:
        raise LookupError(id)
    before = (await order_book.lock(tx, [owner]))[owner]
    one = (await goods_book.lock(tx, [id]))[id]
    if one.state != "failed":
        raise Refused("returned_not_failed", state=one.state)
    one.state, one.code, one.params, one.version = "pending", "", {}, one.version + 1
    await goods_book.update(tx, one)
    entry = returned_entry(service, before, one, f"{one.word}_sent_again", actor)
    await tell(service, tx, [push(service, before, one)], [entry])
    return one


def push(service: Service, order: Standing, one: Returned) -> Event[Any]:
    """The command that tells the channel."""
    return service.event(
        ReturnPush(version=one.version, order_id=one.order_id, goods=one.goods(order.external_id)),
        subject=str(one.id),
        version=one.version,
        connection=order.connection,
        platform=order.platform,
    )


def returned_entry(service: Service, order: Standing, one: Returned, code: str, actor: str = "") -> JournalEntry:
    """A step on a return's way. What the channel says to it carries the same key: trouble with one return is settled
    by its own success."""
    failed = one.state == "failed"
    action: Action = "failed" if failed else "reported" if one.state == "reported" else "pushed"
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action=action,
        code=code,
        outcome="error" if failed else "ok",
        connection=order.connection,
        platform=order.platform,
        params={
            "number": order.number,
            "reference": one.reference,
            "pieces": pieces((line.line_external_id, line.quantity) for line in one.lines),
            "accepted": pieces((line.line_external_id, line.quantity) for line in one.lines if line.accepted) or "–",
            "refused": pieces((line.line_external_id, line.quantity) for line in one.lines if not line.accepted) or "–",
            "reason": one.code,
        },
        keys=[*keys(order.order(), order.erp_number, order.customer_key), SearchKey(kind="parcel", value=str(one.id))],
        actor=actor,
        id=own_id(service.name, "entry", f"{one.id}:{code}", one.version),
    )


async def _on_the_shelf(service: Service, tx: Transaction, before: Standing, made: Returned, actor: str) -> None:
    """A case of its own, received at once: what may be sold again is counted again."""
    numbers = dict(
        zip(
            (line.external_id for line in before.order().line_items),
            await order_book.article_numbers(tx, before.id),
            strict=True,
        )
    )
    back: dict[str, Decimal] = {}
    restocked: dict[str, Decimal] = {}
    for line in made.lines:
        back[line.line_external_id] = back.get(line.line_external_id, ZERO) + line.quantity
        again = line.quantity if line.restocked else ZERO
        restocked[line.line_external_id] = restocked.get(line.line_external_id, ZERO) + again
    case = Case(
        id=own_id(service.name, "return", str(before.id), made.reference),
        order_id=before.id,
        version=before.version,
        cause="returned",
        opened_at=made.created_at,
        lines=tuple(ReturnLine(name, numbers.get(name, ""), quantity) for name, quantity in back.items()),
    )
    await return_book.add(tx, [case])
    await receive_goods(service, tx, case.id, restocked, actor)
