"""Correction values and pseudo stock of articles, with who changed what."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from services.inventory.adjustment_rows import AdjustmentRow
from services.inventory.article_book import article_id
from services.inventory.level_rows import lock_articles
from services.inventory.marks import mark_articles
from services.inventory.rows import Refusal
from services.inventory.sellable import plain
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

State = tuple[Decimal, Decimal | None]
NOTHING: State = (Decimal(0), None)


async def put(
    service: Service, tx: Transaction, rows: Mapping[int, AdjustmentRow], refused: dict[int, Refusal], actor: str
) -> dict[int, Literal["accepted", "unchanged"]]:
    """Stores what differs, each change with an entry; rows of unknown articles join the refused."""
    known = await lock_articles(tx, {row.article_number for row in rows.values()})
    before = await _stored(tx, known)
    outcomes: dict[int, Literal["accepted", "unchanged"]] = {}
    changed: list[AdjustmentRow] = []
    for position, row in rows.items():
        if row.article_number not in known:
            refused[position] = Refusal("adjustment_article_unknown", "article_number", {"article": row.article_number})
        elif (row.correction, row.pseudo_stock) == before.get(row.article_number, NOTHING):
            outcomes[position] = "unchanged"
        else:
            outcomes[position] = "accepted"
            changed.append(row)
    await _save(service, tx, changed, actor)
    await service.journal.write(
        tx, [_entry(service, row, before.get(row.article_number, NOTHING), actor) for row in changed]
    )
    await mark_articles(tx, [row.article_number for row in changed])
    return outcomes


async def _stored(tx: Transaction, numbers: set[str]) -> dict[str, State]:
    driver = await tx.driver()
    rows = await driver.fetch(
        "SELECT article_number, correction, pseudo_stock FROM adjustments WHERE article_number = ANY($1::text[])",
        sorted(numbers),
    )
    return {row["article_number"]: (row["correction"], row["pseudo_stock"]) for row in rows}


async def _save(service: Service, tx: Transaction, rows: list[AdjustmentRow], actor: str) -> None:
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO adjustments (article_number, correction, pseudo_stock, version, changed_at, changed_by)
           SELECT n.number, n.correction, n.pseudo, 1, $4, $5
           FROM unnest($1::text[], $2::numeric[], $3::numeric[]) AS n(number, correction, pseudo)
           ON CONFLICT (article_number) DO UPDATE SET correction = EXCLUDED.correction,
               pseudo_stock = EXCLUDED.pseudo_stock, version = adjustments.version + 1,
               changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
        [row.article_number for row in rows],
        [row.correction for row in rows],
        [row.pseudo_stock for row in rows],
        service.clock(),
        actor,
    )


def _entry(service: Service, row: AdjustmentRow, before: State, actor: str) -> JournalEntry:
    return service.journal.entry(
        noun="article",
        subject=str(article_id(row.article_number)),
        action="updated",
        code="article_stock_adjusted",
        params={
            "article": row.article_number,
            "correction_before": plain(before[0]),
            "correction": plain(row.correction),
            "pseudo_before": "–" if before[1] is None else plain(before[1]),
            "pseudo": "–" if row.pseudo_stock is None else plain(row.pseudo_stock),
            "actor": actor,
        },
        keys=[SearchKey(kind="sku", value=row.article_number)],
        actor=actor,
    )


async def page(tx: Transaction, *, article: str | None, after: str | None, limit: int) -> list[dict[str, Any]]:
    """Adjusted articles by number."""
    return await tx.rows(
        """SELECT article_number, correction, pseudo_stock, version, changed_at, changed_by FROM adjustments
           WHERE (CAST(:article AS text) IS NULL OR article_number = :article)
             AND (CAST(:after AS text) IS NULL OR article_number > :after)
           ORDER BY article_number LIMIT :limit""",
        article=article,
        after=after,
        limit=limit,
    )
