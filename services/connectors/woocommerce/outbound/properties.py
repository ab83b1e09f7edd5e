"""Attributes of a product: what it varies by and what it is; those of the shop's own stay."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.contracts.errors import Rejected
from shared.contracts.product import ProductAttribute, ProductPush

Record = Mapping[str, Any]
META = "meta:"
GLOBAL = "pa_"


def meta(attributes: Iterable[ProductAttribute]) -> list[dict[str, str]]:
    """Those that go into the product's meta data: their target begins with "meta:"."""
    rows = {one.target.removeprefix(META): one.value for one in _in_order(attributes) if one.target.startswith(META)}
    return [{"key": key, "value": value} for key, value in rows.items()]


def attributes(
    command: ProductPush, found: Record | None, known: Sequence[Record], *, visible: bool, telling: bool
) -> list[dict[str, Any]] | None:
    """All attributes the product is to have; None where it has them like this. `known` are the shop's global ones.

    One without a target is the global attribute of its name where there is one, else an attribute of this product
    alone. `telling`: its variants are told, so that it varies by their options. Raises Rejected for a global attribute
    that the shop does not have.
    """
    has = [_plain(row) for row in found["attributes"]] if found is not None else []
    rows = [dict(row) for row in has]
    if telling:
        for name in dict.fromkeys(name for one in command.variants for name in one.content.options):
            values = [one.content.options[name] for one in command.variants if name in one.content.options]
            row = _row(rows, name, name, known)
            row |= {"variation": True, "options": list(dict.fromkeys([*row["options"], *values]))}
    if {"properties", "custom_fields"} & set(command.parts):
        told: set[str] = set()
        for one in _in_order(command.attributes):
            if one.target.startswith(META) or not one.value.strip() or one.name in told:
                continue
            told.add(one.name)
            row = _row(rows, one.target or one.name, one.name, known)
            if not row["variation"]:
                row |= {"visible": visible, "options": [part.strip() for part in one.value.split("|") if part.strip()]}
    if _compared(rows) == _compared(has):
        return None
    return [row | {"position": position} for position, row in enumerate(rows)]


def _row(rows: list[dict[str, Any]], target: str, name: str, known: Sequence[Record]) -> dict[str, Any]:
    """The attribute among those there, or a new one put beside them."""
    if target.startswith(GLOBAL):
        found = next((one for one in known if one["slug"] == target), None)
        if found is None:
            detail = f"the shop has no attribute {target} for {name}"
            raise Rejected(detail, code="product_refused", field=target)
    else:
        found = next((one for one in known if one["name"].lower() == target.lower()), None)
    wanted = str(found["name"] if found else target)
    for row in rows:
        if row["name"].lower() == wanted.lower():
            return row
    row = {"id": found["id"] if found else 0, "name": wanted, "visible": False, "variation": False, "options": []}
    rows.append(row)
    return row


def _plain(row: Record) -> dict[str, Any]:
    return {
        "id": row.get("id") or 0,
        "name": str(row.get("name", "")),
        "visible": bool(row.get("visible")),
        "variation": bool(row.get("variation")),
        "options": [str(option) for option in row.get("options") or ()],
    }


def _compared(rows: Sequence[Record]) -> list[tuple[Any, ...]]:
    """The shop sorts the options of global attributes by itself."""
    return [(row["name"], row["visible"], row["variation"], sorted(row["options"])) for row in rows]


def _in_order(attributes: Iterable[ProductAttribute]) -> list[ProductAttribute]:
    """What is the same in all languages before what is in one."""
    return sorted(attributes, key=lambda one: one.language != "")
