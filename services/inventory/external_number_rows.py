"""One row of an upload of external numbers: what an article is called in one shop."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.article_rows import Number
from services.inventory.rows import Refusal, read_rows

Label = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
CODES = {
    "label": "external_number_label_invalid",
    "number": "external_number_invalid",
    "article_number": "article_number_invalid",
    "active": "article_active_invalid",
}


class ExternalNumberRow(BaseModel):
    """An article's number in one shop under a label; case and blanks matter in all three. An inactive one is kept and
    matches nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Label
    number: Number
    article_number: Number
    active: bool = True


_ROWS = TypeAdapter(list[ExternalNumberRow])


def read_external_numbers(raw: Sequence[Any]) -> tuple[dict[int, ExternalNumberRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. What stands there twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    seen: dict[tuple[str, ...], int] = {}
    for position, row in rows.items():
        words = {"number": row.number, "article": row.article_number, "label": row.label}
        for code, field, key in (
            ("external_number_twice", "number", ("number", row.number)),
            ("external_number_label_twice", "label", ("label", row.article_number, row.label)),
        ):
            first = seen.setdefault(key, position)
            if first != position:
                refusals |= dict.fromkeys((first, position), Refusal(code, field, words))
    return {position: row for position, row in rows.items() if position not in refusals}, refusals
