"""Which articles take part in a connection: its filter, the exceptions made by hand, and what follows of them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory import product_marks
from services.inventory.marks import PRICES, STOCK, mark_connection, mark_listings
from services.inventory.participation_filter import Filter, compiled
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.chassis.versions import is_stale
from shared.contracts.journal import Action
from shared.persistence.database import Transaction

Cause = Literal["saved", "night", "asked", "exception"]
_JUDGED = """
    judged AS MATERIALIZED (
        SELECT a.number, a.parent_number,
               CASE WHEN x.kind = 'exclude' THEN 'participation_excluded'
                    WHEN x.kind = 'include' THEN 'participation_included'
                    WHEN {fits} THEN 'participation_fits' ELSE 'participation_unfit' END AS verdict, x.leaving
        FROM articles a LEFT JOIN article_contents c ON c.article_number = a.number
        LEFT JOIN participation_exceptions x ON x.connection = :connection AND x.article_number = a.number
        WHERE a.deleted_at IS NULL),
    final AS MATERIALIZED (
        SELECT j.number, j.leaving,
               CASE WHEN j.verdict IN ('participation_fits', 'participation_included')
                         AND p.verdict IN ('participation_unfit', 'participation_excluded')
                    THEN 'participation_head_unfit' ELSE j.verdict END AS because
        FROM judged j LEFT JOIN judged p ON p.number = j.parent_number)
"""
_TAKES_PART = "because IN ('participation_fits', 'participation_included')"
_APPLY = f"""
WITH {_JUDGED},
known AS (
    SELECT coalesce(f.number, o.article_number) AS number, coalesce(f.because, 'participation_deleted') AS because,
           coalesce(f.{_TAKES_PART}, false) AS takes_part, CASE WHEN f.leaving IS NOT NULL THEN f.leaving
                WHEN o.takes_part OR :first OR f.because = 'participation_excluded' THEN :leaving
                ELSE 'leave' END AS leaving,
           o.article_number IS NOT NULL AS stored, o.takes_part AS was
    FROM final f FULL JOIN (SELECT * FROM participants WHERE connection = :connection) o
        ON o.article_number = f.number),
wanted AS (
    SELECT k.* FROM known k
    WHERE k.stored OR k.takes_part OR EXISTS (
        SELECT FROM listings l WHERE l.connection = :connection AND l.article_number = k.number)),
saved AS (
    INSERT INTO participants AS p (connection, article_number, takes_part, because, leaving, since)
    SELECT CAST(:connection AS uuid), number, takes_part, because, leaving, :now FROM wanted
    ON CONFLICT (connection, article_number) DO UPDATE SET takes_part = EXCLUDED.takes_part,
        because = EXCLUDED.because,
        leaving = CASE WHEN p.takes_part OR EXCLUDED.because = 'participation_excluded' THEN EXCLUDED.leaving
                  ELSE p.leaving END,
        since = CASE WHEN p.takes_part = EXCLUDED.takes_part THEN p.since ELSE EXCLUDED.since END)
INSERT INTO participation_changes (run_id, connection, article_number, joined, because, at)
SELECT CAST(:run AS uuid), CAST(:connection AS uuid), number, takes_part, because, :now FROM wanted
WHERE was IS DISTINCT FROM takes_part ORDER BY number
RETURNING article_number, joined
"""


async def lock(tx: Transaction, connection: UUID) -> dict[str, Any] | None:
    """Keeps everybody else away from a connection's filter; answers the one that is saved."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 17))", key=str(connection))
    return await one(tx, connection)


async def one(tx: Transaction, connection: UUID) -> dict[str, Any] | None:
    """The filter of a connection; None where all articles take part."""
    return await tx.row(
        """SELECT connection, version, value, changed_at, changed_by, due_at, evaluated_at FROM participation_filters
           WHERE connection = :id""",
        id=connection,
    )


