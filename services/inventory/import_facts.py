"""Listings as an import sees them, with what resembles them in their shop and among our articles."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from services.inventory.import_plan import Found
from services.inventory.import_wish import Choice
from services.inventory.likeness import likeness
from shared.contracts.article import ArticleContent
from shared.persistence.database import Transaction

_FOUND = r"""
WITH shop AS MATERIALIZED (
    SELECT id, count(*) OVER (PARTITION BY market, sku) AS same_sku,
           count(*) OVER (PARTITION BY market, lower(regexp_replace(coalesce(sku, ''), '\s', '', 'g'))) AS like_sku,
           count(*) OVER (PARTITION BY market, ean) AS same_ean
    FROM listings WHERE connection = $1 AND state <> 'deleted')
SELECT l.id, l.external_id, coalesce(l.sku, '') AS sku, coalesce(l.ean, '') AS ean, l.title, l.content, l.price,
       l.market, l.currency, l.quantity, l.counts_stock, l.observed_at, l.changed_at IS NOT NULL AS readable,
       l.state = 'deleted' AS deleted, coalesce(s.same_sku, 1) AS same_sku, coalesce(s.like_sku, 1) AS like_sku,
       coalesce(s.same_ean, 1) AS same_ean,
       CASE WHEN l.article_number IS NULL THEN e.article_number ELSE nullif(l.article_number, l.sku) END AS means,
       EXISTS (SELECT FROM listings h WHERE h.connection = l.connection AND h.sku = l.content -> 'head' ->> 'number'
               AND h.id <> l.id AND h.state <> 'deleted') AS head_listed,
       ARRAY(SELECT a.number FROM articles a WHERE a.deleted_at IS NULL AND l.sku <> '' AND a.number <> l.sku
             AND lower(regexp_replace(a.number, '\s', '', 'g')) = lower(regexp_replace(l.sku, '\s', '', 'g')) LIMIT 5)
           AS near_numbers,
       ARRAY(SELECT a.number FROM articles a WHERE a.deleted_at IS NULL AND l.ean <> '' AND a.ean = l.ean
             AND a.number <> coalesce(l.sku, '') LIMIT 5) AS near_eans
FROM listings l LEFT JOIN shop s USING (id)
LEFT JOIN stock_settings t ON t.connection = l.connection
LEFT JOIN external_numbers e
    ON e.connection = l.connection AND e.number = l.sku AND e.active AND e.label = t.value ->> 'number_label'
WHERE l.connection = $1 AND l.id = ANY($2::uuid[]) ORDER BY l.id
"""
_CHOSEN = """
    connection = :connection AND state <> 'deleted' AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(:ids))
    AND (CAST(:skus AS text[]) IS NULL OR sku = ANY(:skus)) AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:search AS text) IS NULL OR sku ILIKE :search OR title ILIKE :search)
    AND (CAST(:category AS text) IS NULL OR EXISTS (
        SELECT FROM jsonb_array_elements_text(content -> 'categories') AS path WHERE starts_with(path, :category)))
    AND (CAST(:market AS text) IS NULL OR market = :market)
    AND (CAST(:manufacturer AS text) IS NULL OR content ->> 'manufacturer' = :manufacturer)
    AND NOT (coalesce(CAST(content ->> 'is_head' AS boolean), false) AND EXISTS (
        SELECT FROM listings v WHERE v.connection = :connection AND v.parent_external_id = listings.external_id))
"""


async def chosen(
    tx: Transaction, connection: UUID, choice: Choice, *, after: UUID | None, limit: int | None
) -> list[UUID]:
    """The ids of the listings that a choice means, in order, from behind one on."""
    rows = await tx.rows(
        f"""SELECT id FROM listings WHERE {_CHOSEN} AND (CAST(:after AS uuid) IS NULL OR id > :after)
            ORDER BY id LIMIT :limit""",
        **_words(connection, choice),
        after=after,
        limit=limit,
    )
    return [row["id"] for row in rows]


async def write_down(tx: Transaction, import_id: UUID, connection: UUID, choice: Choice) -> int:
    """The chosen listings become the rows of an import; answers how many they are."""
    rows = await tx.rows(
        f"""INSERT INTO article_import_rows (import_id, listing_id)
            SELECT CAST(:import_id AS uuid), id FROM listings WHERE {_CHOSEN}
            RETURNING listing_id""",
        import_id=import_id,
        **_words(connection, choice),
    )
    return len(rows)


def _words(connection: UUID, choice: Choice) -> dict[str, Any]:
    escaped = (choice.search or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "connection": connection,
        "ids": None if choice.listings is None else list(choice.listings),
        "skus": None if choice.skus is None else list(choice.skus),
        "market": choice.market,
        "state": choice.state,
        "search": f"%{escaped}%" if choice.search else None,
        "category": choice.category,
        "manufacturer": choice.manufacturer,
    }


async def found(tx: Transaction, connection: UUID, ids: Sequence[UUID]) -> list[Found]:
    """These listings, by id."""
    driver = await tx.driver()
    return [_found(row) for row in await driver.fetch(_FOUND, connection, list(ids))]


async def known(tx: Transaction, listings: Sequence[Found]) -> dict[str, dict[str, Any]]:
    """The articles that these listings or their heads may mean, deleted ones too, by number."""
    numbers = {name for one in listings for name in (one.sku, one.means, one.head_number) if name}
    rows = await tx.rows(
        """SELECT a.number, a.ean, a.title, a.description, a.parent_number, a.active, a.deleted_at, c.content
           FROM articles a LEFT JOIN article_contents c ON c.article_number = a.number
           WHERE a.number = ANY(:numbers)""",
        numbers=sorted(numbers),
    )
    return {row["number"]: row for row in rows}


def _found(row: asyncpg.Record) -> Found:
    near = [number for number in row["near_numbers"] if likeness(row["sku"], None, number, None)]
    return Found(
        id=row["id"],
        external_id=row["external_id"],
        sku=row["sku"],
        ean=row["ean"],
        title=row["title"],
        content=ArticleContent.model_validate(row["content"] or {}),
        price=row["price"],
        currency=row["currency"],
        quantity=row["quantity"] if row["counts_stock"] else None,
        observed_at=row["observed_at"],
        readable=row["readable"],
        deleted=row["deleted"],
        market=row["market"],
        same_sku=row["same_sku"],
        like_sku=row["like_sku"],
        same_ean=row["same_ean"],
        head_listed=row["head_listed"],
        means=row["means"],
        near=tuple(dict.fromkeys([*near, *row["near_eans"]])),
    )
