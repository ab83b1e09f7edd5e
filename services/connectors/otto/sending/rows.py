"""Lists in an answer that need not be there."""

from typing import Any


def rows(record: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    found = record.get(name) if record else None
    return found if isinstance(found, list) else []
