"""What became of products that were told. The connector has journalled each push."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.fulfilment import PushReported
from shared.persistence.database import Transaction

STATE = """CASE WHEN blocked_by <> '' THEN 'blocked' WHEN version = 0 OR problems <> '[]' THEN 'incomplete'
                ELSE state END"""
"""How a product stands: what it waits for, what stands in its way, or what became of its last push."""
STATES: Mapping[str, str] = {
    "done": "accepted", "unchanged": "accepted", "failed": "refused", "waiting": "waiting", "retrying": "sent",
    "blocked": "blocked",
}  # fmt: skip
NOT_OFFERED = "product_not_offered"


async def reported(service: Service, tx: Transaction, events: Sequence[Event[PushReported]]) -> None:
    """Applies reports about products; one about an older version than the last says nothing of the state any more.

    The id under which a shop has a product is remembered, whatever the version, also where it refused the rest: that
    product is changed from then on, even before its listing is read. A connector that takes no products is not told of
    any by itself again, until one that was sent by hand arrives.
    """
    ours = [event for event in events if event.data.noun == "product" and event.connection is not None]
    for event in sorted(ours, key=lambda one: (one.data.subject, one.data.version, one.data.reported_at)):
        report = event.data
        if report.outcome not in STATES:
            continue
        where = {"connection": event.connection, "subject": UUID(report.subject), "version": report.version}
        state = STATES[report.outcome]
        if state in ("accepted", "refused"):
            await tx.execute(
                """UPDATE products SET external_id = CASE
                       WHEN CAST(sent ->> 'withdrawn' AS boolean) AND CAST(sent ->> 'deletes' AS boolean)
                            AND version = :version AND :accepted THEN NULL
                       ELSE coalesce(nullif(CAST(:external_id AS text), ''), external_id) END
                   WHERE connection = :connection AND product_id = :subject AND version >= :version""",
                **where,
                external_id=report.external_id or "",
                accepted=state == "accepted",
            )
        await tx.execute(
            """UPDATE products SET state = :state, code = :code, params = CAST(:params AS jsonb), reported_at = :at,
                      changed_at = greatest(changed_at, :at)
               WHERE connection = :connection AND product_id = :subject AND version = :version
                 AND reported_at <= :at""",
            **where,
            state=state,
            code=report.code,
            params=json.dumps(report.params),
            at=report.reported_at,
        )
        await _learn(tx, event.connection, report, state)


async def _learn(tx: Transaction, connection: UUID | None, report: PushReported, state: str) -> None:
    takes = state == "accepted"
    if takes or report.code == NOT_OFFERED:
        await tx.execute(
            "UPDATE connections SET takes_products = :takes WHERE id = :id AND takes_products <> :takes",
            id=connection,
            takes=takes,
        )
