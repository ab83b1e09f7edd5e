"""What a channel asks beyond before, and what it no longer has. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST = 20


@dataclass(frozen=True)
class Facts:
    """`categories` by code and `values` by list and code are labels; `attributes` by category and code are labels, and
    whether they are required."""

    categories: Mapping[str, str]
    attributes: Mapping[tuple[str, str], tuple[str, bool]]
    values: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Difference:
    """Each as people read it, in order. What goes with its category or list is not named as well."""

    required: tuple[str, ...]
    categories: tuple[str, ...]
    attributes: tuple[str, ...]
    values: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.required, self.categories, self.attributes, self.values))

    def words(self) -> dict[str, str]:
        return {name: listed(getattr(self, name)) for name in ("required", "categories", "attributes", "values")}


def difference(before: Facts, after: Facts) -> Difference:
    """What matters to whoever maps: new things that may be left out, and new values, do not."""
    gone = before.categories.keys() - after.categories.keys()
    lists = {name for name, _ in after.values}
    return Difference(
        required=tuple(sorted(
            f"{label} ({category or '*'}: {code})"
            for (category, code), (label, required) in after.attributes.items()
            if required and not before.attributes.get((category, code), ("", False))[1]
        )),
        categories=tuple(sorted(f"{before.categories[code]} ({code})" for code in gone)),
        attributes=tuple(sorted(
            f"{label} ({category or '*'}: {code})"
            for (category, code), (label, _) in before.attributes.items()
            if (category, code) not in after.attributes and category not in gone
        )),
        values=tuple(sorted(
            f"{label} ({name}: {code})"
            for (name, code), label in before.values.items()
            if (name, code) not in after.values and name in lists
        )),
    )  # fmt: skip


def listed(names: Collection[str]) -> str:
    """The first of them, and how many more there are."""
    first = ", ".join(list(names)[:MOST]) or "–"
    return f"{first} … ({len(names)})" if len(names) > MOST else first
