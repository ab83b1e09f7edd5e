"""Holds of a connection's pushes, the listings they concern, and what fell to zero lately: all SQL about them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory.guard import Kept
from shared.persistence.database import Transaction

Reason = Literal["first", "zero"]
COLUMNS = """h.id, h.connection, h.platform, h.reason, h.state, h.since, h.listings, h.zeroed, h.examples, h.decided_at,
    h.decided_by, (SELECT count(*) FROM held_listings l WHERE l.hold = h.id AND l.state = 'held') AS waiting"""


@dataclass(frozen=True)
class Standing:
    """How a connection stands with the guard, and which of the listings asked for are kept. `hold` is the open one."""

    opened: bool
    hold: UUID | None
    kept: Mapping[UUID, Kept]


async def lock(tx: Transaction, connections: Collection[UUID]) -> None:
    """Waits until nobody else decides about these connections; take the rows of offers before this, never after."""
    driver = await tx.driver()
    for connection in sorted(connections):
        await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 11))", str(connection))


async def standings(tx: Transaction, connections: Collection[UUID], ids: Collection[UUID]) -> dict[UUID, Standing]:
    """One grouped query for a whole batch."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT c.id, g.opened_at IS NOT NULL AS opened, h.id AS hold, k.ids, k.states
           FROM unnest($1::uuid[]) AS c(id) LEFT JOIN guards g ON g.connection = c.id
           LEFT JOIN holds h ON h.connection = c.id AND h.state = 'open'
           LEFT JOIN (SELECT connection, array_agg(listing_id) AS ids, array_agg(state) AS states FROM held_listings
                      WHERE listing_id = ANY($2::uuid[]) GROUP BY connection) k ON k.connection = c.id""",
        sorted(connections),
        sorted(ids),
    )
    return {
        row["id"]: Standing(row["opened"], row["hold"], dict(zip(row["ids"] or (), row["states"] or (), strict=True)))
        for row in rows
    }


async def open_gate(tx: Transaction, connection: UUID, now: datetime) -> None:
    """From now on the connection's pushes go out, each wave under the guard's eye."""
    await tx.execute(
        """INSERT INTO guards (connection, opened_at) VALUES (:connection, :now)
           ON CONFLICT (connection) DO UPDATE SET opened_at = coalesce(guards.opened_at, EXCLUDED.opened_at)""",
        connection=connection,
        now=now,
    )


async def may_look(tx: Transaction, connection: UUID, now: datetime, pause: timedelta) -> bool:
    """Whether it is time to look ahead again at everything that waits; True notes that it is being done."""
    noted = await tx.execute(
        """UPDATE guards SET looked_at = :now WHERE connection = :connection
             AND (looked_at > :now OR looked_at <= :before)""",
        connection=connection,
        now=now,
        before=now - pause,
    )
    return noted > 0


async def salable(tx: Transaction, connection: UUID) -> list[UUID]:
    """The connection's listings that are told a quantity at all."""
    driver = await tx.driver()
    rows = await driver.fetch(
        "SELECT id FROM listings WHERE connection = $1 AND article_number IS NOT NULL AND counts_stock ORDER BY id",
        connection,
    )
    return [row["id"] for row in rows]


async def count_salable(tx: Transaction, connection: UUID) -> int:
    """How many listings the shares are shares of."""
    driver = await tx.driver()
    found = await driver.fetchval(
        "SELECT count(*) FROM listings WHERE connection = $1 AND article_number IS NOT NULL AND counts_stock",
        connection,
    )
    return int(found)


async def zeroed_since(tx: Transaction, connection: UUID, since: datetime, without: Collection[UUID]) -> int:
    """How many other listings fell to zero since then; what is older is forgotten."""
    driver = await tx.driver()
    await driver.execute("DELETE FROM zeroings WHERE connection = $1 AND at < $2", connection, since)
    found = await driver.fetchval(
        "SELECT count(*) FROM zeroings WHERE connection = $1 AND listing_id <> ALL($2::uuid[])",
        connection,
        sorted(without),
    )
    return int(found)


