"""Where a product is shown, and in which languages: publications and translations."""

from typing import Any

from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.wording import content, digest

Record = dict[str, Any]
LOCALES = (("de", "German", True), ("en", "English", False), ("fr", "French", False))
MOST_TRANSLATIONS = 100


def locales(_backend: Backend, _call: Call) -> list[Record]:
    return [{"locale": word, "name": name, "primary": primary, "published": True} for word, name, primary in LOCALES]


def publish(backend: Backend, call: Call) -> Record:
    product = backend.catalogue.find(call.args["id"])
    shop = {"id": "gid://shopify/Shop/1", "name": backend.name}
    if product is None or product["__typename"] != "Product":
        return {"shop": shop, "userErrors": [user_error("Resource does not exist", "id")]}
    known = {one["id"]: one for one in backend.catalogue.publications}
    for place, row in enumerate(call.args["input"]):
        if row.get("publicationId") not in known:
            error = user_error("Publication does not exist or is not publishable", "input", str(place), "publicationId")
            return {"shop": shop, "userErrors": [error]}
    for row in call.args["input"]:
        if row["publicationId"] not in product["_published"]:
            product["_published"][row["publicationId"]] = backend.now
            product["publishedAt"] = product["publishedAt"] or backend.now
            product["updatedAt"] = backend.now
    return {"shop": shop, "userErrors": []}


def resource(backend: Backend, call: Call) -> Record | None:
    product = backend.catalogue.find(call.args["resourceId"])
    if product is None or product["__typename"] != "Product":
        return None
    return {"resourceId": product["id"], "_product": product}


def register(backend: Backend, call: Call) -> Record:
    """All of them or none."""
    product = backend.catalogue.find(call.args["resourceId"])
    if product is None or product["__typename"] != "Product":
        return _refused(user_error("Resource does not exist", "resourceId", code="RESOURCE_NOT_FOUND"))
    given = call.args["translations"]
    if len(given) > MOST_TRANSLATIONS:
        words = f"Too many translation keys for the resource, the maximum is {MOST_TRANSLATIONS}"
        return _refused(user_error(words, "translations", code="TOO_MANY_KEYS_FOR_RESOURCE"))
    now = content(product)
    for place, row in enumerate(given):
        where = ("translations", str(place))
        if row["locale"] not in {word for word, _, primary in LOCALES if not primary}:
            words = "Locale is not a valid locale for the shop"
            return _refused(user_error(words, *where, "locale", code="INVALID_LOCALE_FOR_SHOP"))
        if row["key"] not in now:
            words = f"Key {row['key']} is not a valid translatable field"
            return _refused(user_error(words, *where, "key", code="INVALID_KEY_FOR_MODEL"))
        if row["translatableContentDigest"] != digest(now[row["key"]]):
            words = "Translatable content hash is invalid"
            error = user_error(words, *where, "translatableContentDigest", code="INVALID_TRANSLATABLE_CONTENT")
            return _refused(error)
        if not row["value"].strip():
            return _refused(user_error("Value can't be blank", *where, "value", code="BLANK"))
    for row in given:
        kept = {"value": row["value"], "digest": row["translatableContentDigest"], "at": backend.now}
        product["_translations"][row["locale"], row["key"]] = kept
    made = [
        {"key": row["key"], "locale": row["locale"], "value": row["value"], "outdated": False, "updatedAt": backend.now}
        for row in given
    ]
    return {"translations": made, "userErrors": []}


def _refused(error: Record) -> Record:
    return {"translations": None, "userErrors": [error]}
