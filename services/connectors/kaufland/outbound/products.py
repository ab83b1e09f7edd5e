"""Product data, and the offer that is made of it."""

import json
from decimal import Decimal
from typing import Any

from services.connectors.kaufland.outbound.money import listing_price
from services.connectors.kaufland.vocabulary import VAT_INDICATORS
from shared.contracts.errors import Rejected
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.product import ProductVariant

SEPARATOR, CONTACT, PICTURES = "|", "product_safety_contact", "picture"
ONE_VALUE = ("title", "description", "manufacturer")
"""Texts in which the separator is only a character."""
MOST_DAYS = 100
Row = dict[str, Any]


def product(command: MappedProductPush) -> Row:
    """The attributes by their names, lists of values all of them; pictures are the article's own, the main one first.
    Raises Rejected for what the platform cannot be told."""
    if command.format != "operator":
        raise Rejected("the platform maps no columns of the merchant's: its own attributes are needed")
    article = command.article
    ean = command.values.get("ean") or (article.ean if article else None)
    if not ean:
        raise Rejected("ean: the platform knows products by their EAN, and this article has none")
    attributes: Row = {
        name: [value] if name in ONE_VALUE else value.split(SEPARATOR)
        for name, value in command.values.items()
        if name != "ean" and not name.startswith(f"{CONTACT}.") and value
    }
    named = {name.partition(".")[::2]: value for name, value in command.values.items() if value}
    if contact := {part: value for (name, part), value in named.items() if name == CONTACT and part}:
        attributes[CONTACT] = contact
    if PICTURES not in attributes and article is not None and article.content.media:
        attributes[PICTURES] = [_picture(url, article) for url in article.content.media]
    if PICTURES not in attributes:
        raise Rejected("picture: the platform takes no product without an image, and this article has none")
    return {"ean": [ean], "attributes": attributes}


def offer(command: MappedProductPush, ean: str, storefront: str, handling_time: int) -> Row:
    """A new offer, of which nothing may be sold before its stock was told. Raises Rejected without a price in the
    storefront's currency."""
    article = command.article
    if article is None or article.price is None:
        raise Rejected("price: the product is known now, but there is no price for an offer of it")
    if not article.includes_tax and article.tax_rate is None:
        raise Rejected("price: it is without tax, and no rate of tax is known for the article")
    percent = Decimal(0) if article.includes_tax or article.tax_rate is None else article.tax_rate
    return {
        "ean": ean,
        "id_offer": command.article_number,
        "condition": "NEW",
        "listing_price": listing_price(article.price, percent, storefront),
        "amount": 0,
        "handling_time": _days(article.content.delivery_time, handling_time),
        "vat_indicator": VAT_INDICATORS[article.tax],
    }


def _days(told: str, usual: int) -> int:
    """The article's own delivery time where it is a plain number of days, as the platform takes it."""
    return int(told) if told.strip().isdecimal() and int(told) <= MOST_DAYS else usual


def _picture(url: str, article: ProductVariant) -> str:
    """An image with a text is told as JSON."""
    text = article.content.media_texts.get(url)
    said = (text.title or text.description) if text else ""
    return json.dumps({"url": url, "alt_text": said}, ensure_ascii=False) if said else url
