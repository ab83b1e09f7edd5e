"""One row of relative stock movements: a goods receipt, a transfer's half, breakage."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.rows import Refusal, read_rows

CODES = {
    "article_number": "level_article_number_invalid",
    "warehouse": "level_warehouse_invalid",
    "quantity": "movement_quantity_invalid",
    "reference": "movement_reference_invalid",
    "kind": "movement_kind_invalid",
    "occurred_at": "movement_time_invalid",
    "reason": "level_reason_invalid",
}


class MovementRow(BaseModel):
    """Adds `quantity` (negative takes away). The same reference, article and warehouse is booked once.

    `occurred_at` is when the pieces moved, now when left out: a count taken after it already holds the movement.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    reference: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    article_number: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    warehouse: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    quantity: Annotated[Decimal, Field(max_digits=14, decimal_places=4)]
    kind: Literal["movement", "correction"] = "movement"
    occurred_at: AwareDatetime | None = None
    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


_ROWS = TypeAdapter(list[MovementRow])


def read_movements(raw: Sequence[Any]) -> tuple[dict[int, MovementRow], dict[int, Refusal]]:
    """The readable rows and the refusals, both by position."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    for position, row in rows.items():
        if row.quantity == 0:
            refusals[position] = Refusal("movement_quantity_invalid", "quantity", {"field": "quantity", "value": "0"})
    return {position: row for position, row in rows.items() if position not in refusals}, refusals
