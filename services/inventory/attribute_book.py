"""What articles are, by name and language: kept for channels that ask for it in words of their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from services.inventory import product_marks
from services.inventory.attribute_rows import AttributeRow
from shared.persistence.database import Transaction


async def put(
    tx: Transaction, rows: Mapping[int, AttributeRow], now: datetime, actor: str
) -> dict[int, Literal["accepted", "unchanged"]]:
    """Stores the rows; answers per position whether anything changed. An article need not be known yet."""
    ordered = sorted(rows.items(), key=lambda item: item[1].key)
    driver = await tx.driver()
    columns = [[getattr(row, name) for _, row in ordered] for name in ("article_number", "name", "language", "value")]
    changed = await driver.fetch(
        """WITH n AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
                               AS n(article_number, name, language, value)),
                gone AS (DELETE FROM article_attributes a USING n
                         WHERE n.value IS NULL AND (a.article_number, a.name, a.language)
                               = (n.article_number, n.name, n.language)
                         RETURNING a.article_number, a.name, a.language),
                kept AS (INSERT INTO article_attributes AS a
                         SELECT article_number, name, language, value, $5, $6 FROM n WHERE value IS NOT NULL
                         ON CONFLICT (article_number, name, language) DO UPDATE
                         SET value = EXCLUDED.value, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by
                         WHERE a.value <> EXCLUDED.value RETURNING a.article_number, a.name, a.language)
           SELECT * FROM gone UNION ALL SELECT * FROM kept""",
        *columns,
        now,
        actor,
    )
    news = {tuple(row) for row in changed}
    await product_marks.mark(tx, {row["article_number"] for row in changed})
    return {position: "accepted" if row.key in news else "unchanged" for position, row in rows.items()}


async def page(
    tx: Transaction, *, article: str | None, after: Sequence[str] | None, limit: int
) -> list[dict[str, Any]]:
    """Attributes by article number, name and language."""
    number, name, language = after or (None, None, None)
    return await tx.rows(
        """SELECT article_number, name, language, value, changed_at, changed_by FROM article_attributes
           WHERE (CAST(:article AS text) IS NULL OR article_number = :article)
             AND (CAST(:number AS text) IS NULL
                  OR (article_number, name, language) > (:number, CAST(:name AS text), CAST(:language AS text)))
           ORDER BY article_number, name, language LIMIT :limit""",
        article=article, number=number, name=name, language=language, limit=limit,
    )  # fmt: skip


async def of_articles(tx: Transaction, numbers: Sequence[str] | None) -> dict[str, dict[tuple[str, str], str]]:
    """The attributes of these articles, or of all, by name and language."""
    rows = await tx.rows(
        """SELECT article_number, name, language, value FROM article_attributes
           WHERE CAST(:numbers AS text[]) IS NULL OR article_number = ANY(:numbers)
           ORDER BY article_number, name, language""",
        numbers=None if numbers is None else list(numbers),
    )
    found: dict[str, dict[tuple[str, str], str]] = {}
    for row in rows:
        found.setdefault(row["article_number"], {})[row["name"], row["language"]] = row["value"]
    return found
