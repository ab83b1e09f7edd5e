"""What became of parcels, cancellations, documents, refunds and returns sent to the channels: `push.reported`."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from services.order_import import cancellation_book, document_book, goods_book, order_book, parcel_book, refund_book
from services.order_import.answering import decided
from services.order_import.calling_off import waiting_for as waiting_for_call_off
from services.order_import.cancellation import CallOff
from services.order_import.cancellation_chronicle import call_off_entry
from services.order_import.document_book import Paper
from services.order_import.documents import document_entry
from services.order_import.documents import waiting_for as waiting_for_document
from services.order_import.goods_back import returned_entry
from services.order_import.goods_back import waiting_for as waiting_for_return
from services.order_import.goods_book import Returned
from services.order_import.parcel_book import Parcel, State
from services.order_import.refund_book import MoneyBack
from services.order_import.refunding import refund_entry
from services.order_import.refunding import waiting_for as waiting_for_refund
from services.order_import.shipping import parcel_keys, waiting_for
from services.order_import.standing import Standing
from shared.chassis.consumer import Apply
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.errors import ParentMissing
from shared.contracts.fulfilment import PushReported
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

STATES: dict[str, State] = {
    "done": "reported", "unchanged": "reported", "failed": "failed", "retrying": "pending", "blocked": "blocked",
}  # fmt: skip
TOLD = {"reported": "shipment_reported", "failed": "shipment_failed"}
CALL_OFF_TOLD = {"reported": "call_off_reported", "failed": "call_off_failed"}
DOCUMENT_TOLD = {"reported": "document_reported", "failed": "document_failed"}
REFUND_TOLD = {"reported": "refund_reported", "failed": "refund_failed"}


def reporter(service: Service) -> Apply:
    """What the consumer of `push.reported` does with a batch."""
    return partial(report, service)


async def report(service: Service, tx: Transaction, events: Sequence[Event[PushReported]]) -> None:
    """Brings parcels, cancellations, documents, refunds and returns to the newest state reported of their current
    version; other nouns' reports are not ours. Raises ParentMissing for a report about something that we do not have
    (yet)."""
    reports = sorted(
        (event.data for event in events if event.data.outcome in STATES), key=lambda report: report.reported_at
    )
    for noun, take in TAKERS.items():
        if mine := [one for one in reports if one.noun == noun]:
            await take(service, tx, mine)


async def _parcels(service: Service, tx: Transaction, reports: Sequence[PushReported]) -> None:
    parcels = await parcel_book.lock(tx, [UUID(report.subject) for report in reports])
    told = {}
    for one in reports:
        parcel = parcels.get(UUID(one.subject))
        if parcel is None:
            raise ParentMissing("A parcel is reported that we do not have", waits_for=waiting_for(UUID(one.subject)))
        if _take(parcel, one):
            told[parcel.id] = parcel
    standing = await order_book.lock(tx, [parcel.order_id for parcel in told.values()])
    entries = []
    for parcel in told.values():
        await parcel_book.update(tx, parcel)
        if parcel.state in TOLD:
            entries.append(_entry(service, standing[parcel.order_id], parcel))
    await service.journal.write(tx, entries)


async def _call_offs(service: Service, tx: Transaction, reports: Sequence[PushReported]) -> None:
    owners = await cancellation_book.owners(tx, [UUID(one.subject) for one in reports])
    for one in reports:
        if UUID(one.subject) not in owners:
            waits_for = waiting_for_call_off(UUID(one.subject))
            raise ParentMissing("A cancellation is reported that we do not have", waits_for=waits_for)
    for before in (await order_book.lock(tx, list(owners.values()))).values():
        mine = {call_off.id: call_off for call_off in before.holding.call_offs}
        told = {}
        for one in reports:
            call_off = mine.get(UUID(one.subject))
            if call_off is not None and _take(call_off, one):
                told[call_off.id] = call_off
        await _tell(service, tx, before, list(told.values()))


async def _documents(service: Service, tx: Transaction, reports: Sequence[PushReported]) -> None:
    owners = await document_book.owners(tx, [UUID(one.subject) for one in reports])
    standing = await order_book.lock(tx, list(owners.values()))
    papers = await document_book.lock(tx, list(owners))
    told = {}
    for one in reports:
        paper = papers.get(UUID(one.subject))
        if paper is None:
            waits_for = waiting_for_document(UUID(one.subject))
            raise ParentMissing("A document is reported that we do not have", waits_for=waits_for)
        if _take(paper, one):
            told[paper.id] = paper
    entries = []
    for paper in told.values():
        await document_book.update(tx, paper)
        if paper.state in DOCUMENT_TOLD:
            entries.append(document_entry(service, standing[paper.order_id], paper, DOCUMENT_TOLD[paper.state]))
    await service.journal.write(tx, entries)


async def _refunds(service: Service, tx: Transaction, reports: Sequence[PushReported]) -> None:
    owners = await refund_book.owners(tx, [UUID(one.subject) for one in reports])
    standing = await order_book.lock(tx, list(owners.values()))
    refunds = await refund_book.lock(tx, list(owners))
    told = {}
    for one in reports:
        refund = refunds.get(UUID(one.subject))
        if refund is None:
            waits_for = waiting_for_refund(UUID(one.subject))
            raise ParentMissing("A refund is reported that we do not have", waits_for=waits_for)
        if _take(refund, one):
            told[refund.id] = refund
    entries = []
    for refund in told.values():
        await refund_book.update(tx, refund)
        if refund.state in REFUND_TOLD:
            entries.append(refund_entry(service, standing[refund.order_id], refund, REFUND_TOLD[refund.state]))
    await service.journal.write(tx, entries)


async def _returns(service: Service, tx: Transaction, reports: Sequence[PushReported]) -> None:
    owners = await goods_book.owners(tx, [UUID(one.subject) for one in reports])
    standing = await order_book.lock(tx, list(owners.values()))
    goods = await goods_book.lock(tx, list(owners))
    told = {}
    for one in reports:
        returned = goods.get(UUID(one.subject))
        if returned is None:
            waits_for = waiting_for_return(UUID(one.subject))
            raise ParentMissing("A return is reported that we do not have", waits_for=waits_for)
        if _take(returned, one):
            returned.parts = one.parts
            told[returned.id] = returned
    entries = []
    for returned in told.values():
        await goods_book.update(tx, returned)
        if returned.state in ("reported", "failed"):
            code = f"{returned.word}_{returned.state}"
            entries.append(returned_entry(service, standing[returned.order_id], returned, code))
    await service.journal.write(tx, entries)


async def _tell(service: Service, tx: Transaction, before: Standing, told: Sequence[CallOff]) -> None:
    for one in told:
        await cancellation_book.update_call_off(tx, one)
    agreed = [one for one in told if one.state == "reported"]
    # Where the channel showed it before it answered, the pieces are free already.
    news = any(one.unechoed(line) > 0 for one in agreed for line in one.pieces)
    cancelled = news and (await decided(service, tx, before, "")).status == "cancelled"
    entries = [
        call_off_entry(service, before, one, CALL_OFF_TOLD[one.state], cancelled=cancelled)
        for one in told
        if one.state in CALL_OFF_TOLD
    ]
    await service.journal.write(tx, entries)


def _take(sent: Parcel | CallOff | Paper | MoneyBack | Returned, report: PushReported) -> bool:
    """Whether the report changes what was sent: it is about this version, newer than the last one, and what the channel
    has accepted stays accepted."""
    stale = sent.reported_at is not None and report.reported_at <= sent.reported_at
    if report.version != sent.version or stale or sent.state == "reported":
        return False
    sent.state = STATES[report.outcome]
    sent.attempts = report.attempts
    sent.code = "" if sent.state == "reported" else report.code
    sent.params = {} if sent.state == "reported" else dict(report.params)
    sent.external_id = report.external_id or sent.external_id
    sent.reported_at = report.reported_at
    return True


def _entry(service: Service, order: Standing, parcel: Parcel) -> JournalEntry:
    failed = parcel.state == "failed"
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action="failed" if failed else "reported",
        code=TOLD[parcel.state],
        outcome="error" if failed else "ok",
        connection=order.connection,
        platform=order.platform,
        params={"number": order.number, "reference": parcel.reference, "tracking": parcel.tracking_number,
                "reason": parcel.code},
        keys=parcel_keys(order, parcel),
    )  # fmt: skip


TAKERS = {
    "fulfilment": _parcels,
    "cancellation": _call_offs,
    "document": _documents,
    "refund": _refunds,
    "return": _returns,
}
