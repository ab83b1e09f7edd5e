"""One row of an upload of attributes: what an article is, by name."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.rows import Refusal, read_rows

CATEGORY = "category"
"""The attribute that names the merchant's own category of an article, a path of his if he likes."""
CODES = {
    "article_number": "level_article_number_invalid",
    "name": "attribute_name_invalid",
    "language": "attribute_language_invalid",
    "value": "attribute_value_invalid",
}
Key = tuple[str, str, str]


class AttributeRow(BaseModel):
    """The whole value of one attribute; None takes it away. `language` is empty for what is the same in all of them.
    A name must not look like a field, a fixed text or a language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_number: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00@=\[\]][^\x00\[\]]*$")]
    language: Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")] = ""
    value: Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")] | None

    @property
    def key(self) -> Key:
        return self.article_number, self.name, self.language


_ROWS = TypeAdapter(list[AttributeRow])


def read_attributes(raw: Sequence[Any]) -> tuple[dict[int, AttributeRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. The same attribute twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    seen: dict[Key, int] = {}
    for position, row in rows.items():
        first = seen.setdefault(row.key, position)
        if first != position:
            for one in (first, position):
                words = {"article": row.article_number, "attribute": row.name, "language": row.language or "–"}
                refusals[one] = Refusal("attribute_twice", "name", words)
    return {position: row for position, row in rows.items() if position not in refusals}, refusals
