"""Work to do for a connection: hints to read and commands to push, one row per subject, newest version wins."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.persistence.database import Transaction

CHANNEL = "kontor_work"


@dataclass(frozen=True)
class Row:
    """One row of work. `state` "sending" means a call was begun and its outcome is not recorded; `failing_since` is the
    first failure since it last went well; `ticket` is the platform's, for what it took to judge later; `found_at` the
    database's time at which it was found due."""

    connection: UUID
    kind: str
    subject: str
    version: int
    body: Any
    state: str
    key: UUID
    attempts: int
    blocked: str
    failing_since: datetime | None
    ticket: str
    found_at: datetime


@dataclass(frozen=True)
class NewWork:
    connection: UUID
    kind: str
    subject: str
    version: int
    body: str


async def store(tx: Transaction, rows: Sequence[NewWork]) -> None:
    """Upserts commands; lower versions and what was already told are ignored. One subject may occur only once."""
    if not rows:
        return
    driver = await tx.driver()
    ordered = sorted(rows, key=lambda row: (row.connection, row.kind, row.subject))
    await driver.execute(
        """INSERT INTO work (connection, kind, subject, version, body)
           SELECT n.connection, n.kind, n.subject, n.version, n.body::jsonb
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[])
                AS n(connection, kind, subject, version, body)
           WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.connection = n.connection AND t.kind = n.kind
                             AND t.subject = n.subject AND t.version >= n.version)
           ON CONFLICT (connection, kind, subject) DO UPDATE
           SET version = excluded.version, body = excluded.body, state = 'waiting', key = gen_random_uuid(),
               attempts = 0, blocked = '', last_error = '', due_at = now(), failing_since = NULL, ticket = ''
           WHERE work.version < excluded.version""",
        [row.connection for row in ordered],
        [row.kind for row in ordered],
        [row.subject for row in ordered],
        [row.version for row in ordered],
        [row.body for row in ordered],
    )


@dataclass(frozen=True)
class Hinted:
    """A record to be read. `body`: how, where it was no webhook that asked; `pause`: seconds in which further hints of
    a record at rest are awaited, so that many make one reading."""

    connection: UUID
    kind: str
    subject: str
    body: str = "{}"
    pause: float = 0.0


async def hint(tx: Transaction, wanted: Collection[Hinted]) -> None:
    """Asks for records to be read, each at most once. Hints coalesce; one that comes while the record is being read
    asks once more, and a webhook takes nothing away from what an operator asked for."""
    driver = await tx.driver()
    ordered = sorted(wanted, key=lambda one: (one.connection, one.kind, one.subject))
    await driver.execute(
        """INSERT INTO work (connection, kind, subject, version, body, due_at)
           SELECT h.connection, h.kind, h.subject, 1, h.body::jsonb, now() + make_interval(secs => h.pause)
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float[])
                AS h(connection, kind, subject, body, pause)
           ON CONFLICT (connection, kind, subject) DO UPDATE
           SET version = work.version + 1, body = work.body || excluded.body, attempts = 0, last_error = '',
               due_at = CASE WHEN excluded.body = '{}' AND work.failing_since IS NULL
                             THEN greatest(work.due_at, now()) ELSE now() END,
               failing_since = NULL""",
        [one.connection for one in ordered],
        [one.kind for one in ordered],
        [one.subject for one in ordered],
        [one.body for one in ordered],
        [one.pause for one in ordered],
    )


async def told_by_webhook(tx: Transaction, connection: UUID, kind: str) -> int:
    """How many records webhooks have asked to read that are due."""
    count: int = await tx.value(
        """SELECT count(*) FROM work WHERE connection = :connection AND kind = :kind AND due_at <= now()
           AND body = '{}'""",
        connection=connection,
        kind=kind,
    )
    return count


@dataclass(frozen=True)
class Fulfilled:
    """A record that was asked for anyway, and when."""

    connection: UUID
    kind: str
    subject: str
    asked_at: datetime


async def fulfilled(tx: Transaction, records: Collection[Fulfilled]) -> None:
    """Takes back what webhooks asked for before these records were asked for anyway. What an operator asked for
    stays."""
    if not records:
        return
    driver = await tx.driver()
    await driver.execute(
        """DELETE FROM work w
           USING unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS f(connection, kind, subject, asked_at)
           WHERE w.connection = f.connection AND w.kind = f.kind AND w.subject = f.subject
             AND w.body = '{}' AND w.due_at < f.asked_at""",
        [one.connection for one in records],
        [one.kind for one in records],
        [one.subject for one in records],
        [one.asked_at for one in records],
    )


