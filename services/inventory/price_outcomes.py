"""What became of pushed prices. The connector has journalled each push."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.inventory.price_drafts import lock
from services.inventory.push_outcomes import ACCEPTED, SETTLED
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.fulfilment import PushReported
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class _Pushed:
    """A push under way, with the price it carries as stored."""

    id: UUID
    price: str


async def reported(service: Service, tx: Transaction, events: Sequence[Event[PushReported]]) -> None:
    """Applies reports about prices; those about other nouns are not ours. The highest version told wins."""
    reports = [event.data for event in events if event.data.noun == "price"]
    ids = {UUID(report.subject) for report in reports}
    if not ids:
        return
    await lock(tx, ids)
    driver = await tx.driver()
    rows = await driver.fetch(
        "SELECT listing_id, version, price::text AS price FROM price_pushes WHERE listing_id = ANY($1::uuid[])",
        sorted(ids),
    )
    pushed = {(str(row["listing_id"]), row["version"]): _Pushed(row["listing_id"], row["price"]) for row in rows}
    for report in sorted(reports, key=lambda one: (one.subject, one.version, one.reported_at)):
        one = pushed.get((report.subject, report.version))
        if one is not None:
            await _apply(driver, report, one)


async def _apply(driver: Any, report: PushReported, one: _Pushed) -> None:
    if report.outcome in ACCEPTED:
        await driver.execute(
            """UPDATE price_offers SET told = $3::text::jsonb, told_version = $2, told_at = $4
               WHERE listing_id = $1 AND told_version < $2""",
            one.id,
            report.version,
            one.price,
            report.reported_at,
        )
    if report.outcome in SETTLED:
        await driver.execute(
            "UPDATE price_offers SET settled_version = greatest(settled_version, $2) WHERE listing_id = $1",
            one.id,
            report.version,
        )
        await driver.execute("DELETE FROM price_pushes WHERE listing_id = $1 AND version < $2", one.id, report.version)
    if report.outcome != "superseded":
        await driver.execute(
            """UPDATE price_offers SET outcome = $3, outcome_version = $2, outcome_code = $4,
                      outcome_params = $5::text::jsonb, outcome_at = $6
               WHERE listing_id = $1 AND outcome_version <= $2""",
            one.id,
            report.version,
            report.outcome,
            report.code,
            json.dumps(report.params),
            report.reported_at,
        )
