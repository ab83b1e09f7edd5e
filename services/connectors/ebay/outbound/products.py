"""From an article to what a listing is made of: item, offer, and the group of its variants.

A PUT replaces all of it, so what only eBay or the seller by hand put there is carried over.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.connectors.ebay.vocabulary import (
    BRAND,
    CONDITION,
    CONDITION_TEXT,
    DESCRIPTION,
    EAN,
    MPN,
    SEPARATOR,
    SUBTITLE,
    TITLE,
)
from shared.contracts.article import ArticleContent
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.product import ProductVariant

Row = dict[str, Any]
MOST_IMAGES, LONGEST_DESCRIPTION = 24, 4000
OF_PRODUCT = ("upc", "isbn", "epid", "videoIds")
OF_OFFER = (
    "charity", "extendedProducerResponsibility", "hideBuyerDetails", "includeCatalogProductDetails", "listingDuration",
    "listingPolicies", "listingStartDate", "lotSize", "merchantLocationKey", "pricingSummary", "quantityLimitPerBuyer",
    "regulatory", "secondaryCategoryId", "storeCategoryNames", "tax",
)  # fmt: skip
OF_STOCK = ("quantity", "availabilityDistributions")


def aspects(wanted: MappedProductPush) -> dict[str, list[str]]:
    """Item specifics by name, with what tells a variant from the others. That is one value each."""
    found = {name: value.split(SEPARATOR) for name, value in wanted.values.items() if not name.startswith(".")}
    for name, value in _options(wanted).items():
        own = _same(name, found)
        found[own or name] = found[own][:1] if own else [value]
    return found


def varies_by(wanted: MappedProductPush) -> list[str]:
    """The item specifics that tell a variant from the others."""
    found = aspects(wanted)
    return [_same(name, found) or name for name in _options(wanted)]


def item(wanted: MappedProductPush, article: ProductVariant, known: Row | None) -> Row:
    """The whole item; its quantity stays what it is, because stock is told by itself, and nothing where it is off
    sale."""
    known = known or {}
    told, content, before = wanted.values, article.content, known.get("product") or {}
    description = _description(wanted, article)
    product = {name: before[name] for name in OF_PRODUCT if before.get(name)}
    ean = told.get(EAN) or article.ean
    product |= _given(
        title=told.get(TITLE) or article.title,
        subtitle=told.get(SUBTITLE),
        description=description if len(description) <= LONGEST_DESCRIPTION else "",
        aspects=aspects(wanted),
        brand=told.get(BRAND) or content.manufacturer,
        mpn=told.get(MPN) or content.manufacturer_number,
        ean=[ean] if ean else before.get("ean"),
        imageUrls=[one for one in content.media if one.startswith("https://")][:MOST_IMAGES],
    )
    return {
        "availability": {"shipToLocationAvailability": _stock(known, active=article.active)},
        "condition": told.get(CONDITION) or known.get("condition") or "NEW",
        "product": product,
        **_given(
            conditionDescription=told.get(CONDITION_TEXT) or known.get("conditionDescription"),
            packageWeightAndSize=_package(content) or known.get("packageWeightAndSize"),
        ),
    }


def offer(
    wanted: MappedProductPush, article: ProductVariant, known: Row | None, policies: Mapping[str, str], location: str
) -> Row:
    """The whole offer without what only a new one is told. The price of a listing stays what it is, because prices are
    told to listings by themselves; how much there is of it stands at the item."""
    body = {name: known[name] for name in OF_OFFER if known.get(name) is not None} if known else {}
    listed = known is not None and known.get("status") == "PUBLISHED" and "pricingSummary" in body
    if not listed and article.price is not None:
        amount = article.price
        body["pricingSummary"] = {"price": {"value": f"{amount.amount:f}", "currency": amount.currency}}
    if article.tax_rate is not None:
        body["tax"] = {**(body.get("tax") or {}), "vatPercentage": float(article.tax_rate)}
    body["listingPolicies"] = {
        **(body.get("listingPolicies") or {}),
        **{f"{kind}PolicyId": id for kind, id in policies.items()},
    }
    return body | {
        "categoryId": wanted.category,
        "listingDescription": _description(wanted, article),
        "listingDuration": "GTC",
        **_given(merchantLocationKey=location or body.get("merchantLocationKey")),
    }


def group(wishes: Sequence[MappedProductPush], items: Mapping[str, Row], known: Row | None) -> Row:
    """The product of variants with all of its members, as they are now."""
    known, first = known or {}, wishes[0]
    told = first.article or ProductVariant(article_id=first.article_id, number=first.article_number)
    head = told.content.head
    before = [str(one["name"]) for one in (known.get("variesBy") or {}).get("specifications") or ()]
    names = list(dict.fromkeys([*(name for one in wishes for name in varies_by(one)), *before]))
    products = [one.get("product") or {} for one in items.values()]
    of_all = [one.get("aspects") or {} for one in products]
    images = dict.fromkeys(image for one in products for image in (one.get("imageUrls") or ())[:1])
    return {
        **_given(videoIds=known.get("videoIds"), subtitle=first.values.get(SUBTITLE) or known.get("subtitle")),
        "title": (head.title if head else "") or first.values.get(TITLE) or told.title,
        "description": (head.description if head else "") or _description(first, told),
        "imageUrls": list(images)[:MOST_IMAGES],
        "aspects": {
            name: values
            for name, values in of_all[0].items()
            if name not in names and all(one.get(name) == values for one in of_all)
        },
        "variantSKUs": list(items),
        "variesBy": {
            **_given(aspectsImageVariesBy=_pictured(names, products)),
            "specifications": [
                {"name": name, "values": list(dict.fromkeys(value for one in of_all for value in one.get(name) or ()))}
                for name in names
            ],
        },
    }


def in_stock(known: Row | None) -> int:
    """How many pieces an item has."""
    stock = ((known or {}).get("availability") or {}).get("shipToLocationAvailability") or {}
    return int(stock.get("quantity") or 0)


def _pictured(names: Sequence[str], products: Sequence[Row]) -> list[str]:
    """The item specific whose value says which images a variant has, such as its colour."""
    for name in names:
        found: dict[str, set[tuple[str, ...]]] = {}
        for one in products:
            for value in (one.get("aspects") or {}).get(name) or ():
                found.setdefault(value, set()).add(tuple(one.get("imageUrls") or ()))
        if len(set().union(*found.values())) > 1 and all(len(images) == 1 for images in found.values()):
            return [name]
    return []


def _options(wanted: MappedProductPush) -> dict[str, str]:
    article = wanted.article
    return article.content.options if article is not None and article.content.head is not None else {}


def _same(name: str, found: Mapping[str, Any]) -> str:
    return next((one for one in found if one.casefold() == name.casefold()), "")


def _description(wanted: MappedProductPush, article: ProductVariant) -> str:
    return wanted.values.get(DESCRIPTION) or article.content.description or article.content.short_description


def _stock(known: Row, *, active: bool) -> Row:
    stock = (known.get("availability") or {}).get("shipToLocationAvailability") or {}
    kept = {name: stock[name] for name in OF_STOCK if stock.get(name) is not None}
    return {"quantity": 0, **kept} if active else {"quantity": 0}


def _package(content: ArticleContent) -> Row:
    """Weight in grams, measures in centimetres; measures are told together or not at all."""
    found: Row = {}
    if content.weight_grams:
        found["weight"] = {"value": float(content.weight_grams), "unit": "GRAM"}
    measures = {"length": content.length_mm, "width": content.width_mm, "height": content.height_mm}
    if all(measures.values()):
        centimetres = {name: float((value or Decimal(0)) / 10) for name, value in measures.items()}
        found["dimensions"] = {**centimetres, "unit": "CENTIMETER"}
    return found


def _given(**fields: Any) -> Row:
    return {name: value for name, value in fields.items() if value}
