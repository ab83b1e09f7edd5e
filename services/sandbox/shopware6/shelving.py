"""Writing what was judged good: products with what hangs on them, what they refer to, and taking it away again."""

from collections.abc import Mapping
from typing import Any

from services.sandbox.shopware6.catalogue import TEXTS
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.values import DEFAULT_LANGUAGE

Row = dict[str, Any]

LINKS = {
    "categories": ("category", "product_category"), "tags": ("tag", "product_tag"),
    "properties": ("property_group_option", "product_property"), "options": ("property_group_option", "product_option"),
}  # fmt: skip
"""What products share, by the list that holds it: its entity, and the one of the link."""
HANGING: Mapping[str, Mapping[str, str]] = {
    "product": {
        "media": "product_media", "visibilities": "product_visibility", "crossSellings": "product_cross_selling",
        "configuratorSettings": "product_configurator_setting",
    },
    "product_cross_selling": {"assignedProducts": "product_cross_selling_assigned_products"},
}  # fmt: skip
"""What belongs to one product."""
REFERRED = {
    "taxId": ("tax", "tax"), "manufacturerId": ("manufacturer", "product_manufacturer"), "unitId": ("unit", "unit"),
    "deliveryTimeId": ("deliveryTime", "delivery_time"),
}  # fmt: skip
BESIDE = {
    "mediaId": ("media", "media"), "optionId": ("option", "property_group_option"),
    "salesChannelId": ("salesChannel", "sales_channel"), "productId": ("product", "product"),
    "groupId": ("group", "property_group"), "mediaFolderId": ("mediaFolder", "media_folder"),
}  # fmt: skip
REMOVABLE = {link: (name, f"{kind}Id") for name, (kind, link) in LINKS.items()} | {
    "product_category": ("categories", "categoryId"), "product_tag": ("tags", "tagId"),
    "product_option": ("options", "optionId"), "product_property": ("properties", "optionId"),
    "product_price": ("prices", "id"),
} | {below: (name, "id") for name, below in HANGING["product"].items()}  # fmt: skip
"""Where it lies at its product, and by which key it is named."""
NEW_MEDIA = {
    "url": "", "fileName": None, "fileExtension": None, "mimeType": None, "alt": None, "title": None, "hasFile": False,
    "mediaFolderId": None,
}  # fmt: skip


def write(store: Store, entity: str, given: Mapping[str, Any]) -> None:
    if entity == "product":
        product(store, given)
        return
    if entity == "product_price":
        _advanced(store, given)
        return
    fields = {name: value for name, value in given.items() if name not in ("id", "translations")}
    if entity == "media" and given["id"] not in store.known("media"):
        fields = NEW_MEDIA | fields
    store.library.put(entity, given["id"], **_embedded(store, fields))


def _advanced(store: Store, given: Mapping[str, Any]) -> None:
    """A price under a rule. A field that is not told stays."""
    held = store.catalogue.parts("product_price").get(given["id"])
    if held is None:
        held = {"quantityEnd": None, "customFields": None, "createdAt": store.now(), "updatedAt": None}
        store.catalogue.rows[given["productId"]]["prices"].append(held)
    else:
        held["updatedAt"] = store.now()
    held |= given


def product(store: Store, given: Mapping[str, Any]) -> None:
    """One product; its variants stand in `children`. Lists grow by what is told, and custom fields by their names."""
    rows = store.catalogue.rows
    parent = rows.get(given.get("parentId") or "")
    row = rows.get(given["id"]) or store.catalogue.new(given["id"], parent)
    for name, value in given.items():
        if name == "stock":
            store.catalogue.set_stock(row["id"], value)
        elif name == "customFields":
            row["customFields"] = {**(row["customFields"] or {}), **(value or {})} or None
        elif name in LINKS:
            _linked(store, row, name, value)
        elif name in HANGING["product"]:
            _hung(store, row, name, HANGING["product"][name], value)
        elif name in REFERRED:
            at, kind = REFERRED[name]
            row |= {name: value, at: store.library.all(kind).get(value or "")}
        elif name == "translations":
            _translated(store, row, value)
        elif name not in ("id", "parentId", "children"):
            row[name] = value
    row["translated"] = {name: row[name] for name in TEXTS if name != "customFields"} | {
        "customFields": row["customFields"] or []
    }
    row["updatedAt"] = store.now()
    for child in given.get("children") or ():
        product(store, {"parentId": row["id"], **child})


def _linked(store: Store, row: Row, name: str, value: list[Row]) -> None:
    kind = LINKS[name][0]
    held = {one["id"] for one in row[name]}
    row[name] = row[name] + [store.library.all(kind)[one["id"]] for one in value if one["id"] not in held]


def _hung(store: Store, row: Row, name: str, entity: str, value: list[Row]) -> None:
    held = {one["id"]: one for one in row[name]}
    for one in value:
        known = held.setdefault(one["id"], {"id": one["id"], "position": None})
        fields = {key: given for key, given in one.items() if key not in HANGING.get(entity, {})}
        known |= _embedded(store, fields) | {"productId": row["id"]}
        for below, kind in HANGING.get(entity, {}).items():
            known.setdefault(below, [])
            if below in one:
                _assigned(store, known, below, kind, one[below])
    row[name] = list(held.values())


def _assigned(store: Store, above: Row, name: str, entity: str, value: list[Row]) -> None:
    held = {one["id"]: one for one in above[name]}
    for one in value:
        held[one["id"]] = {"position": None, **held.get(one["id"], {}), **_embedded(store, one)}
    above[name] = list(held.values())


def _embedded(store: Store, fields: Mapping[str, Any]) -> Row:
    """With the rows that ids refer to beside them."""
    row = dict(fields)
    for name, (at, kind) in BESIDE.items():
        if fields.get(name) is not None:
            row[at] = store.known(kind)[fields[name]]
    return row


def _translated(store: Store, row: Row, value: Mapping[str, Row]) -> None:
    for language, words in value.items():
        if language == DEFAULT_LANGUAGE:
            row |= words
        held = store.translations.setdefault(row["id"], {}).setdefault(language, {})
        fields = {**held.get("customFields", {}), **words.get("customFields", {})}
        held |= words | ({"customFields": fields} if fields else {})


def remove(store: Store, entity: str, key: Mapping[str, Any]) -> bool:
    """Whether there was something to take away."""
    if entity == "product":
        return store.catalogue.delete(str(key["id"]))
    name, field = REMOVABLE[entity]
    for row in store.catalogue.rows.values():
        if field != "id" and row["id"] != key.get("productId"):
            continue
        left = [one for one in row[name] if one["id"] != key[field]]
        if len(left) < len(row[name]):
            row[name] = left
            if entity == "product_media" and row["coverId"] == key["id"]:
                row["coverId"] = None
            row["updatedAt"] = store.now()
            return True
    return False
