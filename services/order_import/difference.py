"""What differs between two states of a record, field by field."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` or `after` is None where the field or the list's entry did not exist."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "") -> list[Difference]:
    """Compares two JSON values. Entries of a list are matched by their `external_id` where all have a distinct one,
    otherwise by position."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for name in before | after:
            step = f"{path}.{name}" if path else name
            found += differences(before.get(name), after.get(name), step)
        return found
    if isinstance(before, list) and isinstance(after, list):
        found = []
        old, new = _keyed(before, after)
        for key in old | new:
            found += differences(old.get(key), new.get(key), f"{path}[{key}]")
        return found
    return [Difference(path, before, after)]


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of the top-level fields that differ."""
    return [name for name in before | after if before.get(name) != after.get(name)]


def _keyed(before: list[Any], after: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    keyed = []
    for entries in (before, after):
        ids = [entry.get("external_id") if isinstance(entry, dict) else None for entry in entries]
        if not all(ids) or len(set(ids)) < len(ids):
            return _by_position(before), _by_position(after)
        keyed.append({f"external_id={id}": entry for id, entry in zip(ids, entries, strict=True)})
    return keyed[0], keyed[1]


def _by_position(entries: list[Any]) -> dict[str, Any]:
    return {str(position): entry for position, entry in enumerate(entries)}
