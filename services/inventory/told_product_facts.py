"""What products are made of, for one connection: articles, contents, prices, listings, and what was sent of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import asyncpg

from services.inventory import price_settings_book, product_settings_book
from services.inventory.article_book import article_id
from services.inventory.article_content import from_stored
from services.inventory.pricing import StoredPrice
from services.inventory.product_build import Built, Family, Listed, Piece, Terms, build
from services.inventory.shop_texts import from_kept
from shared.contracts.identity import record_id
from shared.contracts.product import ProductPush
from shared.persistence.database import Transaction

State = Literal["incomplete", "sent", "waiting", "accepted", "refused", "blocked"]
_PIECES = """
WITH members AS MATERIALIZED (
    SELECT * FROM articles WHERE number = ANY($2::text[])
    UNION SELECT * FROM articles WHERE parent_number = ANY($2::text[])),
listed AS MATERIALIZED (
    SELECT m.number, l.id, l.external_id, l.parent_external_id, m.parent_number FROM members m
    JOIN listings l ON l.article_number = m.number AND l.connection = $1 AND l.state <> 'deleted'
    UNION ALL SELECT m.number, l.id, l.external_id, l.parent_external_id, m.parent_number FROM members m
    JOIN listings l ON l.sku = m.number AND l.connection = $1 AND l.state <> 'deleted'
        AND l.match = 'listing_article_unknown' WHERE m.deleted_at IS NOT NULL),
shown AS MATERIALIZED (SELECT DISTINCT ON (number) * FROM listed ORDER BY number, id),
crowds AS MATERIALIZED (
    SELECT o.parent_external_id, count(*) - 1 AS siblings
    FROM (SELECT DISTINCT parent_external_id FROM shown WHERE parent_number IS NULL) s
    JOIN listings o ON o.connection = $1 AND o.parent_external_id = s.parent_external_id
    WHERE o.state <> 'deleted' GROUP BY o.parent_external_id),
named AS MATERIALIZED (
    SELECT t.article_number, jsonb_agg(jsonb_build_array(t.name, t.language, t.value)) AS attributes
    FROM members m JOIN article_attributes t ON t.article_number = m.number GROUP BY t.article_number),
priced AS MATERIALIZED (
    SELECT p.article_number, jsonb_agg(jsonb_build_object('price_list', p.price_list, 'currency', p.currency,
               'amount', p.amount::text, 'basis', p.basis, 'tax', p.tax, 'strike', p.strike::text)) AS prices
    FROM members m JOIN prices p ON p.article_number = m.number AND p.from_quantity = 1 GROUP BY p.article_number)
SELECT a.id, a.number, a.ean, a.title, a.description, a.parent_number, a.active, a.deleted_at IS NOT NULL AS deleted,
       f.connection IS NULL OR m.takes_part IS TRUE
           OR (a.deleted_at IS NOT NULL AND m.because = 'participation_deleted') AS takes_part,
       c.content, x.texts AS own_texts, t.attributes, p.prices, l.external_id, l.parent_external_id,
       coalesce(w.siblings, 0) AS siblings
FROM members a LEFT JOIN article_contents c ON c.article_number = a.number
LEFT JOIN article_texts x ON x.connection = $1 AND x.article_number = a.number
LEFT JOIN participation_filters f ON f.connection = $1
LEFT JOIN participants m ON m.connection = $1 AND m.article_number = a.number
LEFT JOIN named t ON t.article_number = a.number LEFT JOIN priced p ON p.article_number = a.number
LEFT JOIN shown l ON l.number = a.number
LEFT JOIN crowds w ON w.parent_external_id = l.parent_external_id AND a.parent_number IS NULL
ORDER BY a.number
"""
_COLUMNS = """number, version, state, problems, blocked_by, wanted, external_id, digest, sent, on_sale, held, hold"""


@dataclass(frozen=True)
class Row:
    """What is remembered of a product. `wanted`: somebody has sent it by hand. `on_sale`: as it was sent last."""

    number: str
    version: int
    state: State
    problems: list[dict[str, Any]]
    blocked_by: str
    wanted: bool
    external_id: str | None
    digest: str
    sent: dict[str, Any] | None
    on_sale: bool
    held: str
    hold: UUID | None


@dataclass(frozen=True)
class Draft:
    """One product computed anew. `filtered`: the connection has a saved filter; `gone`: the shop has deleted what it
    was told of before."""

    built: Built
    row: Row | None
    filtered: bool
    gone: bool

    @property
    def number(self) -> str:
        return self.built.command.number

    @property
    def leaves(self) -> bool:
        """Whether sending it takes off sale what the shop may be selling."""
        on_sale = self.row.on_sale if self.row is not None and self.row.version else True
        return self.built.action == "update" and not self.built.command.active and on_sale

    @property
    def by_itself(self) -> bool:
        """Whether nobody need ask for it: the shop has it, a filter says that it is to be there, or somebody asked
        before."""
        if self.built.action != "create":
            return self.built.action == "update"
        asked = self.row is not None and self.row.wanted and not self.gone
        return asked or (self.filtered and self.built.command.active)


async def lock(tx: Transaction, connection: UUID) -> None:
    """Keeps everybody else away from a connection's products until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 23))", key=str(connection))


