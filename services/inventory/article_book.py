"""Articles: stored as whole states with a version, deleted ones stay as tombstones."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID, uuid5

from services.inventory import product_marks
from services.inventory.article_rows import ArticleRow
from services.inventory.marks import mark_articles
from services.inventory.matching import alone, rematch
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.article import ArticleChanged
from shared.contracts.envelope import Event
from shared.contracts.identity import KONTOR
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction
from shared.persistence.stage import stage

Outcome = Literal["created", "updated", "unchanged"]
COLUMNS = "id, number, version, ean, title, description, parent_number, active, deleted_at, created_at, updated_at"


def article_id(number: str) -> UUID:
    """Our id of an article, the same wherever it is computed."""
    return uuid5(KONTOR, f"article:{number}")


async def put(
    service: Service, tx: Transaction, rows: Mapping[int, ArticleRow], actor: str
) -> dict[int, tuple[Outcome, int]]:
    """Stores the rows; answers per position what happened and the version the article now has."""
    await alone(tx)
    numbers = sorted(row.number for row in rows.values())
    stored = {
        row["number"]: row
        for row in await tx.rows(
            f"SELECT {COLUMNS} FROM articles WHERE number = ANY(:numbers) ORDER BY number FOR NO KEY UPDATE",
            numbers=numbers,
        )
    }
    answers: dict[int, tuple[Outcome, int]] = {}
    winners: list[tuple[ArticleRow, int, Outcome]] = []
    for position, row in rows.items():
        old = stored.get(row.number)
        outcome: Outcome = "updated" if old is not None and old["deleted_at"] is None else "created"
        if old is not None and outcome == "updated" and _same(old, row):
            answers[position] = ("unchanged", old["version"])
            continue
        version = 1 if old is None else old["version"] + 1
        answers[position] = (outcome, version)
        winners.append((row, version, outcome))
    if winners:
        await _store(service, tx, winners, stored, actor)
    return answers


async def _store(
    service: Service,
    tx: Transaction,
    winners: list[tuple[ArticleRow, int, Outcome]],
    stored: Mapping[str, Mapping[str, Any]],
    actor: str,
) -> None:
    now = service.clock()
    await stage(
        tx,
        "new_articles",
        {"number": "text", "id": "uuid", "version": "int", "ean": "text", "title": "text", "description": "text",
         "parent_number": "text", "active": "boolean"},
        [(r.number, article_id(r.number), v, r.ean or None, r.title, r.description, r.parent_number, r.active)
         for r, v, _ in winners],
    )  # fmt: skip
    await tx.execute(
        """INSERT INTO articles
               (number, id, version, ean, title, description, parent_number, active, created_at, updated_at)
           SELECT number, id, version, ean, title, description, parent_number, active, :now, :now
           FROM new_articles ORDER BY number
           ON CONFLICT (number) DO UPDATE SET version = EXCLUDED.version, ean = EXCLUDED.ean, title = EXCLUDED.title,
               description = EXCLUDED.description, parent_number = EXCLUDED.parent_number, active = EXCLUDED.active,
               deleted_at = NULL, updated_at = EXCLUDED.updated_at""",
        now=now,
    )
    await emit(tx, [_event(service, row.number, version, row) for row, version, _ in winners])
    entries = [_entry(service, row.number, outcome, version, actor) for row, version, outcome in winners]
    await service.journal.write(tx, entries)
    before = [stored.get(row.number, {}) for row, _, _ in winners]
    found_anew = [
        (row, old)
        for (row, _, outcome), old in zip(winners, before, strict=True)
        if outcome == "created" or (old["ean"] or "", old["parent_number"]) != (row.ean or "", row.parent_number)
    ]
    eans = {ean for row, old in found_anew for ean in (row.ean, old.get("ean")) if ean}
    await rematch(tx, service.journal, skus=[(None, row.number) for row, _ in found_anew], eans=eans, actor=actor)
    switched = [row.number for row, _, o in winners if o == "updated" and stored[row.number]["active"] != row.active]
    await mark_articles(tx, switched)
    left = {stored[row.number]["parent_number"] for row, _, _ in winners if row.number in stored} - {None}
    await product_marks.mark(tx, {row.number for row, _, _ in winners} | left)


async def delete(service: Service, tx: Transaction, number: str, actor: str) -> bool:
    """Leaves a tombstone; listings of the article are unmatched. False when there is no such article (any more)."""
    await alone(tx)
    row = await tx.row(
        """UPDATE articles SET deleted_at = :now, updated_at = :now, version = version + 1
           WHERE number = :number AND deleted_at IS NULL RETURNING version, ean""",
        number=number,
        now=service.clock(),
    )
    if row is None:
        return False
    await emit(tx, [_event(service, number, row["version"], None)])
    await service.journal.write(tx, [_entry(service, number, "deleted", row["version"], actor)])
    eans = [row["ean"]] if row["ean"] else []
    await rematch(tx, service.journal, skus=[(None, number)], eans=eans, actor=actor)
    await product_marks.mark(tx, [number])
    return True


async def one(tx: Transaction, number: str) -> dict[str, Any] | None:
    """One article, tombstones included."""
    return await tx.row(f"SELECT {COLUMNS} FROM articles WHERE number = :number", number=number)


async def page(
    tx: Transaction, *, after: str | None, limit: int, search: str | None, ean: str | None, parent: str | None
) -> list[dict[str, Any]]:
    """Articles by number. `search` finds the beginning of a number or a word of the title."""
    escaped = (search or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return await tx.rows(
        f"""SELECT {COLUMNS} FROM articles
            WHERE deleted_at IS NULL AND (CAST(:after AS text) IS NULL OR number > :after)
              AND (CAST(:search AS text) IS NULL OR number ILIKE :starts OR title ILIKE :holds)
              AND (CAST(:ean AS text) IS NULL OR ean = :ean)
              AND (CAST(:parent AS text) IS NULL OR parent_number = :parent)
            ORDER BY number LIMIT :limit""",
        after=after, limit=limit, search=search, starts=f"{escaped}%", holds=f"%{escaped}%", ean=ean, parent=parent,
    )  # fmt: skip


async def snapshot(tx: Transaction, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """All articles with version and tombstones, for replicas."""
    return await tx.rows(
        """SELECT id, number, version, ean, title, description, deleted_at IS NOT NULL AS deleted FROM articles
           WHERE CAST(:after AS text) IS NULL OR number > :after ORDER BY number LIMIT :limit""",
        after=after,
        limit=limit,
    )


def _same(old: Mapping[str, Any], row: ArticleRow) -> bool:
    return (old["ean"] or None, old["title"], old["description"], old["parent_number"], old["active"]) == (
        row.ean or None, row.title, row.description, row.parent_number, row.active
    )  # fmt: skip


def _event(service: Service, number: str, version: int, row: ArticleRow | None) -> Event[ArticleChanged]:
    changed = ArticleChanged(
        id=article_id(number),
        version=version,
        number=number,
        ean=None if row is None else row.ean or None,
        title="" if row is None else row.title,
        description="" if row is None else row.description,
        deleted=row is None,
    )
    return service.event(changed, subject=str(changed.id), version=version)


def _entry(service: Service, number: str, action: Literal["created", "updated", "deleted", "unchanged"], version: int,
           actor: str) -> JournalEntry:  # fmt: skip
    codes = {"created": "article_created", "updated": "article_updated", "deleted": "article_deleted"}
    return service.journal.entry(
        noun="article",
        subject=str(article_id(number)),
        action="deleted" if action == "deleted" else "created" if action == "created" else "updated",
        code=codes[action],
        params={"article": number, "version": str(version)},
        keys=[SearchKey(kind="sku", value=number)],
        actor=actor,
    )
