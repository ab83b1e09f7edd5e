"""`productSet`: makes a product, or makes it what the input says. Lists are replaced, other fields only if given."""

import re
from typing import Any

from services.sandbox.shopify import media, metafields, variant_set
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.records import category

Record = dict[str, Any]
PLAIN = ("title", "descriptionHtml", "vendor", "productType", "status")


def product_set(backend: Backend, call: Call) -> Record:
    given, identifier = call.args["input"], call.args.get("identifier") or {}
    product, error = _meant(backend, identifier, given)
    if error is None:
        error = _problem(backend, product, given)
    if error is not None:
        return {"product": None, "userErrors": [error]}
    new = product is None
    if product is None:
        product = backend.catalogue.started(_handle(backend, given))
    _write(backend, product, given)
    if "variants" in given or new:
        alone = {"productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
                 "variants": [{"optionValues": [{"optionName": "Title", "name": "Default Title"}]}]}  # fmt: skip
        variant_set.apply(backend, product, given if "variants" in given else alone)
    if new:
        backend.catalogue.place(product)
    product["updatedAt"] = backend.now
    backend.subscriptions.publish("products/create" if new else "products/update", product)
    return {"product": product, "userErrors": []}


def _meant(backend: Backend, identifier: Record, given: Record) -> tuple[Record | None, Record | None]:
    """The product that is to be changed, or what is wrong with the way it is named; neither for a new one."""
    if "id" in identifier:
        found = backend.catalogue.find(identifier["id"])
        if found is None or found["__typename"] != "Product":
            return None, user_error("Product does not exist", "identifier", "id", code="PRODUCT_DOES_NOT_EXIST")
        return found, None
    if "handle" in identifier:
        if not given.get("handle"):
            words = "The input field corresponding to the identifier is required."
            return None, user_error(words, "input", "handle", code="MISSING_FIELD_REQUIRED")
        if given["handle"] != identifier["handle"]:
            words = "The identifier value does not match the value of the corresponding field in the input."
            return None, user_error(words, "input", "handle", code="INPUT_MISMATCH")
        return backend.catalogue.by_handle(identifier["handle"]), None
    return None, None


def _problem(backend: Backend, product: Record | None, given: Record) -> Record | None:
    known = product or {"__typename": "Product", "variants": [], "metafields": [], "media": [], "title": ""}
    if not str(given.get("title", known["title"]) or "").strip():
        return user_error("Title can't be blank", "input", "title", code="INVALID_PRODUCT")
    if len(given.get("title") or "") > 255:
        return user_error("Title is too long (maximum is 255 characters)", "input", "title", code="INVALID_PRODUCT")
    other = backend.catalogue.by_handle(given["handle"]) if given.get("handle") else None
    if other is not None and other is not product:
        words = f"Handle '{given['handle']}' already in use. Please provide a new handle."
        return user_error(words, "input", "handle", code="HANDLE_NOT_UNIQUE")
    if len(given.get("tags") or ()) > 250 or any(len(tag) > 255 for tag in given.get("tags") or ()):
        return user_error("Product tags are too many or too long", "input", "tags", code="INVALID_PRODUCT")
    if given.get("category") and category(given["category"]) is None:
        words = "The specified category is not a valid taxonomy category."
        return user_error(words, "input", "category", code="INVALID_PRODUCT")
    for place, row in enumerate(given.get("metafields") or ()):
        if wrong := metafields.problem(backend.definitions, known, row):
            return user_error(wrong[1], "input", "metafields", str(place), wrong[0], code="INVALID_METAFIELD")
    files = {one["id"] for one in known["media"]}
    for place, row in enumerate(given.get("files") or ()):
        where = ("input", "files", str(place))
        if row.get("id") is not None:
            if row["id"] not in files:
                return user_error("File id does not exist", *where, "id", code="INVALID_INPUT")
        elif not re.match(r"https?://\S+$", row.get("originalSource") or ""):
            return user_error("Image URL is invalid", *where, "originalSource", code="INVALID_INPUT")
    return variant_set.problem(backend, known, given)


