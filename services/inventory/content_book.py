"""What articles are beyond their rows: stored whole, with who changed what."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.inventory import product_marks
from services.inventory.article_book import article_id
from services.inventory.article_content import as_stored, from_stored
from services.inventory.content_rows import ContentRow
from services.inventory.level_rows import lock_articles
from services.inventory.matching import alone, rematch
from services.inventory.rows import Refusal
from shared.chassis.service import Service
from shared.contracts.article import ArticleContent
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

Outcome = Literal["accepted", "unchanged"]


async def put(
    service: Service, tx: Transaction, rows: Mapping[int, ContentRow], actor: str
) -> tuple[dict[int, Outcome], dict[int, Refusal]]:
    """Stores what differs, each change with an entry; answers per position. An article has to be there."""
    await alone(tx)
    numbers = {row.article_number for row in rows.values()}
    known = await lock_articles(tx, numbers)
    before = await of_articles(tx, numbers)
    stored: dict[int, Outcome] = {}
    refused: dict[int, Refusal] = {}
    fresh: dict[str, ArticleContent] = {}
    for position, row in rows.items():
        number, content = row.article_number, row.content
        if number not in known:
            refused[position] = Refusal("content_article_unknown", "article_number", {"article": number})
            continue
        old = before.get(number, ArticleContent())
        same = content == old and list(content.options) == list(old.options)
        stored[position] = "unchanged" if same else "accepted"
        if not same:
            fresh[number] = content
    await keep(tx, {number: as_stored(one) for number, one in fresh.items()}, None, service.clock(), actor)
    old_ones = {number: before.get(number, ArticleContent()) for number in fresh}
    entries = [_changed(service, number, old_ones[number], one, actor) for number, one in fresh.items()]
    await service.journal.write(tx, entries)
    told_apart = [number for number, one in fresh.items() if one.options != old_ones[number].options]
    await rematch(tx, service.journal, skus=[(None, number) for number in told_apart], actor=actor)
    return stored, refused


async def keep(
    tx: Transaction, contents: Mapping[str, dict[str, Any]], connection: UUID | None, now: datetime, actor: str
) -> None:
    """Stores contents by number; `connection` is the shop they came from. Products that show them are compared."""
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO article_contents (article_number, content, connection, changed_at, changed_by)
           SELECT n.number, CAST(n.content AS jsonb), $3, $4, $5
           FROM unnest($1::text[], $2::text[]) AS n(number, content)
           ON CONFLICT (article_number) DO UPDATE SET content = EXCLUDED.content, connection = EXCLUDED.connection,
               changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
        sorted(contents),
        [json.dumps(contents[number]) for number in sorted(contents)],
        connection,
        now,
        actor,
    )
    await product_marks.mark(tx, contents)


async def of_articles(tx: Transaction, numbers: set[str]) -> dict[str, ArticleContent]:
    """The contents of these articles, where they have any."""
    rows = await tx.rows(
        "SELECT article_number, content FROM article_contents WHERE article_number = ANY(:numbers)",
        numbers=sorted(numbers),
    )
    return {row["article_number"]: from_stored(row["content"]) for row in rows}


async def page(tx: Transaction, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """Contents by article number."""
    return await _rows(tx, "CAST(:after AS text) IS NULL OR article_number > :after", after=after, limit=limit)


async def one(tx: Transaction, number: str) -> dict[str, Any] | None:
    """The content of one article."""
    rows = await _rows(tx, "article_number = :number", number=number, limit=1)
    return rows[0] if rows else None


async def _rows(tx: Transaction, where: str, **values: Any) -> list[dict[str, Any]]:
    rows = await tx.rows(
        f"""SELECT article_number, content, connection, changed_at, changed_by FROM article_contents
            WHERE {where} ORDER BY article_number LIMIT :limit""",
        **values,
    )
    return [row | {"content": from_stored(row["content"])} for row in rows]


def _changed(service: Service, number: str, before: ArticleContent, after: ArticleContent, actor: str) -> JournalEntry:
    fields = [name for name in ArticleContent.model_fields if getattr(before, name) != getattr(after, name)]
    return service.journal.entry(
        noun="article",
        subject=str(article_id(number)),
        action="updated",
        code="article_content_changed",
        params={"article": number, "fields": ", ".join(fields) or "options", "actor": actor},
        keys=[SearchKey(kind="sku", value=number)],
        actor=actor,
    )
