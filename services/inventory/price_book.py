"""What articles cost, stored as whole states, with who changed what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory import product_marks
from services.inventory.article_book import article_id
from services.inventory.level_rows import lock_articles
from services.inventory.marks import PRICES, mark_articles
from services.inventory.price_rows import Key, PriceRow, contradictions, words
from services.inventory.pricing import StoredPrice
from services.inventory.rows import Refusal
from services.inventory.sellable import plain
from services.inventory.upload_entries import upload_entries
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

Outcome = Literal["accepted", "unchanged"]


@dataclass(frozen=True)
class PriceUpload:
    """The answer to one upload, by position."""

    id: UUID
    stored: dict[int, Outcome]
    refused: dict[int, Refusal]


async def put(
    service: Service, tx: Transaction, rows: Mapping[int, PriceRow], unreadable: Mapping[int, Refusal], actor: str
) -> PriceUpload:
    """Stores what differs, each change with an entry, and marks the listings it concerns."""
    known = await lock_articles(tx, {row.article_number for row in rows.values()})
    before = await _stored(tx, known)
    upload = PriceUpload(uuid4(), {}, dict(unreadable))
    upload.refused.update(contradictions(rows, before))
    changed: list[PriceRow] = []
    for position, row in rows.items():
        if row.article_number not in known:
            upload.refused[position] = Refusal("price_article_unknown", "article_number", words(row))
        elif position in upload.refused:
            continue
        elif _state(row) == before.get(row.key):
            upload.stored[position] = "unchanged"
        else:
            upload.stored[position] = "accepted"
            changed.append(row)
    await _save(service, tx, changed, actor)
    entries = [_changed(service, row, before.get(row.key), actor, upload.id) for row in changed]
    articles = {position: row.article_number for position, row in rows.items()}
    told = upload_entries(service.journal, "price", upload.id, upload.stored.values(), upload.refused, articles, actor)
    await service.journal.write(tx, [*told, *entries])
    await mark_articles(tx, [row.article_number for row in changed], queue=PRICES)
    await product_marks.mark(tx, [row.article_number for row in changed if _taxed_anew(row, before.get(row.key))])
    return upload


def _taxed_anew(row: PriceRow, before: StoredPrice | None) -> bool:
    """Its tax is part of a product, and a piece without any price could not be made; later prices go alone."""
    return row.from_quantity == 1 and (before is None or before.tax != row.tax)


def _state(row: PriceRow) -> StoredPrice | None:
    return None if row.amount is None else StoredPrice.model_validate(row.model_dump(exclude={"article_number"}))


async def _stored(tx: Transaction, numbers: set[str]) -> dict[Key, StoredPrice]:
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT article_number, price_list, currency, from_quantity, amount, basis, tax, strike FROM prices
           WHERE article_number = ANY($1::text[])""",
        sorted(numbers),
    )
    return {
        (row["article_number"], row["price_list"], row["currency"], row["from_quantity"]): StoredPrice.model_validate(
            dict(row)
        )
        for row in rows
    }


async def currencies(tx: Transaction, numbers: set[str], price_list: str) -> set[tuple[str, str]]:
    """Which of these articles have a price in a list, and in which currency."""
    rows = await tx.rows(
        "SELECT article_number, currency FROM prices WHERE price_list = :list AND article_number = ANY(:numbers)",
        list=price_list,
        numbers=sorted(numbers),
    )
    return {(row["article_number"], row["currency"]) for row in rows}


async def _save(service: Service, tx: Transaction, rows: list[PriceRow], actor: str) -> None:
    driver = await tx.driver()
    kept = [row for row in rows if row.amount is not None]
    await driver.execute(
        """INSERT INTO prices AS p (article_number, price_list, currency, from_quantity, amount, basis, tax, strike,
                                    version, changed_at, changed_by)
           SELECT n.*, 1, $9, $10
           FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::numeric[], $6::text[], $7::text[],
                       $8::numeric[]) AS n
           ON CONFLICT (article_number, price_list, currency, from_quantity) DO UPDATE SET amount = EXCLUDED.amount,
               basis = EXCLUDED.basis, tax = EXCLUDED.tax, strike = EXCLUDED.strike, version = p.version + 1,
               changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
        *([getattr(row, name) for row in kept]
          for name in (
              "article_number", "price_list", "currency", "from_quantity", "amount", "basis", "tax", "strike"
          )),
        service.clock(),
        actor,
    )  # fmt: skip
    gone = [row.key for row in rows if row.amount is None]
    await driver.execute(
        """DELETE FROM prices p USING unnest($1::text[], $2::text[], $3::text[], $4::int[])
               AS n(number, list, currency, quantity)
           WHERE (p.article_number, p.price_list, p.currency, p.from_quantity)
               = (n.number, n.list, n.currency, n.quantity)""",
        *([key[place] for key in gone] for place in range(4)),
    )


def _changed(service: Service, row: PriceRow, before: StoredPrice | None, actor: str, upload: UUID) -> JournalEntry:
    return service.journal.entry(
        noun="article",
        subject=str(article_id(row.article_number)),
        action="updated",
        code="article_price_changed",
        params=words(row)
        | {
            "before": "–" if before is None else plain(before.amount),
            "after": "–" if row.amount is None else plain(row.amount),
            "basis": row.basis,
            "actor": actor,
        },
        keys=[SearchKey(kind="sku", value=row.article_number)],
        actor=actor,
        correlation=str(upload),
    )


async def page(
    tx: Transaction, *, article: str | None, price_list: str | None, after: list[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """Prices by article number, list, currency and quantity."""
    return await tx.rows(
        """SELECT article_number, price_list, currency, from_quantity, amount, basis, tax, strike, version, changed_at,
                  changed_by
           FROM prices
           WHERE (CAST(:article AS text) IS NULL OR article_number = :article)
             AND (CAST(:list AS text) IS NULL OR price_list = :list)
             AND (CAST(:a AS text) IS NULL
                  OR (article_number, price_list, currency, from_quantity)
                     > (:a, CAST(:b AS text), CAST(:c AS text), CAST(:d AS int)))
           ORDER BY article_number, price_list, currency, from_quantity LIMIT :limit""",
        article=article,
        list=price_list,
        a=None if after is None else after[0],
        b=None if after is None else after[1],
        c=None if after is None else after[2],
        d=None if after is None else after[3],
        limit=limit,
    )
