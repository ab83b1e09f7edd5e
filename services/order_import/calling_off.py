"""Cancellations by internal systems on their way to the channel. Stock is free once the channel has agreed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import import cancellation_book, judgements, order_book
from services.order_import.cancellation import CallOff
from services.order_import.cancellation_chronicle import call_off_entry
from services.order_import.parcel_plan import Refused, Wanted, call_off_plan
from services.order_import.recording import tell
from services.order_import.standing import Standing
from services.order_import.upholding import upheld
from shared.chassis.service import Service
from shared.contracts.cancellation import Cancellation, CancellationPush, CancellationReason, CancelledLine
from shared.contracts.envelope import Event
from shared.contracts.identity import own_id
from shared.persistence import held
from shared.persistence.database import Transaction


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """What an internal system will not ship. `lines` None: the order as a whole."""

    reference: str
    lines: tuple[Wanted, ...] | None
    reason: CancellationReason
    notify_customer: bool

    @property
    def fingerprint(self) -> str:
        """Tells whether the same reference was used for the same cancellation."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def waiting_for(id: UUID) -> str:
    """What reports about a cancellation wait for that we do not have yet."""
    return f"cancellation:{id}"


async def call_off(
    service: Service, tx: Transaction, order_id: UUID, wish: CancelRequest, actor: str
) -> tuple[CallOff, bool]:
    """The cancellation, and whether it is new: the same reference twice is the same one.

    Raises LookupError for an order we do not have, Refused where the order or its lines do not allow it.
    """
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None:
        raise LookupError(order_id)
    for known in before.holding.call_offs:
        if known.reference == wish.reference:
            if known.request_hash != wish.fingerprint:
                raise Refused("cancel_reference_used", "reference", reference=wish.reference)
            return known, False
    groups = await judgements.groups(service, tx, order_id, before.rules_version)
    one = CallOff(
        id=own_id(service.name, "call-off", str(order_id), wish.reference),
        order_id=order_id,
        reference=wish.reference,
        request_hash=wish.fingerprint,
        whole=wish.lines is None,
        reason=wish.reason,
        notify_customer=wish.notify_customer,
        pieces=await _pieces(tx, before, wish, groups),
        created_at=service.clock(),
        created_by=actor,
    )
    await cancellation_book.add_call_off(tx, one)
    await held.release(tx, [waiting_for(one.id)])
    entry = call_off_entry(service, before, one, "call_off_recorded", actor=actor)
    await tell(service, tx, [push(service, before, one)], [entry])
    return one, True


async def _pieces(
    tx: Transaction, before: Standing, wish: CancelRequest, groups: Mapping[str, str] = {}
) -> dict[str, Decimal]:
    order = before.order()
    if before.status == "cancelled" or order.state == "cancelled":
        raise Refused("cancel_order_cancelled", number=before.number)
    if order.fulfilled_by_channel:
        raise Refused("cancel_fulfilled_by_channel", number=before.number)
    counted, numbers = upheld(order, await order_book.article_numbers(tx, before.id), before.holding, under_way=True)
    uncounted = {line.external_id: before.holding.uncounted(line.external_id) for line in counted.line_items}
    return call_off_plan(counted, numbers, before.shipped, wish.lines, before.bills, groups, uncounted)


async def send_again(service: Service, tx: Transaction, id: UUID, actor: str) -> CallOff:
    """Sends a failed one once more. Raises LookupError, or Refused when it did not fail or its pieces were shipped."""
    owner = (await cancellation_book.owners(tx, [id])).get(id)
    if owner is None:
        raise LookupError(id)
    before = (await order_book.lock(tx, [owner]))[owner]
    one = next(each for each in before.holding.call_offs if each.id == id)
    if one.state != "failed":
        raise Refused("cancel_not_failed", state=one.state)
    lines = None if one.whole else tuple(Wanted(line, quantity=pieces) for line, pieces in one.pieces.items())
    await _pieces(tx, before, CancelRequest(one.reference, lines, "other", False))
    one.state, one.code, one.params, one.version = "pending", "", {}, one.version + 1
    await cancellation_book.update_call_off(tx, one)
    entry = call_off_entry(service, before, one, "call_off_sent_again", actor=actor)
    await tell(service, tx, [push(service, before, one)], [entry])
    return one


def push(service: Service, order: Standing, one: CallOff) -> Event[Any]:
    """The command that cancels in the channel."""
    lines = () if one.whole else tuple(CancelledLine(line_external_id=k, quantity=v) for k, v in one.pieces.items())
    cancellation = Cancellation.model_validate(
        {
            "id": one.id, "order_external_id": order.external_id, "lines": lines, "reason": one.reason,
            "notify_customer": one.notify_customer,
        }
    )  # fmt: skip
    return service.event(
        CancellationPush(version=one.version, order_id=one.order_id, cancellation=cancellation),
        subject=str(one.id),
        version=one.version,
        connection=order.connection,
        platform=order.platform,
    )
