"""What we know of articles by themselves, as a channel is told it: texts, images, measures, and what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.inventory import attribute_book
from services.inventory.article_book import article_id
from services.inventory.article_content import from_stored
from services.inventory.price_rows import Tax
from services.inventory.price_settings import PriceSettings
from services.inventory.price_settings_book import settings_of
from services.inventory.pricing import StoredPrice, priced
from services.inventory.shop_texts import from_kept
from shared.contracts.article import ArticleContent, ArticleHead
from shared.contracts.money import Money
from shared.contracts.product import ProductAttribute, ProductVariant
from shared.persistence.database import Transaction

# The head is the parent of now, whatever it was when the contents were read.
_FACTS = """
SELECT a.number, a.ean, a.title, a.description, a.active, c.content, x.texts AS own_texts, h.number AS head,
       h.title AS head_title, h.description AS head_description, y.texts AS head_texts, l.external_id,
       l.currency AS shown_in, p.prices
FROM articles a LEFT JOIN article_contents c ON c.article_number = a.number
LEFT JOIN article_texts x ON x.connection = $1 AND x.article_number = a.number
LEFT JOIN articles h ON h.number = a.parent_number AND h.deleted_at IS NULL
LEFT JOIN article_texts y ON y.connection = $1 AND y.article_number = h.number
LEFT JOIN (
    SELECT DISTINCT ON (article_number) article_number, external_id, currency FROM listings
    WHERE connection = $1 AND article_number = ANY($2::text[]) AND state <> 'deleted' ORDER BY article_number, id) l
    ON l.article_number = a.number
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('price_list', price_list, 'currency', currency, 'amount', amount::text,
               'basis', basis, 'tax', tax, 'strike', strike::text)) AS prices
    FROM prices WHERE article_number = a.number AND from_quantity = 1) p ON true
WHERE a.number = ANY($2::text[]) AND a.deleted_at IS NULL
"""


async def variants(tx: Transaction, connection: UUID, numbers: Sequence[str]) -> dict[str, ProductVariant]:
    """These articles by number. A price is there where the connection's price rules come to one."""
    driver = await tx.driver()
    settings = await settings_of(tx, connection)
    attributes = await attribute_book.of_articles(tx, list(numbers))
    rows = await driver.fetch(_FACTS, connection, list(numbers))
    return {row["number"]: _variant(row, settings, attributes.get(row["number"], {})) for row in rows}


def _variant(row: Any, settings: PriceSettings, attributes: Mapping[tuple[str, str], str]) -> ProductVariant:
    prices = [StoredPrice.model_validate(one) for one in row["prices"] or ()]
    quote = priced(row["number"], prices, settings, row["shown_in"] or _only_currency(prices, settings)).quote
    # The price that the rules took says its class of tax; without one any other of the article does.
    prices.sort(
        key=lambda one: (
            quote is None or one.currency != quote.currency, one.price_list != settings.price_list, one.price_list != ""
        )
    )  # fmt: skip
    tax: Tax = prices[0].tax if prices else "standard"
    return ProductVariant(
        article_id=article_id(row["number"]),
        number=row["number"],
        external_id=row["external_id"],
        ean=row["ean"] or None,
        title=from_kept(row["own_texts"]).title_before(row["title"]),
        active=row["active"],
        price=None if quote is None else Money(amount=quote.amount, currency=quote.currency),
        includes_tax=not settings.net,
        tax=tax,
        tax_rate=settings.rate(tax),
        content=_content(row),
        attributes=tuple(
            ProductAttribute(name=name, language=language, value=value)
            for (name, language), value in attributes.items()
        ),
    )


def _content(row: Any) -> ArticleContent:
    found = from_stored(row["content"])
    head = found.head
    if row["head"]:
        texts = from_kept(row["head_texts"])
        head = ArticleHead(
            number=row["head"],
            title=texts.title_before(row["head_title"]),
            description=texts.description or row["head_description"],
        )
    found = found.model_copy(update={"description": row["description"] or found.description, "head": head})
    return from_kept(row["own_texts"]).before(found)


def _only_currency(prices: Sequence[StoredPrice], settings: PriceSettings) -> str | None:
    """The currency of an article that its shop does not show yet, where only one can be meant."""
    lists = {settings.price_list, *([""] if settings.fallback else [])}
    found = {one.currency for one in prices if one.price_list in lists}
    return settings.currency or (found.pop() if len(found) == 1 else None)