async def products_of(tx: Transaction, numbers: Collection[str]) -> dict[str, str]:
    """Of which product each article is, deleted ones too; those that nobody uploaded are missing."""
    rows = await tx.rows(
        "SELECT number, coalesce(parent_number, number) AS product FROM articles WHERE number = ANY(:numbers)",
        numbers=sorted(set(numbers)),
    )
    return {row["number"]: row["product"] for row in rows}


async def drafts(tx: Transaction, connection: UUID, numbers: Collection[str]) -> list[Draft]:
    """These products as the connection is to be told them now, by number; those without any article are left out."""
    ordered = sorted(set(numbers))
    driver = await tx.driver()
    pieces = [_piece(row) for row in await driver.fetch(_PIECES, connection, ordered)]
    remembered = await rows(tx, connection, ordered)
    gone = await _gone(tx, connection, remembered)
    terms = Terms(
        await product_settings_book.settings_of(tx, connection),
        await price_settings_book.settings_of(tx, connection),
        await _currency(tx, connection),
    )
    filtered = await tx.value("SELECT 1 FROM participation_filters WHERE connection = :id", id=connection) is not None
    by_number = {one.number: one for one in pieces}
    variants: dict[str, list[Piece]] = {}
    for one in pieces:
        if one.parent is not None:
            variants.setdefault(one.parent, []).append(one)
    found = []
    for number in ordered:
        if number in by_number or number in variants:
            row = remembered.get(number)
            sent = None if row is None or row.sent is None else ProductPush.model_validate(row.sent)
            family = Family(
                id=article_id(number),
                number=number,
                head=by_number.get(number),
                variants=variants.get(number, ()),
                told=None if row is None or number in gone else row.external_id,
                told_pieces={} if sent is None else {v.number: v.external_id for v in sent.variants if v.external_id},
            )
            found.append(Draft(build(family, terms), row, filtered, number in gone))
    return found


async def rows(tx: Transaction, connection: UUID, numbers: Collection[str]) -> dict[str, Row]:
    """What is remembered of these products."""
    stored = await tx.rows(
        f"SELECT {_COLUMNS} FROM products WHERE connection = :id AND number = ANY(:numbers)",
        id=connection,
        numbers=sorted(numbers),
    )
    return {row["number"]: Row(**row) for row in stored}


async def _gone(tx: Transaction, connection: UUID, remembered: Mapping[str, Row]) -> set[str]:
    """The products whose listing the shop has deleted meanwhile."""
    known = {row.external_id: row.number for row in remembered.values() if row.external_id}
    listed = await tx.rows(
        """SELECT external_id AS id, state FROM listings WHERE id = ANY(CAST(:ids AS uuid[]))
           UNION ALL SELECT parent_external_id, state FROM listings
           WHERE connection = :connection AND parent_external_id = ANY(:known)""",
        ids=[record_id("listing", connection, id) for id in sorted(known)],
        connection=connection,
        known=sorted(known),
    )
    there = {row["id"] for row in listed if row["state"] != "deleted"}
    return {known[row["id"]] for row in listed if row["id"] not in there}


async def _currency(tx: Transaction, connection: UUID) -> str | None:
    """The currency in which the shop keeps most of its prices, as far as a look at some tells."""
    found: str | None = await tx.value(
        """SELECT currency FROM (SELECT currency FROM listings WHERE connection = :id AND currency IS NOT NULL
                                 ORDER BY id LIMIT 200) l
           GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1""",
        id=connection,
    )
    return found


def _piece(row: asyncpg.Record) -> Piece:
    listed = None
    if row["external_id"] is not None:
        listed = Listed(row["external_id"], row["parent_external_id"], row["siblings"])
    own = from_kept(row["own_texts"])
    return Piece(
        **{name: row[name] for name in ("id", "number", "ean", "description", "active", "deleted")},
        title=own.title_before(row["title"]),
        parent=row["parent_number"],
        takes_part=row["takes_part"],
        content=own.before(from_stored(row["content"])),
        attributes={(name, language): value for name, language, value in row["attributes"] or ()},
        prices=[StoredPrice.model_validate(one) for one in row["prices"] or ()],
        listed=listed,
    )