def _write(backend: Backend, product: Record, given: Record) -> None:
    product |= {name: given[name] for name in PLAIN if given.get(name) is not None}
    if given.get("handle"):
        product["handle"] = given["handle"]
    if "seo" in given:
        product["seo"] = product["seo"] | {name: value or None for name, value in (given["seo"] or {}).items()}
    if given.get("tags") is not None:
        product["tags"] = sorted({tag.strip() for tag in given["tags"] if tag.strip()})
    if "category" in given:
        product["category"] = category(given["category"]) if given["category"] else None
    if given.get("files") is not None:
        product["media"] = [_file(backend, product, row) for row in given["files"]]
        for variant in product["variants"]:
            variant["media"] = [one for one in variant["media"] if one in product["media"]]
    if given.get("metafields") is not None:
        named = {(row.get("namespace"), row.get("key")) for row in given["metafields"]}
        product["metafields"] = [row for row in product["metafields"] if (row["namespace"], row["key"]) in named]
        for row in given["metafields"]:
            metafields.keep(backend.numbers, backend.definitions, product, row, backend.now)
    for variant in product["variants"]:
        alone = product["hasOnlyDefaultVariant"]
        variant["displayName"] = product["title"] + ("" if alone else f" - {variant['title']}")


def _file(backend: Backend, product: Record, row: Record) -> Record:
    if row.get("id") is None:
        return media.fetched(backend.numbers, row, backend.clock)
    found: Record = next(one for one in product["media"] if one["id"] == row["id"])
    if row.get("alt") is not None:
        found["alt"] = row["alt"]
    return found


def _handle(backend: Backend, given: Record) -> str:
    """The one asked for, or one made of the title, with a number where that is taken."""
    if given.get("handle"):
        return str(given["handle"])
    plain = re.sub(r"[^a-z0-9]+", "-", given["title"].lower()).strip("-") or "product"
    handle, count = plain, 0
    while backend.catalogue.by_handle(handle) is not None:
        count += 1
        handle = f"{plain}-{count}"
    return handle


def delete(backend: Backend, call: Call) -> Record:
    product = backend.catalogue.find(call.args["input"]["id"])
    if product is None or product["__typename"] != "Product":
        return {"deletedProductId": None, "userErrors": [user_error("Product does not exist", "id")]}
    backend.catalogue.remove(product)
    backend.subscriptions.publish("products/delete", product)
    return {"deletedProductId": product["id"], "userErrors": []}


def metafields_set(backend: Backend, call: Call) -> Record:
    """All of them or none."""
    given = call.args["metafields"]
    errors, owners = [], []
    if len(given) > metafields.MOST_AT_ONCE:
        words = f"Exceeded the maximum metafields input limit of {metafields.MOST_AT_ONCE}."
        errors = [user_error(words, "metafields", code="LESS_THAN_OR_EQUAL_TO", elementIndex=None)]
    for place, row in enumerate(given):
        owner = backend.catalogue.find(row["ownerId"])
        if owner is None or "metafields" not in owner:
            errors.append(_wrong(place, "ownerId", "Owner does not exist.", "INVALID"))
        elif wrong := metafields.problem(backend.definitions, owner, row):
            errors.append(_wrong(place, *wrong, "INVALID_VALUE" if wrong[0] == "value" else "INVALID_TYPE"))
        owners.append(owner)
    if errors:
        return {"metafields": None, "userErrors": errors}
    kept = [
        metafields.keep(backend.numbers, backend.definitions, owner, row, backend.now)
        for owner, row in zip(owners, given, strict=True)
        if owner is not None
    ]
    return {"metafields": kept, "userErrors": []}


def _wrong(place: int, name: str, message: str, code: str) -> Record:
    return user_error(message, "metafields", str(place), name, code=code, elementIndex=place)
