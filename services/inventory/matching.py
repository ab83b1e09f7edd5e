"""Which article a listing shows: the one whose number is the shop's SKU, exactly, case and blanks included.

In a connection that sells in several marketplaces the SKU may be listed once in each of them.
Where a connection's settings name a label, an active external number of that label comes first: it says which article
the SKU means in this shop.
"""

from collections.abc import Collection
from uuid import UUID

from services.inventory.marks import PRICES, mark_articles, mark_listings
from shared.chassis.journal import Journal
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

ONE_AT_A_TIME = 5_170_001

_REMATCH = """
WITH keys AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS k(connection, sku)),
touched AS (
    SELECT l.id FROM listings l JOIN keys k ON k.sku = l.sku AND (k.connection IS NULL OR k.connection = l.connection)
    UNION
    SELECT l.id FROM keys k
    JOIN external_numbers e ON e.article_number = k.sku AND (k.connection IS NULL OR k.connection = e.connection)
    JOIN listings l ON l.sku = e.number AND l.connection = e.connection
    UNION SELECT unnest($3::uuid[])),
judged AS (
    SELECT l.id, l.match AS was, l.article_number AS was_number, a.number,
           CASE WHEN l.changed_at IS NULL THEN 'listing_unreadable'
                WHEN l.state = 'deleted' THEN 'listing_deleted'
                WHEN coalesce(l.sku, '') = '' THEN 'listing_sku_missing'
                WHEN a.number IS NULL THEN 'listing_article_unknown'
                WHEN count(*) FILTER (WHERE l.state <> 'deleted') OVER (PARTITION BY l.connection, l.market, l.sku) > 1
                    THEN 'listing_sku_shared'
                ELSE 'listing_matched' END AS verdict
    FROM touched t JOIN listings l USING (id)
    LEFT JOIN stock_settings s ON s.connection = l.connection
    LEFT JOIN external_numbers e
        ON e.connection = l.connection AND e.number = l.sku AND e.active AND e.label = s.value ->> 'number_label'
    LEFT JOIN articles a ON a.number = coalesce(e.article_number, l.sku) AND a.deleted_at IS NULL)
UPDATE listings l
SET match = j.verdict, article_number = CASE WHEN j.verdict = 'listing_matched' THEN j.number END, updated_at = now()
FROM judged j WHERE l.id = j.id AND (l.match <> j.verdict
    OR j.verdict = 'listing_matched' AND l.article_number IS DISTINCT FROM j.number)
RETURNING l.id, l.connection, l.platform, l.external_id, coalesce(l.sku, '') AS sku, l.article_number, l.match,
          j.was, j.was_number, l.unreadable_field, l.unreadable_value, l.held_by_channel
"""


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
    actor: str = "",
) -> set[UUID]:
    """Judges anew the listings with these SKUs (of one connection, or of all where it is None) and these listings.

    Marks what was newly matched and tells the journal of every change. Answers the listings that changed.
    """
    driver = await tx.driver()
    keys = sorted(set(skus), key=lambda key: (str(key[0]), key[1]))
    changed = await driver.fetch(_REMATCH, [key[0] for key in keys], [key[1] for key in keys], sorted(listings))
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
                params=match_words(row["sku"], row["external_id"], row["unreadable_field"], row["unreadable_value"]),
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


def match_words(sku: str, external_id: str, field: str | None, value: str | None) -> dict[str, str]:
    """What the sentence of a match needs."""
    return {"sku": sku, "listing": external_id, "field": field or "", "value": value or ""}


def listing_keys(sku: str, external_id: str) -> list[SearchKey]:
    """How support finds a listing's entries."""
    keys = [SearchKey(kind="listing", value=external_id)]
    return [*keys, SearchKey(kind="sku", value=sku)] if sku else keys
