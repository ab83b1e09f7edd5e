"""What every payload is made of. Words are texts, for new ones come without notice."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Amount = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Quantity = Annotated[Decimal, Field(ge=0, le=Decimal("1e6"))]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


def none_is_empty(value: Any) -> Any:
    return () if value is None else value


def one_is_a_list(value: Any) -> Any:
    return () if value is None else [value] if isinstance(value, dict) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(none_is_empty)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
