"""The search language of list queries: `updated_at:>='2026-11-23T10:00:00Z' status:open`.

Terms are joined by AND unless OR stands between them; a minus excludes. A term whose field is unknown, or whose value
makes no sense, is ignored with a warning, as the platform does: nothing is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.sandbox.shopify.identity import moment, number_of, stamp

Record = dict[str, Any]
_TOKEN = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>\w+):(?P<op>>=|<=|>|<)?)?(?P<value>"[^"]*"|'[^']*'|[^\s()]+)|[()]""",
)


@dataclass
class Row:
    """Something that is searched. Its stamps may come from an index that lags behind the record."""

    number: int
    created: str
    updated: str
    load: Callable[[], Record]
    _record: Record | None = None

    @property
    def record(self) -> Record:
        if self._record is None:
            self._record = self.load()
        return self._record


Test = Callable[[Row], bool]
Make = Callable[[str, str], Test]
"""Makes a test from an operator and a value. Raises ValueError where the value makes no sense."""


@dataclass
class Search:
    """A query read: `groups` are alternatives, each a list of tests that must all hold."""

    groups: list[list[Test]]
    warnings: list[Record] = field(default_factory=list)
    updated_from: str = ""
    """No row updated before this stamp can match; empty where the query does not say."""

    def __call__(self, row: Row) -> bool:
        return any(all(test(row) for test in group) for group in self.groups)


def _compare(op: str, left: Any, right: Any) -> bool:
    if op == ">=":
        return bool(left >= right)
    if op == "<=":
        return bool(left <= right)
    if op in (">", "<"):
        return bool(left > right if op == ">" else left < right)
    return bool(left == right)


def time_field(name: str) -> Make:
    def make(op: str, value: str) -> Test:
        at = stamp(moment(value))
        if name in ("updated", "created"):
            return lambda row: _compare(op, getattr(row, name), at)
        return lambda row: _compare(op, row.record[name] or "", at)

    return make


def id_field(op: str, value: str) -> Test:
    number = number_of(value)
    return lambda row: _compare(op, row.number, number)


def text_field(get: Callable[[Record], str | None]) -> Make:
    """Compared without regard to case; a star at the end stands for anything, a lone star for any value."""

    def make(_op: str, value: str) -> Test:
        wanted = value.casefold()
        if wanted.endswith("*"):
            return lambda row: (get(row.record) or "").casefold().startswith(wanted[:-1]) and bool(get(row.record))
        return lambda row: (get(row.record) or "").casefold() == wanted

    return make


def list_field(get: Callable[[Record], list[str]]) -> Make:
    return lambda _op, value: lambda row: value.casefold() in [entry.casefold() for entry in get(row.record)]


def flag_field(name: str) -> Make:
    def make(_op: str, value: str) -> Test:
        if value not in ("true", "false"):
            raise ValueError(value)
        return lambda row: row.record[name] is (value == "true")

    return make


def word_field(words: dict[str, Callable[[Record], bool]]) -> Make:
    """One of a fixed set of words."""

    def make(_op: str, value: str) -> Test:
        if value.casefold() not in words:
            raise ValueError(value)
        holds = words[value.casefold()]
        return lambda row: holds(row.record)

    return make


def read(query: str | None, fields: dict[str, Make], free_text: Callable[[Record], str]) -> Search:
    """Reads a query for a resource whose searchable fields are given."""
    search = Search([[]])
    for token in _TOKEN.finditer(query or ""):
        value = (token["value"] or "").strip("\"'")
        if token["value"] is None or token["value"] == "AND":
            continue
        if token["value"] == "OR":
            search.groups.append([])
            continue
        try:
            test = _test(token["field"], token["op"] or "", value, fields, free_text)
        except KeyError:
            search.warnings.append(_warning(token["field"], "Invalid search field for this query.", "invalid_field"))
            continue
        except ValueError:
            message = f"Input `{value}` is not an accepted value."
            search.warnings.append(_warning(token["field"], message, "invalid_value"))
            continue
        if token["field"] == "updated_at" and token["op"] in (">", ">=") and not token["minus"]:
            search.updated_from = max(search.updated_from, stamp(moment(value)))
        search.groups[-1].append(_negated(test) if token["minus"] else test)
    if len(search.groups) > 1:
        search.updated_from = ""
        search.groups = [group for group in search.groups if group] or [[]]
    return search


def _test(name: str | None, op: str, value: str, fields: dict[str, Make], free_text: Callable[[Record], str]) -> Test:
    if name is None:
        wanted = value.casefold()
        return lambda row: wanted in free_text(row.record).casefold()
    return fields[name](op, value)


def _negated(test: Test) -> Test:
    return lambda row: not test(row)


def _warning(name: str | None, message: str, code: str) -> Record:
    return {"field": name, "message": message, "code": code}


def notice(path: str, query: str, warnings: list[Record]) -> Record:
    """The entry of `extensions.search`."""
    return {"path": [path], "query": query, "warnings": warnings}
