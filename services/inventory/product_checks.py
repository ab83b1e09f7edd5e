"""What has to be right about a product before a channel is told of it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Protocol

from services.inventory.supply_book import NO_PART
from shared.contracts.article import ArticleContent

__all__ = ["NO_PART", "Problem", "option_problems", "options_of"]


class HasContent(Protocol):
    @property
    def content(self) -> ArticleContent: ...


@dataclasses.dataclass(frozen=True)
class Problem:
    """A code of the sentences, the field it is about, the article, and the sentence's other words."""

    code: str
    field: str
    article: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        return {"article": self.article} | dict(self.params)


def options_of(living: Sequence[HasContent]) -> tuple[str, ...]:
    """The names of the options in order: those of the first variant, then what only others have."""
    return tuple(dict.fromkeys(name for one in living for name in one.content.options))


def option_problems(options: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """By article: names that differ from those of the first that has any, empty values, and two that are the same. A
    single variant needs no options."""
    problems: list[Problem] = []
    first, names = next(((number, one) for number, one in options.items() if one), ("", {}))
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for number, mine in options.items():
        if not mine:
            if len(options) > 1:
                problems.append(Problem("product_variant_without_options", "options", number))
            continue
        if set(mine) != set(names):
            words = {"options": ", ".join(mine), "other": first, "others": ", ".join(names)}
            problems.append(Problem("product_options_differ", "options", number, words))
            continue
        empty = [name for name, value in mine.items() if not value.strip()]
        problems += [Problem("product_option_empty", "options", number, {"option": name}) for name in empty]
        key = tuple(sorted(mine.items()))
        if not empty and (other := seen.setdefault(key, number)) != number:
            words = {"other": other, "options": ", ".join(f"{name}: {value}" for name, value in mine.items())}
            problems.append(Problem("product_options_twice", "options", number, words))
    return problems
