"""What all payloads have in common."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Figure = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Measure = Annotated[Decimal, Field(ge=0, le=Decimal("1e9"))]
Rate = Annotated[Decimal, Field(ge=0, le=100)]


def _text(value: Any) -> Any:
    """Null where a text is not there."""
    return "" if value is None else value


def none_is_empty(value: Any) -> Any:
    """Null where a list is not there."""
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(none_is_empty)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
