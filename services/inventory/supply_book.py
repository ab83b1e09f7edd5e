"""Everything the sellable quantity of listings is made of, read at one moment.

One statement, so one snapshot: read apart, a shipment committed in between would show the old level without the
reservation it ended, and the channel would be told too much.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from services.inventory.sellable import Level, Supply
from services.inventory.sets import Bill, together
from services.inventory.settings_book import DEFAULT
from services.inventory.stock_settings import StockSettings
from shared.persistence.database import Transaction

_SUPPLY = """
WITH wanted AS MATERIALIZED (
    SELECT id, connection, platform, external_id, parent_external_id, stock_external_id, sku, counts_stock, match,
           article_number
    FROM listings WHERE id = ANY($1::uuid[])),
-- Also what shares stock with these: the parts of sets, and the sets that such parts belong to.
numbers AS MATERIALIZED (
    SELECT article_number FROM wanted WHERE article_number IS NOT NULL
    UNION SELECT m.mate FROM wanted w JOIN shelf_mates m USING (article_number)),
sets AS MATERIALIZED (
    SELECT p.head AS article_number, b.kept_in_stock, array_agg(p.component ORDER BY p.position) AS components,
           array_agg(p.quantity ORDER BY p.position) AS per_piece
    FROM bill_parts p JOIN bills b USING (head) WHERE p.head IN (SELECT article_number FROM numbers)
    GROUP BY p.head, b.kept_in_stock),
shelves AS MATERIALIZED (
    SELECT n.article_number, array_agg(v.warehouse ORDER BY v.warehouse) AS warehouses,
           array_agg(v.quantity ORDER BY v.warehouse) AS quantities,
           array_agg(v.meaning ORDER BY v.warehouse) AS meanings,
           array_agg(v.counted_at ORDER BY v.warehouse) AS counted_ats,
           CASE WHEN bool_and(v.meaning = 'available' OR v.quantity = 0)
                THEN min(v.counted_at) FILTER (WHERE v.meaning = 'available') END AS horizon,
           min(v.counted_at) AS oldest_count
    FROM numbers n JOIN levels v USING (article_number) GROUP BY n.article_number),
guests AS MATERIALIZED (
    SELECT article_number, array_agg(warehouse ORDER BY warehouse) AS warehouses,
           array_agg(quantity ORDER BY warehouse) AS quantities, array_agg(read_at ORDER BY warehouse) AS read_ats
    FROM channel_levels WHERE article_number IN (SELECT article_number FROM numbers) GROUP BY article_number),
wants AS MATERIALIZED (
    SELECT n.article_number, sum(d.quantity) AS reserved,
           coalesce(sum(least(d.quantity, greatest(d.acknowledged - d.shipped, 0)))
                    FILTER (WHERE d.acknowledged_at < s.horizon), 0) AS covered,
           coalesce(sum(least(d.quantity, greatest(d.acknowledged - d.shipped, 0)))
                    FILTER (WHERE d.acknowledged_at < s.oldest_count), 0) AS acknowledged
    FROM numbers n JOIN demands d USING (article_number) LEFT JOIN shelves s USING (article_number)
    WHERE d.quantity > 0 GROUP BY n.article_number),
asked AS (SELECT * FROM wanted FULL JOIN numbers USING (article_number))
SELECT w.*, coalesce(a.active, true) AS active,
       s.warehouses, s.quantities, s.meanings, s.counted_ats, g.warehouses AS places, g.quantities AS held, g.read_ats,
       coalesce(r.reserved, 0) AS reserved, coalesce(r.covered, 0) AS covered,
       coalesce(r.acknowledged, 0) AS acknowledged, coalesce(j.correction, 0) AS correction, j.pseudo_stock,
       t.value AS settings, f.connection IS NOT NULL AND p.takes_part IS NOT TRUE AS stays_out,
       coalesce(p.leaving, 'leave') = 'zero' AS leaves_at_zero,
       coalesce(c.blocked_by, 'connection_not_read') AS blocked_by, b.kept_in_stock, b.components, b.per_piece
