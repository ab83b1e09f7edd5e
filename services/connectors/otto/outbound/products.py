"""A whole product as the platform takes it. It replaces what is there: what we do not tell is told as it was."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.connectors.otto import vocabulary as words
from shared.contracts.article import ArticleContent
from shared.contracts.errors import Rejected
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.product import ProductVariant

CURRENCY, CENT = "EUR", Decimal("0.01")
Row = dict[str, Any]
Values = Mapping[str, str]


def product(push: MappedProductPush, known: Row | None, now: datetime) -> Row:
    """`known` is the product as the platform has it. Raises Rejected for what cannot be told at all."""
    if push.format != "operator":
        raise Rejected("the platform maps no columns of the seller's own")
    if push.article is None:
        raise Rejected("nothing is known of the article beside its attributes")
    values, article = push.values, push.article
    if not values.get(words.SAFETY_EMAIL) and not values.get(words.SAFETY_URL):
        raise Rejected("product safety needs an email or an internet address")
    if values.get(words.PROCESSING_TIME) and not values.get(words.PROFILE):
        raise Rejected("a processing time goes with a shipping profile only")
    row = dict(known or {})
    row.pop("moin", None)
    told: Row = {
        # What a product is called among others cannot be changed while it is sold.
        "productReference": row.get("productReference") or _reference(values, article),
        "sku": sku(push),
        "ean": values.get(words.EAN, ""),
        "mpn": values.get(words.MPN) or article.content.manufacturer_number,
        "productDescription": _description(push.category, values, article, row.get("productDescription") or {}),
        "mediaAssets": _media(article.content, row.get("mediaAssets") or []),
        "pricing": _pricing(article, row.get("pricing") or {}, now) | _norm(values),
        "logistics": _logistics(article.content),
        "compliance": {"productSafety": {"addresses": [_safety(values)]}},
    }
    return row | {name: value for name, value in told.items() if value}


def sku(push: MappedProductPush) -> str:
    """Where it is listed already, under the number that it has there."""
    listed = push.article.external_id if push.article else None
    return listed or push.values.get(words.SKU) or push.article_number


def delivery(push: MappedProductPush) -> Row | None:
    """Which shipping profile holds for the product; its processing time is the profile's where none is told."""
    if not (profile := push.values.get(words.PROFILE)):
        return None
    time = push.values.get(words.PROCESSING_TIME) or "DEFAULT"
    return {"sku": sku(push), "shippingProfileId": profile, "processingTime": time}


def _reference(values: Values, article: ProductVariant) -> str:
    head = article.content.head.number if article.content.head else ""
    return values.get(words.REFERENCE) or head or values.get(words.SKU) or article.number


def _description(category: str, values: Values, article: ProductVariant, before: Row) -> Row:
    """Attributes of ours replace those of the same name; others stay as long as the category does."""
    ours = list(_attributes(values))
    names = {one["name"] for one in ours}
    kept = [one for one in before.get("attributes") or () if one["name"] not in names]
    told: Row = {
        "category": category,
        "brandId": values.get(words.BRAND, ""),
        "productLine": values.get(words.LINE) or before.get("productLine") or _line(article),
        "description": values.get(words.DESCRIPTION) or article.content.description,
        "bulletPoints": [one for one in values.get(words.POINTS, "").split(words.SEPARATOR) if one],
        "attributes": [*(kept if before.get("category") == category else []), *ours],
    }
    return before | {name: value for name, value in told.items() if value} | {"attributes": told["attributes"]}


def _attributes(values: Values) -> Iterator[Row]:
    for name, value in values.items():
        if name not in words.COMMON:
            yield {"name": name, "values": value.split(words.SEPARATOR)}


def _line(article: ProductVariant) -> str:
    """The proper name, the same for all variants of a product; a title that is too long is none."""
    head = article.content.head
    title = (head.title if head else "") or article.title
    return title if len(title) <= words.LINE_LONGEST else ""


def _media(content: ArticleContent, before: list[Row]) -> list[Row]:
    """Our images, the main one first; what is no image stays. Raises Rejected where there is no image at all."""
    if content.media:
        images = [{"type": "IMAGE", "location": address} for address in content.media]
        return [*images, *(one for one in before if one.get("type") != "IMAGE")]
    if not before:
        raise Rejected("the article has no image, and the platform takes none without one")
    return before


def _pricing(article: ProductVariant, before: Row, now: datetime) -> Row:
    """Prices of what is listed are told as prices: here they stay, but for a sale that is over."""
    vat = words.VATS[article.tax]
    if before.get("standardPrice"):
        sale = before.get("sale") or {}
        over = sale.get("endDate") and datetime.fromisoformat(sale["endDate"]) <= now
        kept = {name: value for name, value in before.items() if name != "sale" or (value and not over)}
        return kept | ({"vat": vat} if article.price is not None else {})
    if article.price is None:
        raise Rejected("the article has no price by the connection's price settings")
    if article.price.currency != CURRENCY:
        raise Rejected(f"the platform sells in {CURRENCY}, not in {article.price.currency}")
    factor = 1 if article.includes_tax else 1 + (article.tax_rate or Decimal(0)) / 100
    amount = (article.price.amount * factor).quantize(CENT, ROUND_HALF_UP)
    return {"standardPrice": {"amount": amount, "currency": CURRENCY}, "vat": vat}


def _norm(values: Values) -> Row:
    """What a piece holds, by which the platform works out its price per unit. Raises Rejected for half of it."""
    amount, unit = values.get(words.CONTENT_AMOUNT, ""), values.get(words.CONTENT_UNIT, "")
    if not amount and not unit:
        return {}
    if not amount or unit not in words.NORMS or Decimal(amount) <= 0:
        raise Rejected(f"a price per unit needs an amount above zero and one of {', '.join(words.NORMS)}")
    norm = {"salesAmount": Decimal(amount), "salesUnit": unit, "normAmount": words.NORMS[unit], "normUnit": unit}
    return {"normPriceInfo": norm}


def _logistics(content: ArticleContent) -> Row:
    """Grams and millimetres, whole ones."""
    measures = {
        "weight": content.weight_grams, "width": content.width_mm, "height": content.height_mm,
        "length": content.length_mm,
    }  # fmt: skip
    unit = {name: int(one.to_integral_value(ROUND_HALF_UP)) for name, one in measures.items() if one}
    return {"packingUnitCount": 1, "packingUnits": [unit]} if unit else {}


def _safety(values: Values) -> Row:
    told: Row = {
        "name": values.get(words.SAFETY_NAME, ""),
        "address": " ".join(values.get(words.SAFETY_ADDRESS, "").split()),
        "regionCode": values.get(words.SAFETY_REGION, ""),
        "email": values.get(words.SAFETY_EMAIL, ""),
        "url": values.get(words.SAFETY_URL, ""),
        "roles": values.get(words.SAFETY_ROLES, words.ROLES[0]).split(words.SEPARATOR),
    }
    return {name: value for name, value in told.items() if value}
