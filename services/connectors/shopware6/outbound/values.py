"""Texts as values of the shop's fields. What is of the wrong kind is refused here, by the name of its field: the shop
takes any text for a choice, and of numbers it says no more than that they are wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Never

from shared.contracts.errors import Rejected

YES, NO = frozenset({"true", "1", "yes", "ja"}), frozenset({"false", "0", "no", "nein"})
SEPARATORS = re.compile(r"\s*[,;|]\s*")


@dataclass(frozen=True)
class Definition:
    """A custom field as the shop defines it. `choices` are its options by every name that people know them by."""

    name: str
    kind: str
    choices: Mapping[str, str]
    several: bool = False


def definition(row: Mapping[str, Any]) -> Definition:
    """From the shop's own row of a custom field."""
    config = row.get("config") or {}
    choices: dict[str, str] = {}
    for one in config.get("options") or ():
        labels = one.get("label")
        names = labels.values() if isinstance(labels, dict) else ()
        choices |= {str(name).casefold(): str(one["value"]) for name in (one["value"], *names) if name}
    several = config.get("componentName") == "sw-multi-select"
    return Definition(str(row["name"]), str(row["type"]), choices, several)


def typed(field: Definition, text: str) -> Any:
    """The value of a custom field. Raises Rejected, which names the field and what it wants."""
    if field.kind == "select":
        names = [name for name in SEPARATORS.split(text.strip()) if name] if field.several else [text.strip()]
        chosen = [_choice(field, name) for name in names]
        return chosen if field.several else chosen[0]
    parse = KINDS.get(field.kind)
    if parse is None:
        raise Rejected(f"{field.name}: a field of the kind {field.kind} cannot be filled from a text", code="rejected")
    return parse(field.name, text)


def whole(name: str, text: str) -> int:
    """A whole number."""
    number = _number(text)
    if number is None or number != number.to_integral_value():
        _wrong(name, "a whole number", text)
    return int(number)


def decimal(name: str, text: str) -> float:
    """A number with a point or a comma."""
    number = _number(text)
    if number is None:
        _wrong(name, "a number", text)
    return float(number)


def truth(name: str, text: str) -> bool:
    """Yes or no."""
    word = text.strip().casefold()
    if word not in YES | NO:
        _wrong(name, "yes or no", text)
    return word in YES


def moment(name: str, text: str) -> str:
    """A day or a moment; one without an offset is in UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            found = datetime.combine(date.fromisoformat(text.strip()), datetime.min.time())
        except ValueError:
            _wrong(name, "a day such as 2026-11-28", text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="milliseconds")


def plain(name: str, text: str) -> str:
    return text


KINDS: Mapping[str, Callable[[str, str], Any]] = {
    "int": whole, "float": decimal, "bool": truth, "datetime": moment, "text": plain, "html": plain,
}  # fmt: skip


def _choice(field: Definition, name: str) -> str:
    known = field.choices.get(name.casefold())
    if known is None:
        _wrong(field.name, f"one of {', '.join(dict.fromkeys(field.choices.values()))}", name)
    return known


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _wrong(name: str, wanted: str, text: str) -> Never:
    raise Rejected(f"{name}: {wanted} is expected, not “{text}”", code="rejected")
