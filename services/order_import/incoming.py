"""Received states of orders: which of them are news, and which others have overtaken."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.order_import.revision import Age, age
from services.order_import.standing import Standing
from shared.contracts.envelope import Event
from shared.contracts.errors import Defect
from shared.contracts.identity import record_id
from shared.contracts.order import Observation, Order, OrderReceived


@dataclass(slots=True)
class Revision:
    """One received state of one order."""

    id: UUID
    connection: UUID
    event: Event[OrderReceived]
    order: Order
    observed: Observation
    age: Age


def revision_of(event: Event[OrderReceived]) -> Revision:
    """Raises Defect for an event that belongs to no connection."""
    order, observed = event.data.order, event.data.observed
    if event.connection is None:
        raise Defect("An order was received without its connection")
    id = record_id("order", event.connection, order.external_id)
    return Revision(id, event.connection, event, order, observed, age(observed))


def newest_of(revisions: Sequence[Revision]) -> tuple[dict[UUID, Revision], list[Revision]]:
    """The newest of each order, and those that others of the same batch passed over."""
    newest: dict[UUID, Revision] = {}
    older = []
    for revision in revisions:
        known = newest.get(revision.id)
        if known is None:
            newest[revision.id] = revision
        elif known.age < revision.age:
            older.append(known)
            newest[revision.id] = revision
        else:
            older.append(revision)
    return newest, older


def sorted_out(
    newest: dict[UUID, Revision], standing: dict[UUID, Standing]
) -> tuple[list[Revision], list[Revision], list[Revision]]:
    """Those that are news to us, those that are older than what we have, and those that say the same."""
    winners, older, same = [], [], []
    for revision in newest.values():
        before = standing.get(revision.id)
        if before is not None and revision.age <= before.age:
            older.append(revision)
        elif before is not None and revision.observed.content_hash == before.content_hash:
            same.append(revision)
        else:
            winners.append(revision)
    return winners, older, same