FROM asked w LEFT JOIN articles a ON a.number = w.article_number
LEFT JOIN shelves s ON s.article_number = w.article_number LEFT JOIN wants r ON r.article_number = w.article_number
LEFT JOIN guests g ON g.article_number = w.article_number LEFT JOIN sets b ON b.article_number = w.article_number
LEFT JOIN adjustments j ON j.article_number = w.article_number
LEFT JOIN stock_settings t ON t.connection = w.connection LEFT JOIN connections c ON c.id = w.connection
LEFT JOIN participation_filters f ON f.connection = w.connection
LEFT JOIN participants p ON p.connection = w.connection AND p.article_number = w.article_number
"""
NO_PART = "article_takes_no_part"


@dataclass(frozen=True)
class Listing:
    """A listing with the supply of its article, its connection's settings and the switch that blocks it ("" = none)."""

    id: UUID
    connection: UUID
    platform: str
    external_id: str
    parent_external_id: str | None
    stock_external_id: str | None
    sku: str
    counts_stock: bool
    match: str
    article_number: str | None
    supply: Supply
    settings: StockSettings
    blocked_by: str

    @property
    def never_told(self) -> bool:
        """Whether no switch lets this listing be told anything: it is not counted, or its article takes no part."""
        return not self.counts_stock or self.blocked_by == NO_PART


async def supplies(tx: Transaction, ids: Collection[UUID]) -> list[Listing]:
    """The listings with these ids, sorted by id."""
    driver = await tx.driver()
    rows = await driver.fetch(_SUPPLY, sorted(ids))
    settings: dict[UUID, StockSettings] = {}
    alone = {row["article_number"]: _supply(row) for row in rows}
    bills = {row["article_number"]: _bill(row) for row in rows if row["components"]}
    shared = together(alone, bills)
    mine = [row for row in rows if row["id"] is not None]
    for row in mine:
        if row["connection"] not in settings:
            value = row["settings"]
            settings[row["connection"]] = DEFAULT if value is None else StockSettings.model_validate(value)
    return sorted((_listing(row, shared[row["article_number"]], settings[row["connection"]]) for row in mine), key=_id)


def _id(listing: Listing) -> UUID:
    return listing.id


def _bill(row: asyncpg.Record) -> Bill:
    return Bill(row["kept_in_stock"], dict(zip(row["components"], row["per_piece"], strict=True)))


def _supply(row: asyncpg.Record) -> Supply:
    shelves = zip(
        row["warehouses"] or (), row["quantities"] or (), row["meanings"] or (), row["counted_ats"] or (), strict=True
    )
    guests = zip(row["places"] or (), row["held"] or (), row["read_ats"] or (), strict=True)
    return Supply(
        (
            *(Level(*shelf) for shelf in shelves),
            *(Level(place, held, "available", at, with_channel=True) for place, held, at in guests),
        ),
        reserved=row["reserved"],
        covered=row["covered"],
        active=row["active"],
        acknowledged=row["acknowledged"],
        correction=row["correction"],
        pseudo_stock=row["pseudo_stock"],
    )


def _listing(row: asyncpg.Record, supply: Supply, settings: StockSettings) -> Listing:
    removed = row["stays_out"] and row["leaves_at_zero"]
    stays_out = NO_PART if row["stays_out"] and not removed else ""
    return Listing(
        id=row["id"],
        connection=row["connection"],
        platform=row["platform"],
        external_id=row["external_id"],
        parent_external_id=row["parent_external_id"],
        stock_external_id=row["stock_external_id"],
        sku=row["sku"] or "",
        counts_stock=row["counts_stock"],
        match=row["match"],
        article_number=row["article_number"],
        supply=replace(supply, removed=removed),
        settings=settings,
        blocked_by=stays_out or row["blocked_by"] or ("" if row["counts_stock"] else "stock_not_counted"),
    )