async def put(
    service: Service, tx: Transaction, connection: UUID, wanted: Filter, actor: str, *, seen: frozenset[int] | None
) -> None:
    """Saves a filter and applies it at once. The same again changes nothing.

    `seen`: raises a 409 problem when another version than these is in force.
    """
    row = await lock(tx, connection)
    version = await _version(tx, connection)
    if seen is not None and is_stale(seen, version if row else 0):
        raise Problem(409, "participation_changed_meanwhile", yours=str(max(seen)), current=str(version if row else 0))
    if row is not None and Filter.model_validate(row["value"]) == wanted:
        return
    await _keep(service, tx, connection, version + 1, wanted, actor)
    words = {"conditions": _words(wanted), "actor": actor}
    await _tell(service, tx, connection, "updated", "participation_saved", words, actor)
    await evaluate(service, tx, connection, wanted, "saved", actor)


async def remove(service: Service, tx: Transaction, connection: UUID, actor: str) -> None:
    """Forgets the filter and its exceptions: all articles take part again. Twice is once."""
    if await lock(tx, connection) is None:
        return
    version = await _version(tx, connection)
    await _keep(service, tx, connection, version + 1, None, actor)
    for table in ("participation_filters", "participation_exceptions", "participants"):
        await tx.execute(f"DELETE FROM {table} WHERE connection = :id", id=connection)
    await _tell(service, tx, connection, "deleted", "participation_removed", {"actor": actor}, actor)
    for queue in (STOCK, PRICES):
        await mark_connection(tx, connection, again="failed", queue=queue)
    await product_marks.mark_connection(tx, connection)


async def except_(
    service: Service, tx: Transaction, connection: UUID, number: str, kind: str | None, leaving: str | None, actor: str
) -> None:
    """Adds an article by hand or takes it out, whatever the filter says; `kind` None: the filter decides again.

    Raises a 409 problem where no filter is saved, a 404 for an unknown article.
    """
    row = await lock(tx, connection)
    if row is None:
        raise Problem(409, "participation_no_filter", field="connection")
    known = await tx.value("SELECT number FROM articles WHERE number = :n AND deleted_at IS NULL", n=number)
    if known is None and kind is not None:
        raise not_found(number)
    if kind is None:
        changed = await tx.value(
            """DELETE FROM participation_exceptions WHERE connection = :id AND article_number = :number
               RETURNING article_number""",
            id=connection,
            number=number,
        )
    else:
        changed = await tx.value(
            """INSERT INTO participation_exceptions AS x
                   (connection, article_number, kind, leaving, changed_at, changed_by)
               VALUES (:id, :number, :kind, :leaving, :now, :actor)
               ON CONFLICT (connection, article_number) DO UPDATE SET kind = EXCLUDED.kind,
                   leaving = EXCLUDED.leaving, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by
               WHERE (x.kind, x.leaving) IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.leaving)
               RETURNING article_number""",
            id=connection, number=number, kind=kind, leaving=leaving, now=service.clock(), actor=actor,
        )  # fmt: skip
    if changed is not None:
        await evaluate(service, tx, connection, Filter.model_validate(row["value"]), "exception", actor)
        await _mark(tx, connection, [number])


async def evaluate(
    service: Service, tx: Transaction, connection: UUID, wanted: Filter, cause: Cause, actor: str
) -> dict[str, Any]:
    """Applies a filter to all articles; what joined or left is written down, told, and computed anew."""
    fits, values = compiled(wanted.conditions)
    now, run = service.clock(), uuid4()
    # Until its first filter everything took part that is listed; what is listed later was never told anything.
    first = await tx.value(
        "SELECT evaluated_at IS NULL FROM participation_filters WHERE connection = :id", id=connection
    )
    changes = await tx.rows(
        _APPLY.format(fits=fits),
        connection=connection,
        leaving=wanted.leaving,
        first=bool(first),
        now=now,
        run=run,
        **values,
    )
    joined = sum(row["joined"] for row in changes)
    numbers = await tx.row(
        """SELECT count(*) FILTER (WHERE takes_part) AS articles,
                  count(*) FILTER (WHERE takes_part AND because = 'participation_included') AS added
           FROM participants WHERE connection = :id""",
        id=connection,
    )
    assert numbers is not None
    counts = {**numbers, "joined": joined, "gone": len(changes) - joined}
    await tx.execute(
        """INSERT INTO participation_runs (id, connection, at, cause, articles, added, joined, gone, actor)
           VALUES (:run, :connection, :now, :cause, :articles, :added, :joined, :gone, :actor)""",
        run=run, connection=connection, now=now, cause=cause, actor=actor, **counts,
    )  # fmt: skip
    await tx.execute(
        "UPDATE participation_filters SET evaluated_at = :now, due_at = :due WHERE connection = :id",
        now=now,
        due=next_night(now, wanted.night_hour),
        id=connection,
    )
    if changes:
        words = {name: str(number) for name, number in counts.items()} | {"actor": actor}
        await _tell(service, tx, connection, "updated", "participation_applied", words, actor, str(run))
        await _mark(tx, connection, [row["article_number"] for row in changes])
    return counts


