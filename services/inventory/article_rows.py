"""One row of an article upload."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.gtin import is_gtin
from services.inventory.rows import Refusal, read_rows

Number = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
CODES = {
    "number": "article_number_invalid",
    "ean": "article_ean_invalid",
    "title": "article_title_invalid",
    "description": "article_description_invalid",
    "parent_number": "article_parent_invalid",
    "active": "article_active_invalid",
}


class ArticleRow(BaseModel):
    """The whole state of one article. Case and blanks of `number` matter; an inactive article is not sold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Number
    ean: Annotated[str, Field(max_length=20)] | None = None
    title: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    description: Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")] = ""
    parent_number: Number | None = None
    active: bool = True


_ROWS = TypeAdapter(list[ArticleRow])


def read_articles(raw: Sequence[Any]) -> tuple[dict[int, ArticleRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. The same number twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    seen: dict[str, int] = {}
    for position, row in rows.items():
        first = seen.setdefault(row.number, position)
        if first != position:
            for one in (first, position):
                refusals[one] = Refusal("article_twice", "number", {"article": row.number})
        elif row.ean and not is_gtin(row.ean):
            refusals[position] = Refusal("article_ean_wrong", "ean", {"article": row.number, "ean": row.ean})
        elif row.parent_number == row.number:
            refusals[position] = Refusal("article_own_parent", "parent_number", {"article": row.number})
    return {position: row for position, row in rows.items() if position not in refusals}, refusals
