"""What orders and products share."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


def _empty_object(value: Any) -> Any:
    return {} if value is None or value == [] else value


Amount = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Quantity = Annotated[Decimal, Field(ge=Decimal("-1e6"), le=Decimal("1e6"))]
Object = Annotated[dict[str, Any], BeforeValidator(_empty_object)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Stamped(Wire):
    """A change stamp is null until something is changed."""

    id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Named(Wire):
    name: str | None = None
    translated: Object = {}
