"""Texts of articles for single shops: stored whole, with who changed what."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from services.inventory import product_marks
from services.inventory.article_book import article_id
from services.inventory.content_rows import ShopTextRow
from services.inventory.level_rows import lock_articles
from services.inventory.rows import Refusal
from services.inventory.shop_texts import NONE, ShopTexts, from_kept
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

Outcome = Literal["accepted", "unchanged"]


async def put(
    service: Service, tx: Transaction, connection: UUID, rows: Mapping[int, ShopTextRow], actor: str, *, platform: str
) -> tuple[dict[int, Outcome], dict[int, Refusal]]:
    """Stores what differs, each change with an entry; answers per position. A row without any text takes them away."""
    known = await lock_articles(tx, {row.article_number for row in rows.values()})
    before = await of_articles(tx, connection, known)
    stored: dict[int, Outcome] = {}
    refused: dict[int, Refusal] = {}
    fresh: dict[str, ShopTexts] = {}
    for position, row in rows.items():
        number = row.article_number
        if number not in known:
            refused[position] = Refusal("content_article_unknown", "article_number", {"article": number})
            continue
        same = row.own == before.get(number, NONE)
        stored[position] = "unchanged" if same else "accepted"
        if not same:
            fresh[number] = row.own
    await _keep(service, tx, connection, fresh, actor)
    entries = [
        _changed(service, connection, platform, number, before.get(number, NONE), after, actor)
        for number, after in fresh.items()
    ]
    await service.journal.write(tx, entries)
    await product_marks.mark(tx, fresh, connection=connection)
    return stored, refused


async def of_articles(tx: Transaction, connection: UUID | None, numbers: Collection[str]) -> dict[str, ShopTexts]:
    """The texts that these articles have in that shop; none without a connection."""
    rows = await tx.rows(
        "SELECT article_number, texts FROM article_texts WHERE connection = :id AND article_number = ANY(:numbers)",
        id=connection,
        numbers=sorted(numbers),
    )
    return {row["article_number"]: from_kept(row["texts"]) for row in rows}


async def page(tx: Transaction, connection: UUID, *, after: str | None, limit: int) -> Sequence[dict[str, Any]]:
    """The articles that have texts of their own in that shop, by number."""
    return await tx.rows(
        """SELECT article_number, texts, changed_at, changed_by FROM article_texts
           WHERE connection = :id AND (CAST(:after AS text) IS NULL OR article_number > :after)
           ORDER BY article_number LIMIT :limit""",
        id=connection,
        after=after,
        limit=limit,
    )


async def _keep(
    service: Service, tx: Transaction, connection: UUID, fresh: Mapping[str, ShopTexts], actor: str
) -> None:
    driver = await tx.driver()
    kept = {number: texts for number, texts in sorted(fresh.items()) if texts != NONE}
    await driver.execute(
        """INSERT INTO article_texts (connection, article_number, texts, changed_at, changed_by)
           SELECT $1, n.number, CAST(n.texts AS jsonb), $4, $5 FROM unnest($2::text[], $3::text[]) AS n(number, texts)
           ON CONFLICT (connection, article_number) DO UPDATE SET texts = EXCLUDED.texts,
               changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
        connection,
        list(kept),
        [json.dumps(texts.model_dump(exclude_defaults=True)) for texts in kept.values()],
        service.clock(),
        actor,
    )
    await driver.execute(
        "DELETE FROM article_texts WHERE connection = $1 AND article_number = ANY($2::text[])",
        connection,
        sorted(set(fresh) - set(kept)),
    )


def _changed(
    service: Service, connection: UUID, platform: str, number: str, before: ShopTexts, after: ShopTexts, actor: str
) -> JournalEntry:
    fields = [name for name in ShopTexts.model_fields if getattr(before, name) != getattr(after, name)]
    return service.journal.entry(
        noun="article",
        subject=str(article_id(number)),
        action="updated",
        code="article_texts_changed",
        params={"article": number, "fields": ", ".join(fields), "actor": actor},
        keys=[SearchKey(kind="sku", value=number)],
        connection=connection,
        platform=platform,
        actor=actor,
    )
