"""Lists in an answer that need not be there, and what a task says of one article."""

from typing import Any


def rows(record: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    found = record.get(name) if record else None
    return found if isinstance(found, list) else []


def named(result: dict[str, Any]) -> str:
    """The article that a result is about."""
    return str(result.get("variation", ""))


def words(result: dict[str, Any]) -> str:
    """The platform's own words about it."""
    said = [": ".join(str(one[name]) for name in ("code", "title", "jsonPath") if one.get(name))
            for one in rows(result, "errors")]  # fmt: skip
    return "; ".join(said) or "no reason was given"
