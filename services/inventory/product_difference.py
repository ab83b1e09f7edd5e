"""What is new in a product since it was sent before. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

LEFT_OUT = ("version", "asked_by", "product_id")


class Difference(BaseModel):
    """One place in a product, and what it said before and says now; null: nothing was there."""

    field: str
    before: Any
    now: Any


def difference(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> list[Difference]:
    """Where two bodies differ, field by field. Variants are compared by their numbers, lists as wholes."""
    old, new = _flat(before), _flat(now)
    return [
        Difference(field=place, before=old.get(place), now=new.get(place))
        for place in dict.fromkeys([*new, *old])
        if old.get(place) != new.get(place)
    ]


def _flat(body: Mapping[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in (body or {}).items():
        if name == "variants":
            for variant in value:
                _spread(f"variants[{variant['number']}]", variant, found)
        elif name not in LEFT_OUT:
            _spread(name, value, found)
    return found


def _spread(place: str, value: Any, found: dict[str, Any]) -> None:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            _spread(f"{place}.{name}", inner, found)
    else:
        found[place] = value or None if isinstance(value, Mapping | list) else value
