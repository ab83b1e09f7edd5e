"""Which article a listing shows. Usually the one whose number is the shop's SKU, exactly, case and blanks included;
where a connection's settings name a label, an active external number of that label comes first.

Other orders and criteria are a setting of the connection; without one that of the platform holds, as its connector
declares. In a connection that sells in several marketplaces the SKU may be listed once in each of them.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from services.inventory.marks import PRICES, mark_articles, mark_listings
from shared.chassis.journal import Journal
from shared.contracts.article import Matching
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

ONE_AT_A_TIME = 5_170_001

_REMATCH = """
WITH keys AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS k(connection, sku)),
touched AS (
    SELECT l.id FROM listings l JOIN keys k ON k.sku = l.sku AND (k.connection IS NULL OR k.connection = l.connection)
    UNION
    SELECT l.id FROM listings l JOIN keys k ON k.sku = l.article_number
        AND (k.connection IS NULL OR k.connection = l.connection)
    UNION
    SELECT l.id FROM listings l JOIN keys k ON k.sku = l.listing_number AND k.connection = l.connection
    UNION
    SELECT l.id FROM keys k
    JOIN external_numbers e ON e.article_number = k.sku AND (k.connection IS NULL OR k.connection = e.connection)
    JOIN listings l ON l.sku = e.number AND l.connection = e.connection
    UNION
    SELECT l.id FROM keys k
    JOIN external_numbers e ON e.article_number = k.sku AND (k.connection IS NULL OR k.connection = e.connection)
    JOIN listings l ON l.listing_number = e.number AND l.connection = e.connection
    UNION
    SELECT l.id FROM listings l WHERE l.ean = ANY($5::text[])
    UNION
    SELECT l.id FROM keys k JOIN articles a ON a.number = k.sku
    JOIN listings l ON l.content -> 'head' ->> 'number' = a.parent_number
    UNION
    SELECT l.id FROM keys k JOIN articles a ON a.number = k.sku
    JOIN external_numbers e ON e.article_number = a.parent_number
    JOIN listings l ON l.listing_number = e.number AND l.connection = e.connection
    UNION SELECT unnest($3::uuid[])),
asked AS (
    SELECT l.*, e.article_number AS by_external, n.article_number AS by_listing, v.options,
           coalesce(nullif(s.value -> CASE WHEN v.is THEN 'variant_matching' ELSE 'matching' END, 'null'),
                    c.matching -> CASE WHEN v.is THEN 'variants' ELSE 'listings' END, $4) AS criteria
    FROM touched t JOIN listings l USING (id)
    CROSS JOIN LATERAL (
        SELECT coalesce(nullif(l.content -> 'options', '{}'), l.attributes) AS options,
               coalesce(nullif(l.content -> 'options', '{}'), l.attributes) <> '{}' AS is) v
    LEFT JOIN connections c ON c.id = l.connection
    LEFT JOIN stock_settings s ON s.connection = l.connection
    LEFT JOIN external_numbers e
        ON e.connection = l.connection AND e.number = l.sku AND e.active AND e.label = s.value ->> 'number_label'
    LEFT JOIN external_numbers n ON n.connection = l.connection AND n.number = l.listing_number AND n.active
        AND n.label = coalesce(s.value ->> 'listing_label', c.matching ->> 'label')),
judged AS (
    SELECT l.id, l.match AS was, l.article_number AS was_number, l.matched_by AS was_by, a.number, found.criterion,
           CASE WHEN l.changed_at IS NULL THEN 'listing_unreadable'
                WHEN l.state = 'deleted' THEN 'listing_deleted'
                WHEN a.number IS NULL AND coalesce(l.sku, '') = '' THEN 'listing_sku_missing'
                WHEN a.number IS NULL THEN 'listing_article_unknown'
                WHEN l.sku <> '' AND
                     count(*) FILTER (WHERE l.state <> 'deleted') OVER (PARTITION BY l.connection, l.market, l.sku) > 1
                    THEN 'listing_sku_shared'
                ELSE 'listing_matched' END AS verdict
    FROM asked l
    LEFT JOIN LATERAL (
        SELECT o.criterion, named.number
        FROM jsonb_array_elements_text(l.criteria) WITH ORDINALITY AS o(criterion, place)
        CROSS JOIN LATERAL (SELECT CASE o.criterion
            WHEN 'external_number' THEN l.by_external
            WHEN 'listing_number' THEN l.by_listing
            WHEN 'number' THEN (SELECT x.number FROM articles x WHERE x.number = l.sku AND x.deleted_at IS NULL)
            WHEN 'ean' THEN (
                SELECT min(x.number) FROM articles x
                WHERE x.ean = l.ean AND l.ean <> '' AND x.deleted_at IS NULL
                  AND NOT EXISTS (SELECT FROM listings o WHERE o.connection = l.connection AND o.market = l.market
                                  AND o.ean = l.ean AND o.id <> l.id AND o.state <> 'deleted')
                HAVING count(*) = 1)
            WHEN 'attributes' THEN (
                SELECT min(x.number) FROM articles x JOIN article_contents k ON k.article_number = x.number
                WHERE x.parent_number = coalesce(l.by_listing, l.content -> 'head' ->> 'number')
                  AND x.deleted_at IS NULL
                  AND k.content -> 'options' <> '{}' AND k.content -> 'options' <@ l.options
                HAVING count(*) = 1)
            END AS number) named
        WHERE named.number IS NOT NULL ORDER BY o.place LIMIT 1) found ON true
    LEFT JOIN articles a ON a.number = found.number AND a.deleted_at IS NULL)
