"""Refunds by internal systems on their way to the channel: money flows once, whatever is said twice."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import import order_book, refund_book
from services.order_import.chronicle import keys
from services.order_import.parcel_plan import Refused
from services.order_import.recording import tell
from services.order_import.refund_book import MoneyBack
from services.order_import.refund_plan import check
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.identity import own_id
from shared.contracts.journal import Action, JournalEntry, SearchKey
from shared.contracts.repayment import RefundPush, RepaidLine
from shared.persistence import held
from shared.persistence.database import Transaction


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What an internal system gives back, tax included. `reference` is its own name for it."""

    reference: str
    currency: str
    lines: tuple[RepaidLine, ...]
    shipping: Decimal
    goodwill: Decimal
    reason: str
    notify_customer: bool

    @property
    def fingerprint(self) -> str:
        """Tells whether the same reference was used for the same refund; 5 and 5.00 are the same money."""
        lines = sorted((one.line_external_id, f"{one.quantity.normalize():f}", f"{one.amount.normalize():f}")
                       for one in self.lines)  # fmt: skip
        money = [f"{one.normalize():f}" for one in (self.shipping, self.goodwill)]
        said = (self.reference, self.currency, lines, money, self.reason, self.notify_customer)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def waiting_for(id: UUID) -> str:
    """What reports about a refund wait for that we do not have yet."""
    return f"refund:{id}"


async def pay_back(
    service: Service, tx: Transaction, order_id: UUID, wish: RefundRequest, actor: str
) -> tuple[MoneyBack, bool]:
    """The refund, and whether it is new: the same reference twice is the same one.

    Raises LookupError for an order we do not have, Refused where the order does not bear it.
    """
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None:
        raise LookupError(order_id)
    known = await refund_book.of_order(tx, order_id)
    for one in known:
        if one.reference == wish.reference:
            if one.request_hash != wish.fingerprint:
                raise Refused("refund_reference_used", "reference", reference=wish.reference)
            return one, False
    made = MoneyBack(
        id=own_id(service.name, "refund", str(order_id), wish.reference),
        order_id=order_id,
        reference=wish.reference,
        request_hash=wish.fingerprint,
        currency=wish.currency,
        lines=wish.lines,
        shipping=wish.shipping,
        goodwill=wish.goodwill,
        reason=wish.reason,
        notify_customer=wish.notify_customer,
        created_at=service.clock(),
        created_by=actor,
    )
    check(before.order(), before.shipped.lines, known, made)
    await refund_book.add(tx, made)
    await held.release(tx, [waiting_for(made.id)])
    await tell(
        service, tx, [push(service, before, made)], [refund_entry(service, before, made, "refund_recorded", actor)]
    )
    return made, True


async def send_again(service: Service, tx: Transaction, id: UUID, actor: str) -> MoneyBack:
    """Sends a failed refund once more; the channel is asked first whether it made it after all. Raises LookupError, or
    Refused when it did not fail or the order no longer bears it."""
    owner = (await refund_book.owners(tx, [id])).get(id)
    if owner is None:
        raise LookupError(id)
    before = (await order_book.lock(tx, [owner]))[owner]
    one = (await refund_book.lock(tx, [id]))[id]
    if one.state != "failed":
        raise Refused("refund_not_failed", state=one.state)
    known = await refund_book.of_order(tx, owner)
    check(before.order(), before.shipped.lines, known, one)
    one.state, one.code, one.params, one.version = "pending", "", {}, one.version + 1
    await refund_book.update(tx, one)
    entry = refund_entry(service, before, one, "refund_sent_again", actor)
    await tell(service, tx, [push(service, before, one)], [entry])
    return one


def push(service: Service, order: Standing, one: MoneyBack) -> Event[Any]:
    """The command that gives the money back in the channel."""
    return service.event(
        RefundPush(version=one.version, order_id=one.order_id, refund=one.repayment(order.external_id)),
        subject=str(one.id),
        version=one.version,
        connection=order.connection,
        platform=order.platform,
    )


def refund_entry(service: Service, order: Standing, one: MoneyBack, code: str, actor: str = "") -> JournalEntry:
    """A step on a refund's way. What the channel says to it carries the same key: trouble with one refund is settled by
    its own success."""
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
        params={"number": order.number, "reference": one.reference, "amount": str(one.total), "reason": one.code},
        keys=[*keys(order.order(), order.erp_number, order.customer_key), SearchKey(kind="parcel", value=str(one.id))],
        actor=actor,
        id=own_id(service.name, "entry", f"{one.id}:{code}", one.version),
    )
