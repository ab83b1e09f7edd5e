"""The book of subscriptions: who wants to hear of which problems, on which way, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.journal.schedule import Rhythm, Schedule
from shared.chassis.sentences import Language
from shared.persistence.database import Transaction

Way = Literal["mail", "webhook"]
Least = Literal["warning", "error"]
_COLUMNS = """s.id, s.connections, s.least, s.way, s.address, s.sealed, s.rhythm, s.hour, s.weekday, s.zone,
              s.quiet_from, s.quiet_until, s.language, s.created_at, s.created_by, s.due_at"""
CHANGEABLE = ("connections", "least", "address", "rhythm", "hour", "weekday", "zone", "quiet_from", "quiet_until",
              "language")  # fmt: skip


@dataclass(frozen=True)
class Subscription:
    """`connections` None: all of them, and what concerns none. `sealed` holds a webhook's secret."""

    id: UUID
    connections: list[UUID] | None
    least: Least
    way: Way
    address: str
    sealed: str
    rhythm: Rhythm
    hour: int
    weekday: int
    zone: str
    quiet_from: int | None
    quiet_until: int | None
    language: Language
    created_at: datetime
    created_by: str
    due_at: datetime | None

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.rhythm, self.hour, self.weekday, self.zone, self.quiet_from, self.quiet_until)

    @property
    def outcomes(self) -> list[str]:
        """The severities this subscription is about."""
        return ["error"] if self.least == "error" else ["error", "warning"]

    def within(self, scope: frozenset[UUID] | None) -> bool:
        """Whether somebody who sees these connections only may see it."""
        return scope is None or (self.connections is not None and scope.issuperset(self.connections))


async def add(tx: Transaction, one: Subscription, key: str | None, request_hash: str) -> bool:
    """False when the key has made one already."""
    added = await tx.execute(
        """INSERT INTO subscriptions (id, idempotency_key, request_hash, connections, least, way, address, sealed,
                                      rhythm, hour, weekday, zone, quiet_from, quiet_until, language, created_at,
                                      created_by, due_at)
           VALUES (:id, :key, :request_hash, :connections, :least, :way, :address, :sealed, :rhythm, :hour, :weekday,
                   :zone, :quiet_from, :quiet_until, :language, :created_at, :created_by, :due_at)
           ON CONFLICT (idempotency_key) DO NOTHING""",
        **vars(one),
        key=key,
        request_hash=request_hash,
    )
    return added == 1


async def made_by(tx: Transaction, key: str) -> tuple[Subscription, str] | None:
    """What an Idempotency-Key has made, and the hash of what was asked."""
    row = await tx.row(f"SELECT {_COLUMNS}, s.request_hash FROM subscriptions s WHERE idempotency_key = :key", key=key)
    if row is None:
        return None
    hashed: str = row.pop("request_hash")
    return Subscription(**row), hashed


async def get(tx: Transaction, id: UUID, *, lock: bool = False) -> Subscription | None:
    row = await tx.row(f"SELECT {_COLUMNS} FROM subscriptions s WHERE id = :id {'FOR UPDATE' if lock else ''}", id=id)
    return None if row is None else Subscription(**row)


async def listed(
    tx: Transaction, *, scope: list[UUID] | None, behind: tuple[datetime, UUID] | None, limit: int
) -> list[Subscription]:
    """Subscriptions about connections within the scope only, the oldest first."""
    rows = await tx.rows(
        f"""SELECT {_COLUMNS} FROM subscriptions s
            WHERE (CAST(:scope AS uuid[]) IS NULL OR connections <@ CAST(:scope AS uuid[]))
              AND (CAST(:behind_at AS timestamptz) IS NULL OR (created_at, id) > (:behind_at, CAST(:behind_id AS uuid)))
            ORDER BY created_at, id LIMIT :limit""",
        scope=scope,
        behind_at=behind[0] if behind else None,
        behind_id=behind[1] if behind else None,
        limit=limit,
    )
    return [Subscription(**row) for row in rows]


async def change(tx: Transaction, one: Subscription, values: Mapping[str, Any], due_at: datetime | None) -> None:
    """Writes some columns of a locked subscription. Raises ValueError for a column nobody may change."""
    if unknown := set(values) - set(CHANGEABLE):
        raise ValueError(f"{', '.join(sorted(unknown))} cannot be changed")
    sets = ", ".join(f"{column} = :{column}" for column in [*values, "due_at"])
    await tx.execute(f"UPDATE subscriptions SET {sets} WHERE id = :id", id=one.id, due_at=due_at, **values)


async def delete(tx: Transaction, id: UUID) -> None:
    """With all that was told to it."""
    await tx.execute("DELETE FROM subscriptions WHERE id = :id", id=id)


async def reseal(tx: Transaction, sealed: Mapping[UUID, str]) -> None:
    await tx.many(
        "UPDATE subscriptions SET sealed = :sealed WHERE id = :id",
        [{"id": id, "sealed": text} for id, text in sealed.items()],
    )


async def with_secrets(tx: Transaction) -> list[Subscription]:
    """All that hold a sealed secret, locked."""
    rows = await tx.rows(f"SELECT {_COLUMNS} FROM subscriptions s WHERE sealed <> '' ORDER BY id FOR UPDATE")
    return [Subscription(**row) for row in rows]


async def to_look_at(tx: Transaction, now: datetime) -> dict[UUID, bool]:
    """Which subscriptions to compare with what is open: their time has come (True), or they want to know at once. One
    with a message on its way waits for it."""
    rows = await tx.rows(
        """SELECT id, due_at IS NOT NULL AS ripe FROM subscriptions s
           WHERE (due_at <= :now OR (due_at IS NULL AND rhythm = 'instant'))
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription = s.id)
           ORDER BY id""",
        now=now,
    )
    return {row["id"]: row["ripe"] for row in rows}


async def take(tx: Transaction, id: UUID) -> Subscription | None:
    """Locks it; None when another worker has it, or has just made its message."""
    row = await tx.row(f"SELECT {_COLUMNS} FROM subscriptions s WHERE id = :id FOR UPDATE SKIP LOCKED", id=id)
    if row is None or await tx.value("SELECT 1 FROM deliveries WHERE subscription = :id", id=id):
        return None
    return Subscription(**row)


async def put_off(tx: Transaction, id: UUID, due_at: datetime | None) -> None:
    await tx.execute("UPDATE subscriptions SET due_at = :due_at WHERE id = :id", id=id, due_at=due_at)
