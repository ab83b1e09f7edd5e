"""Which values the shop takes: the fields of a product and of what hangs on it, and definitions of custom fields.

Values are judged before anything is written; a refusal names the value by its place in the request.
"""

from collections.abc import Mapping
from typing import Any

from services.sandbox.shopware6.criteria import HEX_ID
from services.sandbox.shopware6.errors import blank, out_of_range, too_long, wrong_type
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, DEFAULT_LANGUAGE

Problems = list[dict[str, Any]]

TEXT, NUMBER = (str,), (int, float)
KINDS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "product": {
        "productNumber": TEXT, "ean": TEXT, "manufacturerNumber": TEXT, "releaseDate": TEXT, "active": (bool,),
        "isCloseout": (bool,), "stock": (int,), "minPurchase": (int,), "maxPurchase": (int,), "purchaseSteps": (int,),
        "restockTime": (int,), "weight": NUMBER, "width": NUMBER, "height": NUMBER, "length": NUMBER,
        "purchaseUnit": NUMBER, "referenceUnit": NUMBER, "name": TEXT, "description": TEXT, "keywords": TEXT,
        "metaTitle": TEXT, "metaDescription": TEXT, "packUnit": TEXT, "packUnitPlural": TEXT, "customFields": (dict,),
        "manufacturerId": TEXT, "unitId": TEXT, "taxId": TEXT, "deliveryTimeId": TEXT, "coverId": TEXT,
        "cmsPageId": TEXT, "variantListingConfig": (dict,),
    },
    "product_manufacturer": {"name": TEXT},
    "unit": {"name": TEXT, "shortCode": TEXT},
    "tag": {"name": TEXT},
    "category": {"name": TEXT, "parentId": TEXT, "active": (bool,)},
    "property_group": {
        "name": TEXT, "displayType": TEXT, "sortingType": TEXT, "filterable": (bool,), "position": (int,),
    },
    "property_group_option": {"name": TEXT, "groupId": TEXT, "position": (int,)},
    "media": {"title": TEXT, "alt": TEXT, "mediaFolderId": TEXT},
    "product_media": {"mediaId": TEXT, "position": (int,)},
    "product_visibility": {"salesChannelId": TEXT, "visibility": (int,)},
    "product_configurator_setting": {"optionId": TEXT, "position": (int,)},
    "product_cross_selling": {"name": TEXT, "type": TEXT, "active": (bool,), "position": (int,)},
    "product_cross_selling_assigned_products": {"productId": TEXT, "position": (int,)},
    "product_price": {"productId": TEXT, "ruleId": TEXT, "quantityStart": (int,), "quantityEnd": (int,)},
}  # fmt: skip
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "product": ("taxId", "price", "productNumber", "stock", "name"),
    "product_manufacturer": ("name",), "unit": ("shortCode", "name"), "tag": ("name",), "category": ("name",),
    "property_group": ("name",), "property_group_option": ("groupId", "name"), "product_media": ("mediaId",),
    "product_visibility": ("salesChannelId", "visibility"), "product_configurator_setting": ("optionId",),
    "product_cross_selling": ("name", "type"), "product_cross_selling_assigned_products": ("productId",),
    "product_price": ("productId", "ruleId", "price", "quantityStart"),
}  # fmt: skip
OF_THE_PARENT = ("taxId", "price", "name")
"""What a variant need not have."""
LONGEST = {
    "name": 255, "productNumber": 64, "ean": 255, "manufacturerNumber": 255, "metaTitle": 255, "metaDescription": 255,
    "packUnit": 255, "packUnitPlural": 255, "title": 255, "alt": 255,
}  # fmt: skip
AT_LEAST_ONE = ("minPurchase", "purchaseSteps")
READ_ONLY = ("availableStock", "sales", "childCount")
TRANSLATED = (
    "name",
    "description",
    "keywords",
    "metaTitle",
    "metaDescription",
    "packUnit",
    "packUnitPlural",
    "title",
    "alt",
)
CUSTOM_KINDS: Mapping[str, tuple[type, ...]] = {
    "int": (int,), "float": NUMBER, "bool": (bool,), "datetime": TEXT, "text": TEXT, "html": TEXT,
}  # fmt: skip
"""The shop checks these; what else it has (choices, files) it stores as it comes."""


def judged(store: Store, entity: str, pointer: str, row: Mapping[str, Any], *, new: bool) -> Problems:
    """What is wrong with the values of one row."""
    wrong: Problems = []
    if not HEX_ID.fullmatch(str(row.get("id", "0" * 32))):
        wrong.append(wrong_type(f"{pointer}/id", "uuid"))
    if new:
        inherits = OF_THE_PARENT if entity == "product" and row.get("parentId") else ()
        for name in REQUIRED.get(entity, ()):
            if name not in inherits and row.get(name) in (None, ""):
                at = f"translations/{DEFAULT_LANGUAGE}/{name}" if name in TRANSLATED else name
                wrong.append(blank(f"{pointer}/{at}"))
    wrong += _kinds(entity, pointer, row)
    for language, words in (row.get("translations") or {}).items():
        wrong += _kinds(entity, f"{pointer}/translations/{language}", words)
        wrong += custom(store, f"{pointer}/translations/{language}/customFields", words.get("customFields") or {})
    wrong += custom(store, f"{pointer}/customFields", row.get("customFields") or {})
    if entity == "product":
        wrong += [wrong_type(f"{pointer}/{name}", "read-only") for name in READ_ONLY if name in row]
    if entity in ("product", "product_price") and row.get("price") is not None:
        wrong += prices(f"{pointer}/price", row["price"])
    if entity == "product_visibility" and row.get("visibility") not in (None, 10, 20, 30):
        wrong.append(out_of_range(f"{pointer}/visibility"))
    return wrong


def _kinds(entity: str, pointer: str, row: Mapping[str, Any]) -> Problems:
    wrong: Problems = []
    for name, kinds in KINDS.get(entity, {}).items():
        value = row.get(name)
        if value is None:
            continue
        if not of_kind(value, kinds):
            wrong.append(wrong_type(f"{pointer}/{name}", kinds[0].__name__))
        elif name in LONGEST and len(value) > LONGEST[name]:
            wrong.append(too_long(f"{pointer}/{name}", LONGEST[name]))
        elif name in AT_LEAST_ONE and value < 1:
            wrong.append(out_of_range(f"{pointer}/{name}"))
    return wrong


def of_kind(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def custom(store: Store, pointer: str, given: Mapping[str, Any]) -> Problems:
    """Values of custom fields that are defined as something else. A name that is not defined is stored as it comes."""
    kinds = {row["name"]: row["type"] for row in store.library.all("custom_field").values() if row["active"]}
    return [
        wrong_type(f"{pointer}/{name}", kinds[name])
        for name, value in given.items()
        if value is not None and kinds.get(name) in CUSTOM_KINDS and not of_kind(value, CUSTOM_KINDS[kinds[name]])
    ]


def prices(pointer: str, price: Any) -> Problems:
    """A list of prices, one of them in the default currency, each with numbers and the switch that links them."""
    if not isinstance(price, list):
        return [wrong_type(pointer, "array")]
    wrong = []
    for one in price:
        wrong += [
            wrong_type(f"{pointer}/{name}", "number") for name in ("gross", "net") if not of_kind(one.get(name), NUMBER)
        ]
        if not isinstance(one.get("linked"), bool):
            wrong.append(wrong_type(f"{pointer}/linked", "bool"))
    if all(one.get("currencyId") != DEFAULT_CURRENCY for one in price):
        wrong.append(blank(pointer) | {"detail": "No price for default currency defined"})
    return wrong