async def notify(tx: Transaction, news: Iterable[tuple[UUID, str]]) -> None:
    """Wakes those up who hold the leases: which kind of work of which connection is new. In a transaction of its own,
    never in the one that stores work."""
    said = [f"{connection} {kind}" for connection, kind in set(news)]
    await tx.execute(
        "SELECT pg_notify(:channel, one) FROM unnest(CAST(:said AS text[])) AS one", channel=CHANNEL, said=said
    )


async def due(tx: Transaction, connection: UUID, kind: str, limit: int) -> list[Row]:
    """What is to be done now, oldest first."""
    return [
        Row(**row)
        for row in await tx.rows(
            """SELECT connection, kind, subject, version, body, state, key, attempts, blocked, failing_since, ticket,
                      clock_timestamp() AS found_at
               FROM work WHERE connection = :connection AND kind = :kind AND due_at <= now()
               ORDER BY due_at, subject LIMIT :limit""",
            connection=connection,
            kind=kind,
            limit=limit,
        )
    ]


async def companions(tx: Transaction, rows: Sequence[Row], field: str, limit: int) -> list[Row]:
    """What else is due and has the same in a field of its body as one of these rows, so that they can go together."""
    same = {str(row.body[field]) for row in rows if row.body.get(field)}
    if not same:
        return []
    return [
        Row(**row)
        for row in await tx.rows(
            """SELECT connection, kind, subject, version, body, state, key, attempts, blocked, failing_since, ticket,
                      clock_timestamp() AS found_at
               FROM work WHERE connection = :connection AND kind = :kind AND due_at <= now()
                 AND body->>:field = ANY(CAST(:same AS text[])) AND NOT subject = ANY(CAST(:subjects AS text[]))
               ORDER BY due_at, subject LIMIT :limit""",
            connection=rows[0].connection,
            kind=rows[0].kind,
            field=field,
            same=sorted(same),
            subjects=[row.subject for row in rows],
            limit=limit,
        )
    ]


async def gather(tx: Transaction, connection: UUID, kind: str, every: timedelta) -> None:
    """Puts new commands off until their round begins: rounds begin every so often, at another moment for each
    connection. What is sent by hand, and what was tried before, waits for none."""
    await tx.execute(
        """UPDATE work SET due_at = round.began + make_interval(secs => :every)
           FROM (SELECT date_bin(make_interval(secs => :every), now(), to_timestamp(:offset)) AS began) AS round
           WHERE connection = :connection AND kind = :kind AND due_at <= now() AND due_at > round.began
             AND state = 'waiting' AND attempts = 0 AND coalesce(body->>'asked_by', '') = ''""",
        connection=connection,
        kind=kind,
        every=every.total_seconds(),
        offset=float(connection.int % max(int(every.total_seconds()), 1)),
    )


async def busy_kinds(tx: Transaction, connections: Sequence[UUID], kinds: Collection[str]) -> set[tuple[UUID, str]]:
    """Which of these kinds of which connections have something due."""
    rows = await tx.rows(
        """SELECT c.connection, k.kind
           FROM unnest(CAST(:connections AS uuid[])) AS c(connection), unnest(CAST(:kinds AS text[])) AS k(kind)
           WHERE EXISTS (SELECT FROM work w
                         WHERE w.connection = c.connection AND w.kind = k.kind AND w.due_at <= now())""",
        connections=list(connections),
        kinds=list(kinds),
    )
    return {(row["connection"], row["kind"]) for row in rows}


async def sending(tx: Transaction, rows: Sequence[Row]) -> None:
    """Says that a call is about to be made. Committed before the call: a crash in it leaves a trace."""
    await tx.many(
        """UPDATE work SET state = 'sending', attempts = attempts + 1, blocked = ''
           WHERE connection = :connection AND kind = :kind AND subject = :subject AND version = :version""",
        [_key(row) for row in rows],
    )