UPDATE listings l
SET match = j.verdict, article_number = CASE WHEN j.verdict = 'listing_matched' THEN j.number END,
    matched_by = CASE WHEN j.verdict = 'listing_matched' THEN j.criterion ELSE '' END, updated_at = now()
FROM judged j WHERE l.id = j.id AND (l.match <> j.verdict
    OR j.verdict = 'listing_matched' AND (l.article_number, l.matched_by) IS DISTINCT FROM (j.number, j.criterion))
RETURNING l.id, l.connection, l.platform, l.external_id, coalesce(l.sku, '') AS sku, l.article_number, l.match,
          j.was, j.was_number, l.matched_by, l.unreadable_field, l.unreadable_value, l.held_by_channel
"""
USUAL = json.dumps(Matching().listings)


async def alone(tx: Transaction) -> None:
    """Waits until no other transaction changes articles' numbers or listings' SKUs.

    Take this first: two that match at once would each miss what the other has not committed yet.
    """
    driver = await tx.driver()
    await driver.execute("SELECT pg_advisory_xact_lock($1)", ONE_AT_A_TIME)


async def rematch(
    tx: Transaction,
    journal: Journal,
    *,
    skus: Collection[tuple[UUID | None, str]] = (),
    listings: Collection[UUID] = (),
    eans: Collection[str] = (),
    actor: str = "",
) -> set[UUID]:
    """Judges anew the listings with these SKUs (of one connection, or of all where it is None), these EANs, and these
    listings.

    Marks what was newly matched and tells the journal of every change. Answers the listings that changed.
    """
    driver = await tx.driver()
    keys = sorted(set(skus), key=lambda key: (str(key[0]), key[1]))
    connections, numbers = [key[0] for key in keys], [key[1] for key in keys]
    changed = await driver.fetch(_REMATCH, connections, numbers, sorted(listings), USUAL, sorted(set(eans)))
    entries: list[JournalEntry] = []
    for row in changed:
        matched = row["match"] == "listing_matched"
        entries.append(
            journal.entry(
                noun="listing",
                subject=str(row["id"]),
                action="updated" if matched else "parked",
                outcome="ok" if matched or row["match"] == "listing_deleted" else "warning",
                code=row["match"],
                connection=row["connection"],
                platform=row["platform"],
                params=match_words(dict(row)),
                keys=listing_keys(row["sku"], row["external_id"]),
                actor=actor,
            )
        )
    await journal.write(tx, entries)
    matched_now = [row["id"] for row in changed if row["article_number"] is not None]
    await mark_listings(tx, matched_now, bulk=len(changed) > 50)
    await mark_listings(tx, matched_now, bulk=len(changed) > 50, queue=PRICES)
    # What lies with a channel belongs to another article now, of which others may sell.
    held = [row for row in changed if row["held_by_channel"] is not None]
    await mark_articles(tx, {number for row in held for number in (row["was_number"], row["article_number"]) if number})
    return {row["id"] for row in changed}


async def rematch_all(tx: Transaction, journal: Journal, connection: UUID, *, actor: str = "") -> None:
    """Judges every listing of a connection anew."""
    rows = await tx.rows("SELECT id FROM listings WHERE connection = :id", id=connection)
    await rematch(tx, journal, listings=[row["id"] for row in rows], actor=actor)


async def declared(tx: Transaction, journal: Journal, connection: UUID, usual: Matching) -> None:
    """Keeps how a connection's listings are matched where nobody says otherwise; where that is new, all are judged."""
    value = usual.model_dump_json()
    same = "SELECT matching = CAST(:value AS jsonb) FROM connections WHERE id = :id"
    if await tx.value(same, id=connection, value=value):
        return
    await alone(tx)
    await tx.execute(
        "UPDATE connections SET matching = CAST(:value AS jsonb) WHERE id = :id", id=connection, value=value
    )
    await rematch_all(tx, journal, connection)


def match_words(row: Mapping[str, Any]) -> dict[str, str]:
    """What the sentence of a listing's match needs."""
    return {
        "sku": row["sku"] or "",
        "listing": row["external_id"],
        "criterion": row["matched_by"],
        "field": row["unreadable_field"] or "",
        "value": row["unreadable_value"] or "",
    }


def listing_keys(sku: str, external_id: str) -> list[SearchKey]:
    """How support finds a listing's entries."""
    keys = [SearchKey(kind="listing", value=external_id)]
    return [*keys, SearchKey(kind="sku", value=sku)] if sku else keys
