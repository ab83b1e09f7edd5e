"""Looking a word up."""

from collections.abc import Mapping
from typing import TypeVar

from shared.contracts.errors import Untranslatable

K = TypeVar("K", bound=str | None)
V = TypeVar("V")


def known(table: Mapping[K, V], word: K, field: str) -> V:
    """Our word for theirs. Raises Untranslatable for one that no version of the platform had when this was written."""
    if word not in table:
        raise Untranslatable(
            f"The word {word} in {field} is unknown", code="unknown_word", field=field, value=str(word)[:40]
        )
    return table[word]
