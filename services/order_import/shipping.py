"""Shipments from the internal systems: checked against the order, kept, and on their way to the channel."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.order_import import judgements, order_book, parcel_book, reason_book, return_numbers
from services.order_import.cancelling import overtake
from services.order_import.chronicle import keys
from services.order_import.parcel_book import Parcel
from services.order_import.parcel_plan import Refused, Wanted, check, plan
from services.order_import.recording import record, tell
from services.order_import.standing import Standing, restated
from services.order_import.upholding import upheld
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.identity import own_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence import held
from shared.persistence.database import Transaction


def waiting_for(parcel_id: UUID) -> str:
    """What reports about a parcel wait for that we do not have yet."""
    return f"parcel:{parcel_id}"


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a caller says left the house. `lines` None means everything outstanding."""

    reference: str
    lines: tuple[Wanted, ...] | None
    carrier: str
    tracking_number: str
    tracking_url: str
    ready_for_pickup: bool
    notify_customer: bool
    shipped_at: datetime | None
    return_tracking_number: str = field(default="", repr=False)

    @property
    def fingerprint(self) -> str:
        """Tells whether the same reference was used for the same shipment."""
        return hashlib.sha256((repr(self) + self.return_tracking_number).encode()).hexdigest()


async def ship(
    service: Service, tx: Transaction, order_id: UUID, shipment: Shipment, actor: str
) -> tuple[Parcel, bool]:
    """The parcel, and whether it is new: the same reference twice is the same parcel. The shop hears nothing of one
    that holds only parts of what it sells; the parcel that completes them tells it.

    Raises LookupError for an order we do not have, Refused when the order or its lines do not allow it.
    """
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None:
        raise LookupError(order_id)
    known = await parcel_book.by_reference(tx, order_id, shipment.reference)
    if known is not None:
        if known.request_hash != shipment.fingerprint:
            raise Refused("shipment_reference_used", "reference", reference=shipment.reference)
        return known, False
    order = before.order()
    check(order, before.status)
    numbers = await order_book.article_numbers(tx, order_id)
    counted, counted_numbers = upheld(order, numbers, before.holding, under_way=True)
    groups = await judgements.groups(service, tx, order_id, before.rules_version)
    agreed = before.holding.agreed()
    packed = plan(counted, counted_numbers, before.shipped, shipment.lines, before.bills, groups, agreed)
    parcel = Parcel(
        id=own_id(service.name, "parcel", str(order_id), shipment.reference),
        order_id=order_id,
        reference=shipment.reference,
        request_hash=shipment.fingerprint,
        lines=packed.lines,
        components=packed.components,
        state="pending" if packed.lines else "held",
        code="" if packed.lines else "shipment_of_components_only",
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        tracking_url=shipment.tracking_url,
        ready_for_pickup=shipment.ready_for_pickup,
        notify_customer=shipment.notify_customer,
        shipped_at=shipment.shipped_at or service.clock(),
        created_at=service.clock(),
    )
    parcel.return_tracking_number = shipment.return_tracking_number
    await _number(tx, before, parcel)
    await parcel_book.add(tx, parcel, actor)
    if before.status == "parked":
        before.reasons = (await reason_book.of_orders(tx, [order_id])).get(order_id, ())
    shipped = (await order_book.shipped(tx, [order_id]))[order_id]
    overtaken = await overtake(service, tx, before, counted, counted_numbers, packed.lines)
    change = restated(before, "shipped", order, before.verdict(numbers), shipped=shipped, actor=actor)
    await record(service, tx, [change])
    entry = _entry(service, before, parcel, "shipment_recorded" if parcel.lines else "shipment_held", actor)
    await held.release(tx, [waiting_for(parcel.id)])
    if parcel.state == "failed":
        await tell(service, tx, [], [entry, *overtaken, _entry(service, before, parcel, "shipment_failed", actor)])
        return parcel, True
    await tell(service, tx, [push(service, before, parcel)] if parcel.lines else [], [entry, *overtaken])
    return parcel, True


async def _number(tx: Transaction, order: Standing, parcel: Parcel) -> None:
    """Gives a parcel the next number for its way back. One for which there is none is not told to the channel: it would
    go there with a wrong one, or be refused."""
    if parcel.return_tracking_number or not parcel.tracking_number or not parcel.lines:
        return
    found = await return_numbers.take(tx, order.connection, parcel.id)
    if found is None:
        parcel.state, parcel.code = "failed", "return_numbers_used_up"
    parcel.return_tracking_number = found or ""


async def send_again(service: Service, tx: Transaction, parcel_id: UUID, actor: str) -> Parcel:
    """Reports a failed parcel once more. Raises LookupError, or Refused when it is on its way or was reported."""
    parcel = (await parcel_book.lock(tx, [parcel_id])).get(parcel_id)
    if parcel is None:
        raise LookupError(parcel_id)
    if parcel.state != "failed":
        raise Refused("shipment_not_failed", state=parcel.state)
    standing = (await order_book.lock(tx, [parcel.order_id]))[parcel.order_id]
    parcel.state, parcel.code, parcel.params, parcel.version = "pending", "", {}, parcel.version + 1
    await _number(tx, standing, parcel)
    if parcel.state != "pending":
        raise Refused(parcel.code)
    await parcel_book.update(tx, parcel)
    entry = _entry(service, standing, parcel, "shipment_sent_again", actor)
    await tell(service, tx, [push(service, standing, parcel)], [entry])
    return parcel


def push(service: Service, order: Standing, parcel: Parcel) -> Event[Any]:
    """The command that reports the parcel to its channel."""
    return service.event(
        FulfilmentPush(
            version=parcel.version, order_id=parcel.order_id, fulfilment=parcel.fulfilment(order.external_id)
        ),
        subject=str(parcel.id),
        version=parcel.version,
        connection=order.connection,
        platform=order.platform,
    )


def parcel_keys(order: Standing, parcel: Parcel) -> Sequence[SearchKey]:
    """What support may search a parcel's entries by."""
    found = [*keys(order.order(), order.erp_number, order.customer_key), SearchKey(kind="parcel", value=str(parcel.id))]
    if parcel.tracking_number:
        found.append(SearchKey(kind="tracking", value=parcel.tracking_number))
    return found


def _entry(service: Service, order: Standing, parcel: Parcel, code: str, actor: str) -> JournalEntry:
    pieces = sum((line.quantity for line in parcel.lines), 0) or sum(parcel.components.values())
    failed = code == "shipment_failed"
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action="failed" if failed else "pushed",
        outcome="error" if failed else "ok",
        code=code,
        connection=order.connection,
        platform=order.platform,
        params={
            "number": order.number, "reference": parcel.reference, "pieces": f"{pieces:f}",
            "carrier": parcel.carrier, "tracking": parcel.tracking_number, "reason": parcel.code,
        },
        keys=parcel_keys(order, parcel),
        actor=actor,
    )  # fmt: skip