async def finished(tx: Transaction, rows: Sequence[tuple[Row, str]]) -> None:
    """Removes rows whose outcome is final and remembers it. A newer version that came meanwhile stays."""
    await tx.many(
        """INSERT INTO told (connection, kind, subject, version, outcome)
           VALUES (:connection, :kind, :subject, :version, :outcome)
           ON CONFLICT (connection, kind, subject) DO UPDATE
           SET version = excluded.version, outcome = excluded.outcome, at = now()
           WHERE told.version <= excluded.version""",
        [_key(row) | {"outcome": outcome} for row, outcome in rows],
    )
    await done(tx, [row for row, _ in rows])


async def done(tx: Transaction, rows: Sequence[Row], *, rest: timedelta = timedelta(0)) -> None:
    """Removes rows that need no memory (hints). What was asked for once more meanwhile is not due before `rest`."""
    if not rows:
        return
    driver = await tx.driver()
    await driver.execute(
        """DELETE FROM work w
           USING unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS d(connection, kind, subject, version)
           WHERE w.connection = d.connection AND w.kind = d.kind AND w.subject = d.subject AND w.version = d.version""",
        [row.connection for row in rows],
        [row.kind for row in rows],
        [row.subject for row in rows],
        [row.version for row in rows],
    )
    if rest:
        await tx.many(
            """UPDATE work SET due_at = now() + make_interval(secs => :rest)
               WHERE connection = :connection AND kind = :kind AND subject = :subject AND version > :version
                 AND body = '{}'""",
            [_key(row) | {"rest": rest.total_seconds()} for row in rows],
        )


async def again(
    tx: Transaction,
    rows: Sequence[Row],
    error: str,
    pause: timedelta,
    *,
    unsure: bool = False,
    count: bool = False,
) -> None:
    """Later once more. `unsure`: nobody knows the outcome, so the row stays "sending" and is read back first. `count`:
    this was an attempt that nobody has counted yet. Without an error nothing has failed."""
    await tx.many(
        """UPDATE work SET state = CASE WHEN :unsure THEN state ELSE 'waiting' END, last_error = :error,
                  due_at = now() + make_interval(secs => :seconds), attempts = attempts + :attempts,
                  failing_since = CASE WHEN :failed THEN coalesce(failing_since, now()) ELSE failing_since END
           WHERE connection = :connection AND kind = :kind AND subject = :subject AND version = :version""",
        [
            _key(row)
            | {"error": error[:500], "failed": bool(error), "seconds": pause.total_seconds(), "unsure": unsure,
               "attempts": int(count)}
            for row in rows
        ],
    )  # fmt: skip


async def judged_later(tx: Transaction, rows: Sequence[tuple[Row, str]], pause: timedelta) -> None:
    """The platform took these under a ticket: they stay "sending", and their tickets are asked about after a pause."""
    await tx.many(
        """UPDATE work SET state = 'sending', ticket = :ticket, last_error = '', failing_since = NULL,
                  due_at = now() + make_interval(secs => :seconds)
           WHERE connection = :connection AND kind = :kind AND subject = :subject AND version = :version""",
        [_key(row) | {"ticket": ticket, "seconds": pause.total_seconds()} for row, ticket in rows],
    )


async def block(tx: Transaction, rows: Sequence[Row], switch: str, pause: timedelta) -> list[Row]:
    """Puts rows off because a switch is off; answers those for which that is news."""
    await tx.many(
        """UPDATE work SET blocked = :switch, due_at = now() + make_interval(secs => :seconds), failing_since = NULL
           WHERE connection = :connection AND kind = :kind AND subject = :subject AND version = :version""",
        [_key(row) | {"switch": switch, "seconds": pause.total_seconds()} for row in rows],
    )
    return [row for row in rows if row.blocked != switch]


async def unblock(tx: Transaction, connection: UUID) -> None:
    """A switch may have been changed: look at everything that was blocked again."""
    await tx.execute(
        "UPDATE work SET due_at = now() WHERE connection = :connection AND blocked <> ''", connection=connection
    )


async def backlog(tx: Transaction, connection: UUID) -> dict[str, int]:
    """How many rows wait, by kind."""
    rows = await tx.rows(
        "SELECT kind, count(*) AS n FROM work WHERE connection = :connection GROUP BY kind", connection=connection
    )
    return {row["kind"]: row["n"] for row in rows}


def _key(row: Row) -> dict[str, Any]:
    return {"connection": row.connection, "kind": row.kind, "subject": row.subject, "version": row.version}
