"""Attributes as metafields: which one a name means, and how its type wants a value written."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from shared.contracts.errors import Rejected
from shared.contracts.product import ProductAttribute

Record = Mapping[str, Any]
Name = tuple[str, str]
"""Namespace and key."""
Fields = Mapping[Name, dict[str, str]]
"""What `metafieldsSet` is told of each, without its owner."""
YES, NO = frozenset({"ja", "yes", "true", "1", "wahr"}), frozenset({"nein", "no", "false", "0", "falsch"})
JSON_ALREADY = frozenset({"number_integer", "number_decimal", "boolean", "dimension", "weight", "volume"})
"""Types whose written value stands in a list as it is."""
UNITS = {
    "mm": "mm", "cm": "cm", "m": "m", "g": "g", "kg": "kg", "ml": "ml", "cl": "cl", "l": "l", "in": "in", "ft": "ft",
    "oz": "oz", "lb": "lb",
}  # fmt: skip


def fields(attributes: Iterable[ProductAttribute], definitions: Iterable[Record]) -> Fields:
    """The metafields that attributes are told as. One without a target goes where the merchant has defined a metafield
    of its name, and nowhere else. What is the same in all languages comes before what is in one. Raises Rejected for a
    target that is not defined and a value that does not fit."""
    defined = {(one["namespace"], one["key"]): one for one in definitions}
    named = {one["name"].strip().lower(): name for name, one in reversed(defined.items())}
    found: dict[Name, dict[str, str]] = {}
    for attribute in sorted(attributes, key=lambda one: one.language != ""):
        if attribute.target:
            namespace, _, key = attribute.target.partition(".")
            name: Name | None = (namespace, key)
        else:
            name = named.get(attribute.name.strip().lower())
        if name is None or name in found or not attribute.value.strip():
            continue
        definition = defined.get(name)
        if definition is None:
            detail = f"the shop has defined no metafield {attribute.target} for {attribute.name}"
            raise Rejected(detail, code="product_refused", field=attribute.target)
        kind = definition["type"]["name"]
        value = written(kind, attribute.value.strip())
        if value is None:
            where = ".".join(name)
            detail = f"the value of {attribute.name} does not fit the metafield {where} ({kind}): {attribute.value}"
            raise Rejected(detail[:300], code="product_refused", field=where)
        found[name] = {"namespace": name[0], "key": name[1], "type": kind, "value": value}
    return found


def written(kind: str, text: str) -> str | None:
    """A value as a type of metafields wants it; None where it cannot be one. What we do not know goes as it is."""
    write = _WRITES.get(kind.removeprefix("list."), str)
    if not kind.startswith("list."):
        return write(text)
    if text.startswith("["):
        return text
    parts = [write(part.strip()) for part in re.split(r"[|\n]", text) if part.strip()]
    if None in parts:
        return None
    plain = kind.removeprefix("list.") in JSON_ALREADY
    return f"[{','.join(map(str, parts))}]" if plain else orjson.dumps(parts).decode()


def _line(text: str) -> str | None:
    return None if "\n" in text else text


def _whole(text: str) -> str | None:
    return text if re.fullmatch(r"-?\d{1,16}", text) else None


def _number(text: str) -> str | None:
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    return plain if re.fullmatch(r"-?\d{1,13}(\.\d{1,9})?", plain) else None


def _flag(text: str) -> str | None:
    word = text.lower()
    return "true" if word in YES else "false" if word in NO else None


def _day(text: str) -> str | None:
    if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    return text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None


def _measure(text: str) -> str | None:
    """ "12,5 cm" as the shop keeps it."""
    if text.startswith("{"):
        return text
    match = re.fullmatch(r"([\d.,]+)\s*([a-zA-Z]+)", text)
    number, unit = (_number(match[1]), UNITS.get(match[2].lower())) if match else (None, None)
    return None if number is None or unit is None else orjson.dumps({"value": float(number), "unit": unit}).decode()


_WRITES: dict[str, Callable[[str], str | None]] = {
    "single_line_text_field": _line,
    "number_integer": _whole,
    "number_decimal": _number,
    "boolean": _flag,
    "date": _day,
    "dimension": _measure,
    "weight": _measure,
    "volume": _measure,
}
