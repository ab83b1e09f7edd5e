"""Records as they begin: an empty product, a location, a category of the platform's tree."""

from typing import Any

from services.sandbox.shopify.identity import gid

Record = dict[str, Any]

CATEGORIES = {
    "hg-11": "Home & Garden > Kitchen & Dining",
    "hg-11-6": "Home & Garden > Kitchen & Dining > Kitchen Tools & Utensils",
    "fb": "Food, Beverages & Tobacco",
}
"""Some of the platform's own tree of categories."""


def category(identifier: str) -> Record | None:
    """A category of the platform's tree by its id, the short one or the global one."""
    word = identifier.rsplit("/", 1)[-1]
    name = CATEGORIES.get(word)
    identifier = f"gid://shopify/TaxonomyCategory/{word}"
    return {"__typename": "TaxonomyCategory", "id": identifier, "fullName": name} if name else None


def product(number: int, now: str, handle: str, publications: list[Record]) -> Record:
    """An empty product, which is not listed yet."""
    return {
        "__typename": "Product",
        "id": gid("Product", number),
        "legacyResourceId": str(number),
        "title": "",
        "handle": handle,
        "vendor": "",
        "descriptionHtml": "",
        "category": None,
        "media": [],
        "metafields": [],
        "seo": {"title": None, "description": None},
        "productType": "",
        "status": "ACTIVE",
        "tags": [],
        "isGiftCard": False,
        "hasOnlyDefaultVariant": True,
        "tracksInventory": True,
        "createdAt": now,
        "publishedAt": None,
        "updatedAt": now,
        "variants": [],
        "options": [],
        "_published": {},
        "_publications": {one["id"]: one for one in publications},
        "_translations": {},
    }


def place(number: int, now: str, name: str, street: str, postcode: str, *, online: bool) -> Record:
    address = {"address1": street, "address2": None, "zip": postcode, "city": "Berlin"}
    return {
        "__typename": "Location",
        "id": gid("Location", number),
        "legacyResourceId": str(number),
        "name": name,
        "isActive": True,
        "fulfillsOnlineOrders": online,
        "shipsInventory": online,
        "hasActiveInventory": True,
        "isFulfillmentService": False,
        "createdAt": now,
        "updatedAt": now,
        "address": address | {"country": "Germany", "countryCode": "DE"},
    }
