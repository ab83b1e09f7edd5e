"""Writing new states of orders: tables, versions, reasons, feed, outbox and journal, in one transaction."""

from collections.abc import Sequence
from typing import Any

from services.order_import import feed_book, order_bills, order_book, reason_book, version_book
from services.order_import.announcement import announce
from services.order_import.chronicle import of_alterations, of_change
from services.order_import.master_facts import freeze_taxes
from services.order_import.standing import Change
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

FED = frozenset({"imported", "cancelled"})
NEW_CONTENT = frozenset({"received", "corrected"})
JUDGED = NEW_CONTENT | {"rejudged"}


async def record(service: Service, tx: Transaction, changes: Sequence[Change]) -> list[Change]:
    """Writes the states of orders that are locked or new. Answers those new ones that somebody else entered in the
    same moment: they are to be judged again, nothing of them was written."""
    entered = await order_book.enter(tx, [change for change in changes if change.before is None])
    lost = [change for change in changes if change.before is None and change.id not in entered]
    written = [change for change in changes if change.before is not None or change.id in entered]
    if not written:
        return lost
    await order_book.revise(tx, [c for c in written if c.before is not None and c.cause in NEW_CONTENT])
    await order_book.restate(tx, [c for c in written if c.cause not in NEW_CONTENT])
    await order_book.write_lines(tx, [c for c in written if c.cause in JUDGED])
    judged = [c for c in written if c.judged]
    await order_bills.replace(tx, judged)
    await freeze_taxes(tx, {c.id: c.contents.tax for c in judged if c.status == "imported" and c.contents is not None})
    await version_book.write(tx, written)
    await reason_book.replace(tx, written)
    await feed_book.announce(tx, [c for c in written if _is_fed(c)])
    # The entry of the state comes last: it says where the order stands.
    entries = [entry for change in written for entry in of_alterations(service, change)]
    entries += [entry for change in written if (entry := of_change(service, change)) is not None]
    await tell(service, tx, [announce(service, change) for change in written], entries)
    return lost


async def tell(
    service: Service, tx: Transaction, events: Sequence[Event[Any]], entries: Sequence[JournalEntry]
) -> None:
    """Events and journal entries into the outbox, neighbours of one address together so that they share messages."""
    told = [*events, *service.journal.events(entries)]
    told.sort(key=_address)
    await emit(tx, told)


def _is_fed(change: Change) -> bool:
    return change.cause in JUDGED | {"decided"} and change.status in FED and change.known_downstream


def _address(event: Event[Any]) -> tuple[str, str, int]:
    return event.type, event.platform, 0 if event.connection is None else event.connection.int
