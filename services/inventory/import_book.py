"""Imports of articles and their rows as they are stored."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory import import_facts
from services.inventory.import_wish import ImportWish
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.journal import Action, JournalEntry
from shared.persistence.database import Transaction

_RUN = """i.id, i.connection, i.platform, i.wish, i.state, i.waits, i.started_at, i.started_by, i.worked_at, i.ended_at,
    i.ended_by"""


async def start(service: Service, tx: Transaction, connection: UUID, wish: ImportWish, actor: str) -> UUID:
    """Writes the chosen listings down; the import itself goes on by itself.

    Raises a 404 problem for an unknown connection, a 409 where it is live, not read yet, deleted, or has an import
    under way, a 422 where nothing is chosen.
    """
    row = await tx.row("SELECT platform, productive, deleted FROM connections WHERE id = :id FOR UPDATE", id=connection)
    if row is None:
        raise not_found(connection)
    if row["deleted"]:
        raise Problem(409, "connection_deleted")
    if row["productive"] is None:
        raise Problem(409, "connection_not_read")
    if row["productive"]:
        raise Problem(409, "import_while_live", field="connection")
    running = await tx.value(
        "SELECT id FROM article_imports WHERE connection = :id AND state = 'running'", id=connection
    )
    if running is not None:
        raise Problem(409, "import_under_way", field="connection", id=str(running))
    id, now = uuid4(), service.clock()
    await tx.execute(
        """INSERT INTO article_imports (id, connection, platform, wish, started_at, started_by, worked_at)
           VALUES (:id, :connection, :platform, CAST(:wish AS jsonb), :now, :actor, :now)""",
        id=id, connection=connection, platform=row["platform"], wish=wish.model_dump_json(), now=now, actor=actor,
    )  # fmt: skip
    count = await import_facts.write_down(tx, id, connection, wish.choose)
    if not count:
        raise Problem(422, "import_nothing_chosen", field="choose")
    run = {"id": id, "connection": connection, "platform": row["platform"]}
    words = {"count": str(count), "actor": actor}
    await service.journal.write(tx, [_entry(service, run, "started", "import_started", words, actor)])
    return id


async def look_at_switches(service: Service, tx: Transaction) -> None:
    """An import waits while its connection is live, and goes on afterwards; each is told once."""
    moved = await tx.rows(
        """UPDATE article_imports i SET waits = c.productive IS NOT FALSE FROM connections c
           WHERE c.id = i.connection AND i.state = 'running' AND i.waits <> (c.productive IS NOT FALSE)
           RETURNING i.id, i.connection, i.platform, i.waits"""
    )
    await service.journal.write(
        tx,
        [
            _entry(service, row, "paused", "import_waits", {}, "")
            if row["waits"]
            else _entry(service, row, "resumed", "import_goes_on", {}, "")
            for row in moved
        ],
    )


async def due(tx: Transaction, now: datetime) -> dict[str, Any] | None:
    """Locks the running import that nobody worked at for the longest time; None when there is none."""
    return await tx.row(
        f"""UPDATE article_imports i SET worked_at = :now WHERE id = (
                SELECT id FROM article_imports WHERE state = 'running' AND NOT waits
                ORDER BY worked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {_RUN}""",
        now=now,
    )


async def waiting(tx: Transaction, id: UUID, limit: int) -> list[UUID]:
    """The next listings of an import, by SKU; those of one SKU are never taken apart."""
    rows = await tx.rows(
        """SELECT r.listing_id FROM article_import_rows r JOIN listings l ON l.id = r.listing_id
           WHERE r.import_id = :id AND r.outcome = 'waiting'
           ORDER BY coalesce(l.sku, CAST(l.id AS text)) FETCH FIRST :limit ROWS WITH TIES""",
        id=id,
        limit=limit,
    )
    return [row["listing_id"] for row in rows]


async def settle(tx: Transaction, id: UUID, done: Sequence[Any], now: datetime) -> None:
    """Writes down what became of listings."""
    driver = await tx.driver()
    await driver.execute(
        """UPDATE article_import_rows r SET outcome = n.outcome, code = n.code, field = n.field,
                  params = CAST(n.params AS jsonb), article_number = n.number, done_at = $2
           FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
               AS n(listing_id, outcome, code, field, params, number)
           WHERE r.import_id = $1 AND r.listing_id = n.listing_id""",
        id,
        now,
        [one.found.id for one in done],
        [one.outcome for one in done],
        [one.code for one in done],
        [one.field for one in done],
        [json.dumps(dict(one.params or {})) for one in done],
        [one.plan.article_number for one in done],
    )


async def finish(
    service: Service, tx: Transaction, run: Mapping[str, Any], state: Literal["finished", "stopped"], actor: str
) -> None:
    """Ends an import and tells the journal what became of its listings."""
    await tx.execute(
        "UPDATE article_imports SET state = :state, ended_at = :now, ended_by = :actor, waits = false WHERE id = :id",
        state=state,
        now=service.clock(),
        actor=actor,
        id=run["id"],
    )
    counts = await counts_of(tx, [run["id"]])
    words = {name: str(number) for name, number in counts[run["id"]].items()} | {"actor": actor}
    await service.journal.write(tx, [_entry(service, run, "finished", f"import_{state}", words, actor)])


async def stop(service: Service, tx: Transaction, id: UUID, actor: str) -> None:
    """Ends an import before its time; what was imported stays. Twice, or after its end, changes nothing."""
    run = await tx.row(f"SELECT {_RUN} FROM article_imports i WHERE id = :id FOR UPDATE", id=id)
    if run is not None and run["state"] == "running":
        await finish(service, tx, run, "stopped", actor)


async def counts_of(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many listings of these imports have which outcome."""
    rows = await tx.rows(
        """SELECT import_id, outcome, count(*) AS n FROM article_import_rows
           WHERE import_id = ANY(CAST(:ids AS uuid[])) GROUP BY import_id, outcome""",
        ids=list(ids),
    )
    names = ("waiting", "created", "updated", "unchanged", "matched", "refused")
    found = {id: dict.fromkeys(names, 0) for id in ids}
    for row in rows:
        found[row["import_id"]][row["outcome"]] = row["n"]
    return found


async def one(tx: Transaction, id: UUID) -> dict[str, Any] | None:
    """One import."""
    return await tx.row(f"SELECT {_RUN} FROM article_imports i WHERE id = :id", id=id)


async def page(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    connection: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Imports, the newest first."""
    return await tx.rows(
        f"""SELECT {_RUN} FROM article_imports i
            WHERE (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
              AND (CAST(:at AS timestamptz) IS NULL OR (started_at, id) < (:at, CAST(:id AS uuid)))
            ORDER BY started_at DESC, id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )


async def rows_of(
    tx: Transaction, id: UUID, *, outcome: str | None, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """The listings of an import with what became of each, by listing."""
    return await tx.rows(
        """SELECT r.listing_id, l.external_id, l.sku, l.title, r.outcome, r.code, r.field, r.params, r.article_number,
                  r.done_at
           FROM article_import_rows r JOIN listings l ON l.id = r.listing_id
           WHERE r.import_id = :id AND (CAST(:outcome AS text) IS NULL OR r.outcome = :outcome)
             AND (CAST(:after AS uuid) IS NULL OR r.listing_id > :after)
           ORDER BY r.listing_id LIMIT :limit""",
        id=id,
        outcome=outcome,
        after=after,
        limit=limit,
    )


def _entry(
    service: Service, run: Mapping[str, Any], action: Action, code: str, words: Mapping[str, str], actor: str
) -> JournalEntry:
    return service.journal.entry(
        noun="article_import",
        subject=str(run["id"]),
        action=action,
        code=code,
        connection=run["connection"],
        platform=run["platform"],
        params=words,
        actor=actor,
        correlation=str(run["id"]),
    )
