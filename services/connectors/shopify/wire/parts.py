"""The parts that orders and articles are made of."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.contracts.money import Currency

Amount = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Pieces = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000)]
Text = str | None


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class MoneyV2(Wire):
    amount: Amount
    currency_code: Currency


class MoneyBag(Wire):
    """An amount in the shop's currency; what the buyer saw where it was asked for."""

    shop_money: MoneyV2
    presentment_money: MoneyV2 | None = None


class Reference(Wire):
    id: str


class Attribute(Wire):
    key: str
    value: Text = None
