"""What `productSet` makes of options and variants: all that it is given, and nothing that it is not."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from services.sandbox.shopify import metafields
from services.sandbox.shopify.backend import Backend, user_error

Record = dict[str, Any]
MOST_OPTIONS, MOST_VARIANTS = 3, 2048
ALONE = [{"name": "Title", "values": ["Default Title"]}]


def problem(backend: Backend, product: Record, given: Record) -> Record | None:
    """The first thing that is wrong with the options and variants of an input."""
    if ("variants" in given) != ("productOptions" in given):
        if "variants" in given:
            words = "Product options input is required when updating variants"
            return user_error(words, "input", code="PRODUCT_OPTIONS_INPUT_MISSING")
        return user_error("Variants input is required when updating options", "input", code="VARIANTS_INPUT_MISSING")
    if "variants" not in given:
        return None
    return _options(given["productOptions"]) or _variants(backend, product, given)


def _options(options: list[Record]) -> Record | None:
    where = ("input", "productOptions")
    if len(options) > MOST_OPTIONS:
        return user_error(f"Can only specify a maximum of {MOST_OPTIONS} options", *where, code="OPTIONS_OVER_LIMIT")
    names = [option.get("name") or "" for option in options]
    if len(set(names)) < len(names):
        return user_error("Option names must be unique", *where, code="DUPLICATED_OPTION_NAME")
    for place, option in enumerate(options):
        values = [value.get("name") or "" for value in option.get("values") or ()]
        if not option.get("name") or not values or not all(values):
            words = "Each option must have at least one option value specified"
            return user_error(words, *where, str(place), code="OPTION_VALUES_MISSING")
        if len({value.lower() for value in values}) < len(values):
            words = "Option values must be unique"
            return user_error(words, *where, str(place), code="DUPLICATED_OPTION_VALUE")
    return None


def _variants(backend: Backend, product: Record, given: Record) -> Record | None:
    if not given["variants"] or len(given["variants"]) > MOST_VARIANTS:
        words = f"A product has between 1 and {MOST_VARIANTS} variants"
        return user_error(words, "input", "variants", code="VARIANTS_OVER_LIMIT")
    known = {variant["id"]: variant for variant in product["variants"]}
    options = {option["name"]: [value["name"] for value in option["values"]] for option in given["productOptions"]}
    seen: set[tuple[str, ...]] = set()
    for place, entry in enumerate(given["variants"]):
        where = ("input", "variants", str(place))
        if entry.get("id") is not None and entry["id"] not in known:
            words = "Product variant does not exist"
            return user_error(words, *where, "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST")
        chosen = {value.get("optionName") or "": value.get("name") or "" for value in entry["optionValues"]}
        for name, value in chosen.items():
            if name not in options:
                words = f"Option '{name}' does not exist"
                return user_error(words, *where, "optionValues", code="OPTION_DOES_NOT_EXIST")
            if value not in options[name]:
                words = f"Option value '{value}' does not exist"
                return user_error(words, *where, "optionValues", code="OPTION_VALUE_DOES_NOT_EXIST")
        if set(chosen) != set(options):
            words = "You need to add option values for " + ", ".join(sorted(set(options) - set(chosen)))
            return user_error(words, *where, "optionValues", code="INVALID_VARIANT")
        choice = tuple(chosen[name] for name in options)
        if choice in seen:
            words = f"The variant '{' / '.join(choice)}' already exists. Please change at least one option value."
            return user_error(words, *where, code="INVALID_VARIANT")
        seen.add(choice)
        if entry.get("file") and not _has_file(given, entry["file"]):
            words = "The variant's file must be one of the product's files"
            return user_error(words, *where, "file", code="INVALID_INPUT")
        if wrong := _facts(backend, known.get(entry.get("id") or ""), entry):
            return user_error(wrong[1], *where, *wrong[0], code=wrong[2])
    return None


def _has_file(given: Record, file: Record) -> bool:
    """Whether the input names a file for the product as well, the same way."""
    name = "id" if file.get("id") else "originalSource"
    return any(one.get(name) == file.get(name) for one in given.get("files") or ())


def _facts(backend: Backend, variant: Record | None, entry: Record) -> tuple[tuple[str, ...], str, str] | None:
    for name in ("price", "compareAtPrice"):
        try:
            if entry.get(name) is not None and Decimal(str(entry[name])) < 0:
                return (name,), "Price must be greater than or equal to 0", "INVALID_VARIANT"
        except InvalidOperation:
            return (name,), "Price is not a number", "INVALID_VARIANT"
    for name in ("sku", "barcode"):
        if len(entry.get(name) or "") > 255:
            return (name,), f"{name} is too long (maximum is 255 characters)", "INVALID_VARIANT"
    code = (entry.get("inventoryItem") or {}).get("harmonizedSystemCode")
    if code and not re.fullmatch(r"\d{6,13}", code):
        words = "Harmonized system code must be a number between 6 and 13 digits"
        return ("inventoryItem", "harmonizedSystemCode"), words, "INVALID_VARIANT"
    owner = variant or {"__typename": "ProductVariant", "metafields": []}
    for place, row in enumerate(entry.get("metafields") or ()):
        if wrong := metafields.problem(backend.definitions, owner, row):
            return ("metafields", str(place), wrong[0]), wrong[1], "INVALID_METAFIELD"
    return None


def apply(backend: Backend, product: Record, given: Record) -> None:
    """The input was found to be right. What it does not name is gone."""
    options = given["productOptions"]
    kept: list[Record] = []
    known = {variant["id"]: variant for variant in product["variants"]}
    for place, entry in enumerate(given["variants"], 1):
        variant = known.get(entry.get("id") or "") or backend.catalogue.blank(product)
        chosen = {value["optionName"]: value["name"] for value in entry["optionValues"]}
        _write(backend, product, variant, entry)
        variant["selectedOptions"] = backend.catalogue.selected([(one["name"], chosen[one["name"]]) for one in options])
        alone = [value["name"] for value in variant["selectedOptions"]] == ["Title"]
        title = " / ".join(value["value"] for value in variant["selectedOptions"])
        variant |= {"title": title, "position": place, "updatedAt": backend.now}
        variant["displayName"] = product["title"] + ("" if alone else f" - {title}")
        kept.append(variant)
    for variant in product["variants"]:
        if variant not in kept:
            backend.catalogue.drop(variant)
    product["variants"] = kept
    product["options"] = backend.catalogue.options([one["name"] for one in options], kept)
    product["hasOnlyDefaultVariant"] = [one["name"] for one in options] == ["Title"]
    backend.catalogue.numbered()


def _write(backend: Backend, product: Record, variant: Record, entry: Record) -> None:
    item, about = variant["inventoryItem"], entry.get("inventoryItem") or {}
    for name in ("price", "compareAtPrice"):
        if name in entry and not (name == "price" and entry[name] is None):
            variant[name] = None if entry[name] is None else f"{Decimal(str(entry[name])):.2f}"
    for name in ("barcode", "inventoryPolicy", "taxable"):
        if name in entry:
            variant[name] = entry[name]
    for sku in (about.get("sku"), entry.get("sku")):
        if sku is not None:
            variant["sku"] = item["sku"] = sku
    for name in ("tracked", "harmonizedSystemCode", "countryCodeOfOrigin", "requiresShipping"):
        if name in about:
            item[name] = about[name]
    if weight := (about.get("measurement") or {}).get("weight"):
        item["measurement"] = item["measurement"] | {"weight": dict(weight)}
    item["updatedAt"] = backend.now
    if file := entry.get("file"):
        name, key = ("id", "id") if file.get("id") else ("originalSource", "_source")
        variant["media"] = [one for one in product["media"] if one[key] == file[name]][-1:]
    if "metafields" in entry:
        variant["metafields"] = [row for row in variant["metafields"] if _named(row, entry["metafields"])]
        for row in entry["metafields"]:
            metafields.keep(backend.numbers, backend.definitions, variant, row, backend.now)


def _named(row: Record, given: list[Record]) -> bool:
    return any((row["namespace"], row["key"]) == (one.get("namespace"), one.get("key")) for one in given)
