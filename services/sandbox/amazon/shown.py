"""What a listing shows of its product: attributes in each marketplace, and the family that a variation belongs to."""

from typing import Any

from services.sandbox.amazon.markets import Market
from services.sandbox.merchant import Product, Variant

LANGUAGES = {"DE": "de_DE", "FR": "fr_FR", "IT": "it_IT", "ES": "es_ES", "GB": "en_GB"}
THEME = {"Farbe": "color", "Größe": "size"}
PARENT_SUFFIX = "-PARENT"
Attributes = dict[str, list[dict[str, Any]]]


def attributes(product: Product, variant: Variant | None, markets: tuple[Market, ...]) -> Attributes:
    """As the seller has told them, one value for each marketplace. A parent has texts only."""
    texts = {"product_description": product.description, "brand": product.vendor}
    if variant is not None:
        texts |= {THEME.get(name, name.lower()): value for name, value in variant.options}
    found: Attributes = {
        name: [{"language_tag": _language(one), "value": text, "marketplace_id": one.id} for one in markets]
        for name, text in texts.items()
    }
    found["bullet_point"] = [
        {"language_tag": _language(one), "value": text, "marketplace_id": one.id}
        for one in markets
        for text in ("Aus dem Kramladen", f"{product.title} fürs Haus")
    ]
    locators = ("main_product_image_locator", "other_product_image_locator_1")
    for name, url in zip(locators, product.images, strict=True):
        found[name] = [{"media_location": url, "marketplace_id": one.id} for one in markets]
    if variant is not None:
        found["item_weight"] = [{"unit": "kilograms", "value": 0.5, "marketplace_id": one.id} for one in markets]
        if variant.ean:
            found["externally_assigned_product_identifier"] = [
                {"type": "ean", "value": variant.ean, "marketplace_id": one.id} for one in markets
            ]
    return found


def relationships(
    family: tuple[str, ...], parent: str, theme: tuple[str, ...], sku: str, markets: tuple[Market, ...]
) -> list[dict[str, Any]]:
    """The parent names its children, a child its parent; a SKU of no family names nobody."""
    if not parent:
        return [{"marketplaceId": one.id, "relationships": []} for one in markets]
    names = [THEME.get(one, one.lower()) for one in theme]
    others = {"childSkus": list(family)} if sku == parent else {"parentSkus": [parent]}
    told = {"type": "VARIATION", "variationTheme": {"attributes": names, "theme": "/".join(names).upper()}} | others
    return [{"marketplaceId": one.id, "relationships": [told]} for one in markets]


def _language(market: Market) -> str:
    return LANGUAGES.get(market.country, "en_GB")
