"""Reading many rows of one request so that each is answered by itself: a bad one never spoils its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Refusal:
    """Why one row was not taken: a code of the sentences, the field, and the sentence's words."""

    code: str
    field: str
    params: dict[str, str]


def read_rows(
    adapter: TypeAdapter[list[R]], raw: Sequence[Any], codes: Mapping[str, str]
) -> tuple[dict[int, R], dict[int, Refusal]]:
    """The readable rows and the refusals, both by position. `codes` names the code of each field's refusal."""
    try:
        return dict(enumerate(adapter.validate_python(raw))), {}
    except ValidationError as error:
        refusals: dict[int, Refusal] = {}
        for one in error.errors(include_url=False, include_context=False):
            position, *path = one["loc"]
            field = str(path[0]) if path else ""
            unknown = (one["type"] == "extra_forbidden" and len(path) == 1) or field not in codes
            code = "row_field_unknown" if unknown and field else codes.get(field, "row_unreadable")
            refusals.setdefault(int(position), Refusal(code, field, {"field": field, "value": _shown(one["input"])}))
    good = [position for position in range(len(raw)) if position not in refusals]
    rows = adapter.validate_python([raw[position] for position in good])
    return dict(zip(good, rows, strict=True)), refusals


def _shown(value: object) -> str:
    return "–" if isinstance(value, dict | list) else str(value)[:60]
