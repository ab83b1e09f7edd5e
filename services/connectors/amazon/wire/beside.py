"""What reports say about an order, as it is kept beside it and put into what is read of it."""

from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.order import ReturnState


class Returned(BaseModel):
    """Pieces of one item that come back, or came back, to us or to Amazon."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["return"] = "return"
    id: str
    state: ReturnState
    line: str
    quantity: int


class PaidBackLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    line: str
    amount: Decimal


class PaidBack(BaseModel):
    """Money that Amazon gave back to the buyer, as a settlement states it."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["refund"] = "refund"
    id: str
    at: AwareDatetime
    currency: str
    amount: Decimal
    lines: tuple[PaidBackLine, ...] = ()