async def note_zeroed(tx: Transaction, connection: UUID, ids: Collection[UUID], now: datetime) -> None:
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO zeroings (connection, listing_id, at) SELECT $1, unnest($2::uuid[]), $3
           ON CONFLICT (connection, listing_id) DO UPDATE SET at = EXCLUDED.at""",
        connection,
        sorted(ids),
        now,
    )


async def put(
    tx: Transaction, connection: UUID, platform: str, reason: Reason, *, since: datetime, listings: int, zeroed: int,
    examples: Sequence[Mapping[str, Any]],
) -> tuple[UUID, int]:  # fmt: skip
    """Opens a hold, or adds to the one that is open; answers it and how many listings it concerns by now."""
    row = await tx.row(
        """INSERT INTO holds (id, connection, platform, reason, since, listings, zeroed, examples)
           VALUES (:id, :connection, :platform, :reason, :since, :listings, :zeroed, CAST(:examples AS jsonb))
           ON CONFLICT (connection) WHERE state = 'open' DO UPDATE
           SET zeroed = holds.zeroed + EXCLUDED.zeroed, listings = EXCLUDED.listings
           RETURNING id, zeroed""",
        id=uuid4(),
        connection=connection,
        platform=platform,
        reason=reason,
        since=since,
        listings=listings,
        zeroed=zeroed,
        examples=json.dumps(list(examples)),
    )
    assert row is not None
    return row["id"], int(row["zeroed"])


async def keep(tx: Transaction, connection: UUID, hold: UUID, ids: Collection[UUID], state: Kept) -> None:
    """Takes listings into a hold; one that was held or discarded before stays as it is."""
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO held_listings (listing_id, connection, hold, state)
           SELECT unnest($1::uuid[]), $2, $3, $4 ON CONFLICT (listing_id) DO NOTHING""",
        sorted(ids),
        connection,
        hold,
        state,
    )


async def forget(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """The holds of these listings have done their work; answers the open holds that concern nothing any more."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """WITH gone AS (DELETE FROM held_listings WHERE listing_id = ANY($1::uuid[]) RETURNING listing_id, hold)
           SELECT h.id FROM holds h
           WHERE h.state = 'open' AND h.id IN (SELECT hold FROM gone) AND NOT EXISTS (
               SELECT FROM held_listings l
               WHERE l.hold = h.id AND l.listing_id NOT IN (SELECT listing_id FROM gone))""",
        sorted(ids),
    )
    return {row["id"] for row in rows}


async def waiting_ids(tx: Transaction, hold: UUID) -> list[UUID]:
    """The listings that a hold concerns."""
    rows = await tx.rows("SELECT listing_id FROM held_listings WHERE hold = :hold ORDER BY listing_id", hold=hold)
    return [row["listing_id"] for row in rows]


async def settle(tx: Transaction, hold: UUID, state: str, now: datetime, actor: str) -> None:
    """Ends a hold; its listings take over what was decided."""
    await tx.execute(
        "UPDATE holds SET state = :state, decided_at = :now, decided_by = :actor WHERE id = :hold",
        hold=hold,
        state=state,
        now=now,
        actor=actor,
    )
    if state in ("confirmed", "discarded"):
        await tx.execute("UPDATE held_listings SET state = :state WHERE hold = :hold", state=state, hold=hold)


async def one(tx: Transaction, id: UUID) -> dict[str, Any] | None:
    return await tx.row(f"SELECT {COLUMNS} FROM holds h WHERE h.id = :id", id=id)


async def page(
    tx: Transaction, *, scope: list[UUID] | None, connection: UUID | None, state: str | None,
    after: tuple[datetime, UUID] | None, limit: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Holds, the newest first."""
    return await tx.rows(
        f"""SELECT {COLUMNS} FROM holds h
            WHERE (CAST(:scope AS uuid[]) IS NULL OR h.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR h.connection = :connection)
              AND (CAST(:state AS text) IS NULL OR h.state = :state)
              AND (CAST(:at AS timestamptz) IS NULL OR (h.since, h.id) < (:at, CAST(:id AS uuid)))
            ORDER BY h.since DESC, h.id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        state=state,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )


async def opened_holds(tx: Transaction) -> list[dict[str, Any]]:
    """All open ones, oldest first, and whether their connection is gone."""
    return await tx.rows(
        f"""SELECT {COLUMNS}, coalesce(c.deleted, false) AS deleted
            FROM holds h LEFT JOIN connections c ON c.id = h.connection WHERE h.state = 'open' ORDER BY h.since, h.id"""
    )
