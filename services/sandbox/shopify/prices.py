"""`productVariantsBulkUpdate`: prices and a few other facts of one product's variants."""

from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError

from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call

Record = dict[str, Any]
MOST_VARIANTS = 250


def update(backend: Backend, call: Call) -> Record:
    """All variants or none, unless partial updates are allowed."""
    given = call.args["variants"]
    if len(given) > MOST_VARIANTS:
        raise GraphQLError(
            f"The input array size of {len(given)} is greater than the maximum allowed of {MOST_VARIANTS}.",
            extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
        )
    product = backend.catalogue.find(call.args["productId"])
    if product is None or product["__typename"] != "Product":
        return _answer(None, [], [user_error("Product does not exist", "productId", code="PRODUCT_DOES_NOT_EXIST")])
    variants = {variant["id"]: variant for variant in product["variants"]}
    accepted, errors = [], []
    for place, entry in enumerate(given):
        problem = _problem(entry, variants)
        if problem:
            code, name, message = problem
            errors.append(user_error(message, "variants", str(place), name, code=code))
        else:
            accepted.append(entry)
    if errors and not call.args["allowPartialUpdates"]:
        return _answer(product, [], errors)
    changed = [_apply(variants[entry["id"]], entry, backend.now) for entry in accepted]
    if changed:
        product["updatedAt"] = backend.now
        backend.subscriptions.publish("products/update", product)
    return _answer(product, changed, errors)


def _problem(entry: Record, variants: dict[str, Record]) -> tuple[str, str, str] | None:
    if entry.get("id") is None:
        return "PRODUCT_VARIANT_ID_MISSING", "id", "Product variant is missing ID attribute"
    if entry["id"] not in variants:
        return "PRODUCT_VARIANT_DOES_NOT_EXIST", "id", "Product variant does not exist"
    for name in ("price", "compareAtPrice"):
        try:
            if entry.get(name) is not None and Decimal(str(entry[name])) < 0:
                return "NEGATIVE_PRICE_VALUE", name, "Price must be greater than or equal to 0"
        except InvalidOperation:
            return "INVALID_VALUE", name, "Price is not a number"
    return None


def _apply(variant: Record, entry: Record, at: str) -> Record:
    for name in ("price", "compareAtPrice"):
        if name in entry and not (name == "price" and entry[name] is None):
            variant[name] = None if entry[name] is None else f"{Decimal(str(entry[name])):.2f}"
    for name in ("barcode", "inventoryPolicy", "taxable"):
        if entry.get(name) is not None:
            variant[name] = entry[name]
    variant["updatedAt"] = at
    return variant


def _answer(product: Record | None, variants: list[Record], errors: list[Record]) -> Record:
    return {"product": product, "productVariants": variants, "userErrors": errors}
