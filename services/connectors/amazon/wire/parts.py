"""What every payload is made of. What is not there may be left out, null or empty."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

Figure = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Pieces = Annotated[int, Field(ge=0, le=10**9)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


class Money(Wire):
    """`amount` is a decimal text without a fixed scale."""

    amount: Figure
    currency_code: str


class Detail(Wire):
    subtype: str = ""
    value: Money | None = None


class Breakdown(Wire):
    type: str
    subtotal: Money
    detailed_breakdowns: tuple[Detail, ...] = ()
