"""Products as the inventory tells them, and what has become of them in the shop."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from services.sandbox.merchant import ShownPiece, ShownProduct
from shared.connector_kit.declaration import PushResult
from shared.contracts.article import ArticleContent, ArticleText, MediaText
from shared.contracts.errors import Transient, Unknown
from shared.contracts.money import Money
from shared.contracts.product import ProductAttribute, ProductPush, ProductVariant
from tests.wired.contract.stand import Stand, command

ALL = (
    "texts", "variants", "images", "categories", "tags", "properties", "custom_fields", "meta", "translations",
)  # fmt: skip
FRONT, BACK = (f"https://bilder.kramladen.example/neu-{side}.jpg" for side in ("vorn", "hinten"))
PAUSE = 60.0


def tells_products(stand: Stand) -> None:
    if not any(push.noun == "product" for push in stand.connector.pushes):
        pytest.skip(f"{stand.connector.title} is told no products as they are")


def piece(number: str, **differing: Any) -> ProductVariant:
    """What is sold of a product: by default with everything that every shop wants to know."""
    content = {
        "weight_grams": Decimal(750),
        "length_mm": Decimal(300),
        "width_mm": Decimal(200),
        "height_mm": Decimal(15),
        "customs_number": "44190090",
        "origin": "DE",
        "counted": True,
    } | differing.pop("content", {})
    facts = {
        "article_id": uuid5(NAMESPACE_URL, number),
        "number": number,
        "ean": None,
        "price": Money(amount=Decimal("29.90"), currency="EUR"),
        "tax": "standard",
        "tax_rate": Decimal(19),
        "content": ArticleContent.model_validate(content),
    }
    return ProductVariant.model_validate(facts | differing)


def product(number: str = "NP-1", **differing: Any) -> ProductPush:
    """A new product of one piece, all of it told. `content` are further facts about it."""
    content = {
        "description": "<p>Ein Brett aus einem Stück.</p>",
        "short_description": "Aus einem Stück.",
        "manufacturer": "Holzwerk",
        "manufacturer_number": "HW-77",
        "unit": "Stück",
        "minimum_order": Decimal(2),
        "delivery_time": "2-3 Tage",
        "sell_off": True,
        "categories": ("Küche > Bretter",),
        "tags": ("Eiche", "Handarbeit"),
        "media": (FRONT, BACK),
        "media_texts": {FRONT: MediaText(title="Brett", description="Das Brett von vorn")},
        "meta_title": "Frühstücksbrett kaufen",
        "meta_description": "Frühstücksbretter aus Eiche.",
        "meta_keywords": "brett, eiche",
        "related": ("KR-1001",),
        "texts": {
            "en": ArticleText(title="Breakfast board", description="<p>Of one piece.</p>"),
            "fr": ArticleText(title="Planche", description="<p>D'une pièce.</p>"),
        },
    } | differing.pop("content", {})
    facts = {
        "product_id": uuid5(NAMESPACE_URL, f"product:{number}"),
        "version": 1,
        "number": number,
        "title": "Frühstücksbrett",
        "content": ArticleContent.model_validate(content),
        "variants": (piece(number),),
        "parts": ALL,
    }
    return ProductPush.model_validate(facts | differing)


def family(number: str = "NP-8", colours: tuple[str, ...] = ("Rot", "Blau"), **differing: Any) -> ProductPush:
    """A new product with a variant per colour, each in its own number: NP-8-1, NP-8-2, …"""
    variants = tuple(
        piece(f"{number}-{place}", title=f"Frühstücksbrett {colour}", content={"options": {"Farbe": colour}})
        for place, colour in enumerate(colours, 1)
    )
    return product(number, **{"variants": variants} | differing)


def attribute(name: str, value: str, target: str) -> ProductAttribute:
    return ProductAttribute(name=name, value=value, target=target)


def changed(told: ProductPush, **differing: Any) -> ProductPush:
    """The next version of a product. `content` are facts about it that differ."""
    content = differing.pop("content", None)
    if content is not None:
        differing["content"] = told.content.model_copy(update=content)
    return told.model_copy(update={"version": told.version + 1} | differing)


async def tell(stand: Stand, told: ProductPush) -> PushResult:
    """What the kit does with one product until it is known what became of it: send, ask again when in doubt or where
    the shop judges later, send again."""
    push, one, asks = stand.push("product"), command(told), False
    for _ in range(20):
        try:
            result = (await (push.verify if asks else push.send)(stand.client, [one]))[0]
        except Unknown:
            asks = True
            continue
        except Transient as error:
            await stand.sleep(error.retry_after.total_seconds() if error.retry_after else PAUSE)
            continue
        if result is None:
            asks = False
        elif result.outcome == "waiting":
            one, asks = replace(one, ticket=result.external_id), True
            await stand.sleep(PAUSE)
        elif result.outcome == "retrying":
            asks = False
            await stand.sleep(PAUSE)
        else:
            return result
    raise AssertionError("The product never came to an end")


def shelf(stand: Stand) -> list[ShownProduct]:
    """Everything the shop lists."""
    return list(stand.shop.products())


def of_number(stand: Stand, *numbers: str) -> list[ShownProduct]:
    """The products that sell any of these numbers."""
    return [one for one in shelf(stand) if any(each.sku in numbers for each in one.pieces)]


def shown(stand: Stand, number: str) -> ShownProduct:
    """The one product that sells this number."""
    (found,) = of_number(stand, number)
    return found


def shown_piece(stand: Stand, number: str) -> ShownPiece:
    (found,) = [each for each in shown(stand, number).pieces if each.sku == number]
    return found
