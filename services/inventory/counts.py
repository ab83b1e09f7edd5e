"""One row of a stock upload: how many pieces of an article lie in a warehouse, counted when, meaning what."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.rows import Refusal, read_rows

AHEAD = timedelta(minutes=5)
CODES = {
    "article_number": "level_article_number_invalid",
    "warehouse": "level_warehouse_invalid",
    "quantity": "level_quantity_invalid",
    "counted_at": "level_counted_at_invalid",
    "meaning": "level_meaning_invalid",
    "reason": "level_reason_invalid",
}


class CountRow(BaseModel):
    """An absolute level. `meaning` *physical*: what lies there; *available*: the sender's own reservations are off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_number: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    warehouse: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    quantity: Annotated[Decimal, Field(max_digits=14, decimal_places=4)]
    counted_at: AwareDatetime
    meaning: Literal["physical", "available"]
    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


_ROWS = TypeAdapter(list[CountRow])


def read_counts(raw: Sequence[Any], now: datetime) -> tuple[dict[int, CountRow], dict[int, Refusal]]:
    """The rows that can be booked and the refusals, both by position.

    Of two rows for one article and warehouse the later count wins; the other is refused.
    """
    rows, refusals = read_rows(_ROWS, raw, CODES)
    newest: dict[tuple[str, str], int] = {}
    for position, row in list(rows.items()):
        refusal = _refusal(row, now)
        place = (row.article_number, row.warehouse)
        loser = position
        if refusal is None:
            rival = newest.setdefault(place, position)
            if rival == position:
                continue
            loser = position if rows[rival].counted_at >= row.counted_at else rival
            newest[place] = rival if loser == position else position
            refusal = Refusal("level_row_twice", "article_number", _place(row))
        refusals[loser] = refusal
    return {position: row for position, row in rows.items() if position not in refusals}, refusals


def _refusal(row: CountRow, now: datetime) -> Refusal | None:
    if row.meaning == "physical" and row.quantity < 0:
        return Refusal("level_quantity_negative", "quantity", _place(row) | {"quantity": str(row.quantity)})
    if row.counted_at > now + AHEAD:
        words = _place(row) | {"counted_at": row.counted_at.isoformat()}
        return Refusal("level_counted_in_future", "counted_at", words)
    return None


def _place(row: CountRow) -> dict[str, str]:
    return {"article": row.article_number, "warehouse": row.warehouse}


def with_defaults(raw: Sequence[Mapping[str, Any]], defaults: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Rows of a file with what is the same for all of them filled in."""
    given = {name: value for name, value in defaults.items() if value is not None}
    return [given | {name: value for name, value in row.items() if value != ""} for row in raw]
