"""Many rows of one request, each answered by itself: a bad one never spoils its neighbours."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.chassis.sentences import Language, advice, sentence

MOST_ROWS = 10_000
R = TypeVar("R", bound=BaseModel)
Outcome = Literal["created", "updated", "unchanged", "deleted"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one row was not taken: a code of the sentences, the field, and the sentence's words."""

    code: str
    field: str
    params: dict[str, str] = dataclasses.field(default_factory=dict)


class RowAnswer(BaseModel):
    """What became of one row; `row` counts from 0. A refused one says why, in the caller's language."""

    row: int
    key: str
    outcome: Outcome | Literal["refused"]
    code: str = ""
    field: str = ""
    detail: str = ""
    advice: str = ""


class UploadAnswer(BaseModel):
    """The answer to an upload; `rows` are in the order of the request."""

    accepted: int
    unchanged: int
    refused: int
    rows: list[RowAnswer]


def read_rows(adapter: TypeAdapter[list[R]], raw: Sequence[Any]) -> tuple[dict[int, R], dict[int, Refusal]]:
    """The readable rows and the refusals, both by position. What was written stays out of the refusal: it may be
    somebody's name."""
    try:
        return dict(enumerate(adapter.validate_python(raw))), {}
    except ValidationError as error:
        refusals: dict[int, Refusal] = {}
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            position, *path = one["loc"]
            place = ".".join(str(part) for part in path)
            refusals.setdefault(int(position), Refusal("master_row_invalid", place, {"field": place or "row"}))
    good = [position for position in range(len(raw)) if position not in refusals]
    rows = adapter.validate_python([raw[position] for position in good])
    return dict(zip(good, rows, strict=True)), refusals


def answered(
    raw: Sequence[Mapping[str, Any]], key: str, outcomes: Mapping[int, Outcome], refusals: Mapping[int, Refusal],
    language: Language,
) -> UploadAnswer:  # fmt: skip
    """Every row's answer; `key` is the field that names a row."""
    rows = [
        _refused(place, str(one.get(key, "")), refusals[place], language)
        if place in refusals
        else RowAnswer(row=place, key=str(one[key]), outcome=outcomes[place])
        for place, one in enumerate(raw)
    ]
    unchanged = sum(outcome == "unchanged" for outcome in outcomes.values())
    return UploadAnswer(accepted=len(outcomes) - unchanged, unchanged=unchanged, refused=len(refusals), rows=rows)


def _refused(row: int, key: str, refusal: Refusal, language: Language) -> RowAnswer:
    return RowAnswer(
        row=row,
        key=key,
        outcome="refused",
        code=refusal.code,
        field=refusal.field,
        detail=sentence(refusal.code, refusal.params, language),
        advice=advice(refusal.code, refusal.params, language),
    )
