"""Query parameters as WordPress reads and refuses them: every mistake of a request is reported at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from services.sandbox.woocommerce.errors import invalid_parameters
from services.sandbox.woocommerce.times import parse

_TRUE = ("1", "true", "yes", "on")


def php_query(raw: bytes) -> list[tuple[str, str]]:
    """Pairs as PHP numbers them: `status[]=a&status[]=b` becomes `status[0]`, `status[1]`."""
    found, counts = [], dict[str, int]()
    for name, value in parse_qsl(raw.decode(), keep_blank_values=True):
        if name.endswith("[]"):
            base = name[:-2]
            counts[base] = counts.get(base, -1) + 1
            name = f"{base}[{counts[base]}]"
        found.append((name, value))
    return found


class Parameters:
    """Reads typed parameters and collects what is wrong; `check` raises for all of it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {}
        for name, value in pairs:
            base, bracket, _ = name.partition("[")
            if bracket:
                self._lists.setdefault(base, []).append(value)
            else:
                self._values[name] = value
        self._problems: dict[str, tuple[str, str]] = {}

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(name, default)

    def flag(self, name: str) -> bool:
        return self._values.get(name, "").lower() in _TRUE

    def number(self, name: str, default: int | None, low: int | None = None, high: int | None = None) -> int:
        raw = self._values.get(name)
        if raw is None:
            return default if default is not None else 0
        if not raw.lstrip("-").isdigit():
            self._problems[name] = ("rest_invalid_type", f"{name} is not of type integer.")
            return default or 0
        value = int(raw)
        if high is not None and low is not None and not low <= value <= high:
            message = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
            self._problems[name] = ("rest_out_of_bounds", message)
        elif low is not None and value < low:
            self._problems[name] = ("rest_out_of_bounds", f"{name} must be greater than or equal to {low}")
        return value

    def listed(self, name: str) -> list[str]:
        """`name=a,b` or `name[]=a&name[]=b`."""
        if name in self._lists:
            return self._lists[name]
        return [part.strip() for part in self._values.get(name, "").split(",") if part.strip()]

    def numbers(self, name: str) -> list[int]:
        found = []
        for index, part in enumerate(self.listed(name)):
            if part.isdigit():
                found.append(int(part))
            else:
                self._problems[name] = ("rest_invalid_type", f"{name}[{index}] is not of type integer.")
        return found

    def words(self, name: str, allowed: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of words out of `allowed`; the refusal names them all, as WordPress does."""
        given = tuple(self.listed(name)) or default
        for index, word in enumerate(given):
            if word not in allowed:
                names = f"{', '.join(allowed[:-1])}, and {allowed[-1]}"
                self._problems[name] = ("rest_not_in_enum", f"{name}[{index}] is not one of {names}.")
        return given

    def word(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        given = self.text(name, default)
        if given not in allowed:
            names = f"{', '.join(allowed[:-1])}, and {allowed[-1]}"
            self._problems[name] = ("rest_not_in_enum", f"{name} is not one of {names}.")
        return given

    def stamp(self, name: str, dates_are_gmt: bool) -> int | None:
        """A date parameter as whole seconds since 1970."""
        raw = self._values.get(name)
        if not raw:
            return None
        try:
            return int(parse(raw, dates_are_gmt).timestamp())
        except ValueError:
            self._problems[name] = ("rest_invalid_date", "Invalid date.")
            return None

    def check(self) -> None:
        if self._problems:
            raise invalid_parameters(self._problems)


@dataclass(frozen=True)
class Paging:
    page: int
    per_page: int
    offset: int | None

    @classmethod
    def read(cls, given: Parameters) -> "Paging":
        offset = given.number("offset", None) if given.text("offset") else None
        return cls(given.number("page", 1, 1), given.number("per_page", 10, 1, 100), offset)

    @property
    def start(self) -> int:
        return self.offset if self.offset is not None else (self.page - 1) * self.per_page


def selected(item: Mapping[str, Any], fields: list[str]) -> dict[str, Any]:
    """What `_fields` leaves of an item. Paths reach into objects; inside a list they find nothing."""
    found: dict[str, Any] = {}
    for path in fields:
        source: Any = item
        target = found
        steps = path.split(".")
        for step in steps[:-1]:
            source = source.get(step) if isinstance(source, dict) else None
            if not isinstance(source, dict):
                break
            target = target.setdefault(step, {})
        else:
            if isinstance(source, Mapping) and steps[-1] in source:
                target[steps[-1]] = source[steps[-1]]
    return found


def site_moment(value: Any) -> datetime | None:
    """A date in a request body, or None for null and empty."""
    return parse(value, False) if isinstance(value, str) and value else None
