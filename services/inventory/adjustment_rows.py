"""One row about an article's stock that is no count: a correction value, and a pseudo stock."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.rows import Refusal, read_rows

CODES = {
    "article_number": "level_article_number_invalid",
    "correction": "adjustment_correction_invalid",
    "pseudo_stock": "adjustment_pseudo_stock_invalid",
}


class AdjustmentRow(BaseModel):
    """The whole state for one article. Counts only for connections whose settings ask for it.

    `correction` is added to the levels (negative keeps pieces back); `pseudo_stock` stands for all levels, None: none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_number: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    correction: Annotated[Decimal, Field(max_digits=14, decimal_places=4)] = Decimal(0)
    pseudo_stock: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)] | None = None


_ROWS = TypeAdapter(list[AdjustmentRow])


def read_adjustments(raw: Sequence[Any]) -> tuple[dict[int, AdjustmentRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. The same article twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    seen: dict[str, int] = {}
    for position, row in rows.items():
        first = seen.setdefault(row.article_number, position)
        if first != position:
            for one in (first, position):
                refusals[one] = Refusal("article_twice", "article_number", {"article": row.article_number})
    return {position: row for position, row in rows.items() if position not in refusals}, refusals
