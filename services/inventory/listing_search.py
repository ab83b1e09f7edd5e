"""Listings for people: which match, which do not and why, and what an unmatched one may mean."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.inventory.likeness import likeness
from shared.persistence.database import Transaction

_COLUMNS = """l.id, l.connection, l.platform, l.external_id, l.parent_external_id, l.stock_external_id, l.sku, l.ean,
    l.title, l.price, l.currency, l.quantity, l.counts_stock, l.locations, l.state, l.changed_at, l.observed_at,
    l.payload, l.match, l.matched_by, l.article_number, l.unreadable_code, l.unreadable_field, l.unreadable_value,
    l.updated_at"""


async def page(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    connection: UUID | None,
    matched: bool | None,
    reason: str | None,
    sku: str | None,
    article: str | None,
    search: str | None,
    failed: bool | None,
    blocked: bool | None,
    after: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Listings by id. `reason` is a code of the match, `search` a part of SKU or title or the exact external id."""
    escaped = (search or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return await tx.rows(
        f"""SELECT {_COLUMNS} FROM listings l
            WHERE (CAST(:scope AS uuid[]) IS NULL OR l.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR l.connection = :connection)
              AND (CAST(:matched AS boolean) IS NULL OR (l.article_number IS NOT NULL) = :matched)
              AND (CAST(:reason AS text) IS NULL OR l.match = :reason)
              AND (CAST(:sku AS text) IS NULL OR l.sku = :sku)
              AND (CAST(:article AS text) IS NULL OR l.article_number = :article)
              AND (CAST(:search AS text) IS NULL OR l.sku ILIKE :holds OR l.title ILIKE :holds
                   OR l.external_id = :search)
              AND (CAST(:failed AS boolean) IS NULL OR EXISTS (
                   SELECT FROM offers o WHERE o.listing_id = l.id AND o.active AND o.outcome = 'failed'
                     AND o.sent_version <= o.settled_version) = :failed)
              AND (CAST(:blocked AS boolean) IS NULL OR EXISTS (
                   SELECT FROM offers o WHERE o.listing_id = l.id AND o.active AND o.blocked_by <> '') = :blocked)
              AND (CAST(:after AS uuid) IS NULL OR l.id > :after)
            ORDER BY l.id LIMIT :limit""",
        scope=scope, connection=connection, matched=matched, reason=reason, sku=sku, article=article, search=search,
        holds=f"%{escaped}%", failed=failed, blocked=blocked, after=after, limit=limit,
    )  # fmt: skip


async def one(tx: Transaction, id: UUID, scope: list[UUID] | None) -> dict[str, Any] | None:
    """One listing within the caller's scope."""
    return await tx.row(
        f"""SELECT {_COLUMNS} FROM listings l
            WHERE l.id = :id AND (CAST(:scope AS uuid[]) IS NULL OR l.connection = ANY(:scope))""",
        id=id,
        scope=scope,
    )


async def proposals(tx: Transaction, listings: Sequence[dict[str, Any]]) -> dict[UUID, list[tuple[str, str]]]:
    """For unmatched listings: articles that are nearly meant, as (number, code of the reason)."""
    unmatched = [one for one in listings if one["article_number"] is None and (one["sku"] or one["ean"])]
    if not unmatched:
        return {}
    driver = await tx.driver()
    rows = await driver.fetch(
        r"""SELECT u.id, u.sku, u.ean, a.number, a.ean AS article_ean
            FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(id, sku, ean) CROSS JOIN LATERAL (
                (SELECT number, ean FROM articles WHERE deleted_at IS NULL AND u.sku <> ''
                    AND lower(regexp_replace(number, '\s', '', 'g')) = lower(regexp_replace(u.sku, '\s', '', 'g'))
                 LIMIT 5)
                UNION
                (SELECT number, ean FROM articles WHERE deleted_at IS NULL AND ean = u.ean LIMIT 5)) a""",
        [one["id"] for one in unmatched],
        [one["sku"] for one in unmatched],
        [one["ean"] or None for one in unmatched],
    )
    found: dict[UUID, list[tuple[str, str]]] = {}
    for row in rows:
        reason = likeness(row["sku"], row["ean"], row["number"], row["article_ean"])
        if reason is not None:
            found.setdefault(row["id"], []).append((row["number"], reason))
    return found


async def offers(tx: Transaction, id: UUID) -> list[dict[str, Any]]:
    """What one listing was told, per location."""
    return await tx.rows(
        """SELECT location, active, version, quantity, computed_at, blocked_by, sent, sent_version, sent_at, told,
                  told_version, told_at, outcome, outcome_version, outcome_code, outcome_params, outcome_at,
                  settled_version, shop_quantity, shop_read_at
           FROM offers WHERE listing_id = :id ORDER BY location""",
        id=id,
    )
