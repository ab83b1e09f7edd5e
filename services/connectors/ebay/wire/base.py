"""What all of eBay's payloads are made of."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

LARGEST = Decimal("1e12")


def _text(value: Any) -> Any:
    """Null where a text is not there."""
    return "" if value is None else value


def listed(value: Any) -> Any:
    """Null where a list is not there."""
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Value = Annotated[Decimal, Field(ge=-LARGEST, le=LARGEST)]
Quantity = Annotated[int, Field(ge=0, le=10**9)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Amount(Wire):
    """Where both pairs are told, `value` is what was converted for the seller's payout."""

    value: Value
    currency: str
    converted_from_value: Value | None = None
    converted_from_currency: Text = ""
