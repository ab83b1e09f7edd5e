"""What became of pushes: the channel was told, refused, or holds something else than we thought.

The connector has journalled each push; here only a channel that holds something unexpected is worth an entry.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.inventory.marks import mark_listings
from services.inventory.offer_rows import OfferRow, Place, lock_offers
from services.inventory.readings import Reading, journal_drift, keep_readings
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.fulfilment import PushReported
from shared.persistence.database import Transaction

SETTLED = ("done", "unchanged", "failed", "superseded")
ACCEPTED = ("done", "unchanged")


@dataclass
class _State:
    """What one place's reports add up to."""

    told: int | None
    told_version: int
    told_at: datetime | None
    settled_version: int
    outcome: PushReported | None = None
    outcome_version: int = 0


async def reported(service: Service, tx: Transaction, events: Sequence[Event[PushReported]]) -> None:
    """Applies reports about stock; those about other nouns are not ours. The highest version told wins."""
    reports = [(Place.of(event.data.subject), event) for event in events if event.data.noun == "stock"]
    if not reports:
        return
    rows = await lock_offers(tx, {place.listing_id for place, _ in reports})
    pushes = await _pushes(tx, {place.listing_id for place, _ in reports})
    states: dict[Place, _State] = {}
    drifted: dict[Place, tuple[int, int | None]] = {}
    stale: set[UUID] = set()
    for place, event in reports:
        row, report = rows.get(place), event.data
        if row is None or (place, report.version) not in pushes:
            continue
        quantity, expected = pushes[(place, report.version)]
        state = states.setdefault(place, _start(row))
        _apply(state, report, quantity)
        if report.outcome == "failed" and report.actual is not None and report.actual != expected:
            drifted[place] = (report.actual, row.offer.told)
            if report.version == row.offer.sent_version:
                stale.add(place.listing_id)
    await _save(tx, states)
    await keep_readings(tx, [_reading(place, event.data) for place, event in reports if place in states
                             and event.data.actual is not None], only_known=True)  # fmt: skip
    await mark_listings(tx, stale, again="always")
    await journal_drift(service, tx, drifted)


def _start(row: OfferRow) -> _State:
    offer = row.offer
    return _State(
        offer.told, row.told_version, offer.told_at, offer.settled_version, outcome_version=row.outcome_version
    )


def _apply(state: _State, report: PushReported, quantity: int) -> None:
    if report.outcome in ACCEPTED and report.version > state.told_version:
        state.told, state.told_version, state.told_at = quantity, report.version, report.reported_at
    if report.outcome in SETTLED:
        state.settled_version = max(state.settled_version, report.version)
    if report.outcome != "superseded" and report.version >= state.outcome_version:
        state.outcome, state.outcome_version = report, report.version


def _reading(place: Place, report: PushReported) -> Reading:
    return Reading(place.listing_id, place.location, report.actual or 0, report.reported_at)


async def _pushes(tx: Transaction, ids: set[UUID]) -> dict[tuple[Place, int], tuple[int, int | None]]:
    driver = await tx.driver()
    rows = await driver.fetch(
        "SELECT listing_id, location, version, quantity, expected FROM pushes WHERE listing_id = ANY($1::uuid[])",
        sorted(ids),
    )
    return {
        (Place(row["listing_id"], row["location"]), row["version"]): (row["quantity"], row["expected"]) for row in rows
    }


async def _save(tx: Transaction, states: dict[Place, _State]) -> None:
    driver = await tx.driver()
    items = list(states.items())
    reports = [state.outcome for _, state in items]
    await driver.execute(
        """UPDATE offers o SET told = u.told, told_version = u.told_version, told_at = u.told_at,
                  settled_version = u.settled_version, outcome_version = u.outcome_version,
                  outcome = coalesce(u.outcome, o.outcome), outcome_code = coalesce(u.code, o.outcome_code),
                  outcome_params = coalesce(u.params, o.outcome_params), outcome_at = coalesce(u.at, o.outcome_at)
           FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::timestamptz[], $6::int[], $7::int[],
                       $8::text[], $9::text[], $10::jsonb[], $11::timestamptz[])
                AS u(listing_id, location, told, told_version, told_at, settled_version, outcome_version,
                     outcome, code, params, at)
           WHERE o.listing_id = u.listing_id AND o.location = u.location""",
        [place.listing_id for place, _ in items],
        [place.location for place, _ in items],
        [state.told for _, state in items],
        [state.told_version for _, state in items],
        [state.told_at for _, state in items],
        [state.settled_version for _, state in items],
        [state.outcome_version for _, state in items],
        [None if report is None else report.outcome for report in reports],
        [None if report is None else report.code for report in reports],
        [None if report is None else json.dumps(report.params) for report in reports],
        [None if report is None else report.reported_at for report in reports],
    )
    await driver.execute(
        """DELETE FROM pushes p USING unnest($1::uuid[], $2::text[], $3::int[]) AS u(listing_id, location, told_version)
           WHERE p.listing_id = u.listing_id AND p.location = u.location AND p.version < u.told_version""",
        [place.listing_id for place, _ in items],
        [place.location for place, _ in items],
        [state.told_version for _, state in items],
    )
