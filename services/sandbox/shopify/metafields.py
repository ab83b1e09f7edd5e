"""Metafields: their definitions, what a value of a type must look like, and where they are kept."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from services.sandbox.shopify.identity import Numbers

Record = dict[str, Any]
MOST_AT_ONCE = 25

DEFINED: tuple[tuple[str, str, str, str], ...] = (
    ("PRODUCT", "custom.material", "Material", "single_line_text_field"),
    ("PRODUCT", "custom.herkunft", "Herkunft", "single_line_text_field"),
    ("PRODUCT", "custom.teile", "Teile", "number_integer"),
    ("PRODUCT", "custom.volumen", "Füllmenge", "number_decimal"),
    ("PRODUCT", "custom.spuelmaschine", "Spülmaschinenfest", "boolean"),
    ("PRODUCT", "custom.erschienen", "Erschienen am", "date"),
    ("PRODUCT", "custom.farben", "Farben", "list.single_line_text_field"),
    ("PRODUCT", "custom.durchmesser", "Durchmesser", "dimension"),
    ("PRODUCTVARIANT", "custom.ton", "Farbton", "single_line_text_field"),
)
"""What the merchant has defined: owner, namespace and key, name, type."""


def _json(value: str, fits: Callable[[Any], bool]) -> bool:
    try:
        return fits(json.loads(value))
    except ValueError:
        return False


def _date(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


_FITS: dict[str, tuple[Callable[[str], bool], str]] = {
    "single_line_text_field": (lambda value: "\n" not in value, "Value must be a single line text string."),
    "multi_line_text_field": (lambda value: True, ""),
    "number_integer": (lambda value: bool(re.fullmatch(r"-?\d{1,16}", value)), "Value must be an integer."),
    "number_decimal": (
        lambda value: bool(re.fullmatch(r"-?\d{1,13}(\.\d{1,9})?", value)),
        "Value must be a decimal.",
    ),
    "boolean": (lambda value: value in ("true", "false"), "Value must be true or false."),
    "date": (_date, "Value must be in YYYY-MM-DD format."),
    "list.single_line_text_field": (
        lambda value: _json(value, lambda found: isinstance(found, list) and all(isinstance(x, str) for x in found)),
        "Value must be a JSON array of single line text strings.",
    ),
    "dimension": (
        lambda value: _json(value, lambda found: isinstance(found, dict) and set(found) == {"value", "unit"}),
        "Value must be a stringified JSON object with value and unit fields.",
    ),
}


def definitions(numbers: Numbers) -> list[Record]:
    return [
        {
            "__typename": "MetafieldDefinition",
            "id": numbers.gid("MetafieldDefinition"),
            "namespace": name.split(".")[0],
            "key": name.split(".")[1],
            "name": title,
            "ownerType": owner,
            "type": {"name": kind},
        }
        for owner, name, title, kind in DEFINED
    ]


def problem(defined: list[Record], owner: Record, given: Record) -> tuple[str, str] | None:
    """The field that is wrong with a value, and how; None where it may be kept."""
    kind = type_of(defined, owner, given)
    if not given.get("key") or not given.get("namespace"):
        return "key", "Key and namespace can't be blank."
    if kind is None:
        return "type", "Type can't be blank"
    asked = given.get("type")
    if asked and asked != kind:
        return "type", f"Type '{asked}' must be consistent with the definition's type: '{kind}'."
    if kind not in _FITS:
        return "type", f"Type must be one of the following: {', '.join(sorted(_FITS))}."
    if not given.get("value"):
        return "value", "Value can't be blank."
    fits, message = _FITS[kind]
    return None if fits(given["value"]) else ("value", message)


def type_of(defined: list[Record], owner: Record, given: Record) -> str | None:
    """The definition's type; else that of the value there; else the one that is given."""
    kind = "PRODUCT" if owner["__typename"] == "Product" else "PRODUCTVARIANT"
    for one in defined:
        if (one["ownerType"], one["namespace"], one["key"]) == (kind, given.get("namespace"), given.get("key")):
            return str(one["type"]["name"])
    kept = held(owner, str(given.get("namespace")), str(given.get("key")))
    return str(kept["type"]) if kept else given.get("type")


def held(owner: Record, namespace: str, key: str) -> Record | None:
    rows = owner["metafields"]
    return next((row for row in rows if (row["namespace"], row["key"]) == (namespace, key)), None)


def keep(numbers: Numbers, defined: list[Record], owner: Record, given: Record, at: str) -> Record:
    row = held(owner, given["namespace"], given["key"])
    if row is None:
        kind = type_of(defined, owner, given)
        row = {"__typename": "Metafield", "id": numbers.gid("Metafield"), "namespace": given["namespace"],
               "key": given["key"], "type": kind}  # fmt: skip
        owner["metafields"].append(row)
    row |= {"value": given["value"], "updatedAt": at}
    return row


def one(owner: Record, args: Record) -> Record | None:
    return held(owner, args.get("namespace") or "", args["key"])


def some(owner: Record, args: Record) -> list[Record]:
    """Those of a namespace, or those named."""
    rows: list[Record] = owner["metafields"]
    if args.get("namespace"):
        rows = [row for row in rows if row["namespace"] == args["namespace"]]
    if args.get("keys") is not None:
        rows = [row for row in rows if f"{row['namespace']}.{row['key']}" in args["keys"]]
    return rows
