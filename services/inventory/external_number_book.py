"""External numbers: what an article is called in one shop. An article has one per label, a number belongs to one."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from services.inventory.article_book import article_id
from services.inventory.external_number_rows import ExternalNumberRow
from services.inventory.matching import alone, rematch
from services.inventory.meaning_book import announce
from services.inventory.rows import Refusal
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

Outcome = Literal["created", "updated", "unchanged"]
COLUMNS = "label, number, article_number, active, changed_at, changed_by"
NONE = "–"


async def put(
    service: Service, tx: Transaction, connection: UUID, rows: Mapping[int, ExternalNumberRow], actor: str
) -> tuple[dict[int, Outcome], dict[int, Refusal]]:
    """Stores the rows: an article's number under a label is replaced. Answers what happened to each, and refuses those
    whose number another article or label has."""
    await alone(tx)
    stored = await tx.rows(
        f"""SELECT {COLUMNS} FROM external_numbers WHERE connection = :connection
              AND (number = ANY(:numbers) OR article_number = ANY(:articles))""",
        connection=connection,
        numbers=[row.number for row in rows.values()],
        articles=[row.article_number for row in rows.values()],
    )
    by_number = {row["number"]: row for row in stored}
    by_label = {(row["article_number"], row["label"]): row for row in stored}
    outcomes: dict[int, Outcome] = {}
    refusals: dict[int, Refusal] = {}
    winners: list[tuple[ExternalNumberRow, Mapping[str, Any] | None]] = []
    for position, row in rows.items():
        holder, old = by_number.get(row.number), by_label.get((row.article_number, row.label))
        if holder is not None and holder is not old:
            words = {"number": row.number, "article": holder["article_number"], "label": holder["label"]}
            refusals[position] = Refusal("external_number_taken", "number", words)
        elif old is not None and (old["number"], old["active"]) == (row.number, row.active):
            outcomes[position] = "unchanged"
        else:
            outcomes[position] = "created" if old is None else "updated"
            winners.append((row, old))
    await _store(service, tx, connection, winners, actor)
    return outcomes, refusals


async def _store(
    service: Service,
    tx: Transaction,
    connection: UUID,
    winners: list[tuple[ExternalNumberRow, Mapping[str, Any] | None]],
    actor: str,
) -> None:
    if not winners:
        return
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO external_numbers (connection, label, number, article_number, active, changed_at, changed_by)
           SELECT $1, label, number, article, active, $6, $7
           FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[]) AS r(label, number, article, active)
           ON CONFLICT (connection, article_number, label) DO UPDATE SET number = EXCLUDED.number,
               active = EXCLUDED.active, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
        connection,
        [row.label for row, _ in winners],
        [row.number for row, _ in winners],
        [row.article_number for row, _ in winners],
        [row.active for row, _ in winners],
        service.clock(),
        actor,
    )
    entries = [
        _entry(service, connection, row.article_number, row.label, _word(old), _word(vars(row)), actor)
        for row, old in winners
    ]
    await service.journal.write(tx, entries)
    numbers = {row.number for row, _ in winners} | {old["number"] for _, old in winners if old is not None}
    await rematch(tx, service.journal, skus=[(connection, number) for number in numbers], actor=actor)
    await announce(service, tx, connection, numbers)


async def delete(service: Service, tx: Transaction, connection: UUID, number: str, actor: str) -> bool:
    """Forgets a number; what it matched is judged anew. False when there is none."""
    await alone(tx)
    row = await tx.row(
        f"DELETE FROM external_numbers WHERE connection = :connection AND number = :number RETURNING {COLUMNS}",
        connection=connection,
        number=number,
    )
    if row is None:
        return False
    entry = _entry(service, connection, row["article_number"], row["label"], _word(row), NONE, actor)
    await service.journal.write(tx, [entry])
    await rematch(tx, service.journal, skus=[(connection, number)], actor=actor)
    await announce(service, tx, connection, [number])
    return True


async def page(
    tx: Transaction, connection: UUID, *, label: str | None, article: str | None, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A connection's numbers, by number."""
    return await tx.rows(
        f"""SELECT {COLUMNS} FROM external_numbers WHERE connection = :connection
              AND (CAST(:label AS text) IS NULL OR label = :label)
              AND (CAST(:article AS text) IS NULL OR article_number = :article)
              AND (CAST(:after AS text) IS NULL OR number > :after)
            ORDER BY number LIMIT :limit""",
        connection=connection,
        label=label,
        article=article,
        after=after,
        limit=limit,
    )


def _word(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return NONE
    return str(row["number"]) if row["active"] else f"({row['number']})"


def _entry(
    service: Service, connection: UUID, article: str, label: str, before: str, after: str, actor: str
) -> JournalEntry:
    return service.journal.entry(
        noun="article",
        subject=str(article_id(article)),
        action="deleted" if after == NONE else "created" if before == NONE else "updated",
        code="external_number_changed",
        connection=connection,
        params={"article": article, "label": label, "before": before, "after": after, "actor": actor},
        keys=[SearchKey(kind="sku", value=word) for word in dict.fromkeys((article, before, after)) if word != NONE],
        actor=actor,
    )