async def night(service: Service) -> bool:
    """Applies one filter whose hour has come; answers whether there may be more."""
    async with service.database.transaction() as tx:
        due = await tx.row(
            "SELECT connection FROM participation_filters WHERE due_at <= :now ORDER BY due_at LIMIT 1",
            now=service.clock(),
        )
        if due is None:
            return False
        row = await lock(tx, due["connection"])
        if row is not None and row["due_at"] <= service.clock():
            await evaluate(service, tx, due["connection"], Filter.model_validate(row["value"]), "night", "")
    return True


async def count(tx: Transaction, connection: UUID, wanted: Filter) -> tuple[int, list[str]]:
    """How many articles would take part with a filter that is not saved, and the first of their numbers."""
    fits, values = compiled(wanted.conditions)
    row = await tx.row(
        f"""WITH {_JUDGED.format(fits=fits)}
            SELECT count(*) AS n, (array_agg(number ORDER BY number))[1:20] AS first
            FROM final WHERE {_TAKES_PART}""",
        connection=connection,
        **values,
    )
    assert row is not None
    return row["n"], row["first"] or []


def next_night(now: datetime, hour: int) -> datetime:
    """The next time that hour (UTC) begins."""
    today = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


async def _version(tx: Transaction, connection: UUID) -> int:
    return int(
        await tx.value(
            "SELECT coalesce(max(version), 0) FROM participation_filters_history WHERE connection = :id", id=connection
        )
        or 0
    )


async def _keep(
    service: Service, tx: Transaction, connection: UUID, version: int, wanted: Filter | None, actor: str
) -> None:
    now = service.clock()
    given = {"id": connection, "version": version, "now": now, "actor": actor}
    value = None if wanted is None else wanted.model_dump_json()
    await tx.execute(
        """INSERT INTO participation_filters_history (connection, version, value, changed_at, changed_by)
           VALUES (:id, :version, CAST(:value AS jsonb), :now, :actor)""",
        value=value,
        **given,
    )
    if wanted is not None:
        await tx.execute(
            """INSERT INTO participation_filters (connection, version, value, changed_at, changed_by, due_at)
               VALUES (:id, :version, CAST(:value AS jsonb), :now, :actor, :due)
               ON CONFLICT (connection) DO UPDATE SET version = EXCLUDED.version, value = EXCLUDED.value,
                   changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by, due_at = EXCLUDED.due_at""",
            value=value,
            due=next_night(now, wanted.night_hour),
            **given,
        )


async def _mark(tx: Transaction, connection: UUID, numbers: list[str]) -> None:
    rows = await tx.rows(
        "SELECT id FROM listings WHERE connection = :id AND article_number = ANY(:numbers)",
        id=connection,
        numbers=numbers,
    )
    ids = [row["id"] for row in rows]
    for queue in (STOCK, PRICES):
        await mark_listings(tx, ids, again="failed", bulk=len(ids) > 50, queue=queue)
    await product_marks.mark(tx, numbers, connection=connection)


async def _tell(
    service: Service,
    tx: Transaction,
    connection: UUID,
    action: Action,
    code: str,
    words: dict[str, str],
    actor: str,
    correlation: str = "",
) -> None:
    entry = service.journal.entry(
        noun="connection", subject=str(connection), action=action, code=code, connection=connection, params=words,
        actor=actor, correlation=correlation,
    )  # fmt: skip
    await service.journal.write(tx, [entry])


def _words(wanted: Filter) -> str:
    return "; ".join(f"{one.field} {one.operator} {_said(one.value)}" for one in wanted.conditions)[:2000] or "–"


def _said(value: Any) -> str:
    return ", ".join(map(str, value[:20])) if isinstance(value, tuple) else str(value)
