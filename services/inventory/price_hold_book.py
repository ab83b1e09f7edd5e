"""Holds of a connection's prices and the listings they concern: all SQL about them."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory.pricing import Quote, as_json
from shared.persistence.database import Transaction

Reason = Literal["first", "limits"]
COLUMNS = """h.id, h.connection, h.platform, h.reason, h.state, h.since, h.zeroed, h.moved, h.examples, h.decided_at,
    h.decided_by, (SELECT count(*) FROM held_prices l WHERE l.hold = h.id AND l.state = 'held') AS waiting"""


async def lock(tx: Transaction, connection: UUID) -> None:
    """Waits until nobody else decides about the connection; take the rows of offers before this, never after."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 17))", key=str(connection))


async def opened(tx: Transaction, connection: UUID) -> bool:
    """Whether the connection's first push is done."""
    return await tx.value("SELECT 1 FROM price_guards WHERE connection = :id", id=connection) is not None


async def open_gate(tx: Transaction, connection: UUID, now: datetime) -> None:
    """From now on the connection's prices go out, each under the guard's eye."""
    await tx.execute(
        "INSERT INTO price_guards (connection, opened_at) VALUES (:id, :now) ON CONFLICT DO NOTHING",
        id=connection,
        now=now,
    )


async def open_hold(tx: Transaction, connection: UUID) -> UUID | None:
    found: UUID | None = await tx.value(
        "SELECT id FROM price_holds WHERE connection = :id AND state = 'open'", id=connection
    )
    return found


async def kept(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, tuple[str, Quote]]:
    """The listings that are or were held, with what was decided about which price."""
    driver = await tx.driver()
    rows = await driver.fetch(
        "SELECT listing_id, state, price FROM held_prices WHERE listing_id = ANY($1::uuid[])", sorted(ids)
    )
    return {row["listing_id"]: (row["state"], Quote.model_validate(row["price"])) for row in rows}


async def put(
    tx: Transaction, connection: UUID, platform: str, reason: Reason, *, since: datetime, zeroed: int, moved: int,
    examples: Sequence[Mapping[str, Any]],
) -> UUID:  # fmt: skip
    """Opens a hold, or adds to the one that is open."""
    id: UUID = await tx.value(
        """INSERT INTO price_holds AS h (id, connection, platform, reason, since, zeroed, moved, examples)
           VALUES (:id, :connection, :platform, :reason, :since, :zeroed, :moved, CAST(:examples AS jsonb))
           ON CONFLICT (connection) WHERE state = 'open' DO UPDATE
           SET zeroed = h.zeroed + EXCLUDED.zeroed, moved = h.moved + EXCLUDED.moved RETURNING id""",
        id=uuid4(),
        connection=connection,
        platform=platform,
        reason=reason,
        since=since,
        zeroed=zeroed,
        moved=moved,
        examples=json.dumps(list(examples)),
    )
    return id


async def keep(tx: Transaction, connection: UUID, hold: UUID, prices: Mapping[UUID, Quote]) -> None:
    """Takes prices into a hold; another price of the same listing that was held or decided before is forgotten."""
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO held_prices (listing_id, connection, hold, state, price)
           SELECT u.id, $3, $4, 'held', u.price FROM unnest($1::uuid[], $2::jsonb[]) AS u(id, price)
           ON CONFLICT (listing_id) DO UPDATE SET hold = EXCLUDED.hold, state = 'held', price = EXCLUDED.price""",
        sorted(prices),
        [as_json(prices[id]) for id in sorted(prices)],
        connection,
        hold,
    )


async def forget(tx: Transaction, ids: Collection[UUID]) -> None:
    await tx.execute("DELETE FROM held_prices WHERE listing_id = ANY(CAST(:ids AS uuid[]))", ids=sorted(ids))


async def listings_of(tx: Transaction, hold: UUID) -> list[UUID]:
    rows = await tx.rows("SELECT listing_id FROM held_prices WHERE hold = :hold ORDER BY listing_id", hold=hold)
    return [row["listing_id"] for row in rows]


async def settle(tx: Transaction, hold: UUID, state: str, now: datetime, actor: str) -> None:
    """Ends a hold; its listings take over what was decided."""
    await tx.execute(
        "UPDATE price_holds SET state = :state, decided_at = :now, decided_by = :actor WHERE id = :hold",
        hold=hold,
        state=state,
        now=now,
        actor=actor,
    )
    if state in ("confirmed", "discarded"):
        await tx.execute("UPDATE held_prices SET state = :state WHERE hold = :hold", state=state, hold=hold)


async def one(tx: Transaction, id: UUID) -> dict[str, Any] | None:
    return await tx.row(f"SELECT {COLUMNS} FROM price_holds h WHERE h.id = :id", id=id)


async def newest(
    tx: Transaction, *, scope: list[UUID] | None, connection: UUID | None, state: str | None, limit: int
) -> list[dict[str, Any]]:
    """Holds, the newest first."""
    return await tx.rows(
        f"""SELECT {COLUMNS} FROM price_holds h
            WHERE (CAST(:scope AS uuid[]) IS NULL OR h.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR h.connection = :connection)
              AND (CAST(:state AS text) IS NULL OR h.state = :state)
            ORDER BY h.since DESC, h.id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        state=state,
        limit=limit,
    )


async def opened_holds(tx: Transaction) -> list[dict[str, Any]]:
    """All open ones, oldest first, and whether their connection is gone."""
    return await tx.rows(
        """SELECT h.id, h.connection, coalesce(c.deleted, false) AS deleted
           FROM price_holds h LEFT JOIN connections c ON c.id = h.connection
           WHERE h.state = 'open' ORDER BY h.since, h.id"""
    )


async def matched(tx: Transaction, connection: UUID) -> list[UUID]:
    """The connection's listings that are told a price at all."""
    rows = await tx.rows(
        "SELECT id FROM listings WHERE connection = :id AND article_number IS NOT NULL ORDER BY id", id=connection
    )
    return [row["id"] for row in rows]
