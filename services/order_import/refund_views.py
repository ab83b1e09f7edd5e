"""What the REST interface shows and takes of refunds."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.order_import.refund_book import MoneyBack, State
from services.order_import.wishes import OrderAddress, Wish
from shared.chassis.sentences import Language, sentence

Amount = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 9)]


class RepaidLineWish(Wish):
    """Money for one line of the shop, tax included, and for how many of its shipped pieces; for none, the pieces stay
    with the customer."""

    line_external_id: str = Field(min_length=1, max_length=200)
    quantity: Amount = Decimal(0)
    amount: Amount


class RefundWish(Wish):
    """What the customer gets back, tax included, in the order's currency. `reference` is your own key: the same twice
    is the same refund. `goodwill` is money for no line and no shipping. `reason` is seen in the shop."""

    reference: str = Field(min_length=1, max_length=200)
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])
    lines: list[RepaidLineWish] = Field(default=[], max_length=1000)
    shipping: Amount = Decimal(0)
    goodwill: Amount = Decimal(0)
    reason: str = Field(default="", max_length=200)
    notify_customer: bool = False


class AddressedRefund(RefundWish):
    order: OrderAddress


class RepaidLineView(BaseModel):
    line_external_id: str
    quantity: Decimal
    amount: Decimal


class RefundView(BaseModel):
    """A refund of yours and what the shop said to it: "reported" was made there, `external_id` is its own id of it.
    `explanation` explains failed and blocked."""

    id: UUID
    order_id: UUID
    reference: str
    currency: str
    lines: list[RepaidLineView]
    shipping: Decimal
    goodwill: Decimal
    total: Decimal
    reason: str
    notify_customer: bool
    state: State
    version: int
    attempts: int
    code: str
    explanation: str
    external_id: str
    reported_at: datetime | None
    created_at: datetime | None


class RefundAnswer(BaseModel):
    """What became of one refund of a list, in its order."""

    reference: str
    outcome: Literal["accepted", "known", "refused"]
    refund: RefundView | None = None
    code: str = ""
    field: str = ""
    detail: str = ""


def shown(one: MoneyBack, language: Language) -> RefundView:
    known = {name: getattr(one, name) for name in RefundView.model_fields if hasattr(one, name)}
    return RefundView.model_validate(
        known
        | {
            "lines": [line.model_dump() for line in one.lines],
            "total": one.total.amount,
            "explanation": sentence(one.code, one.params or {}, language) if one.code else "",
        }
    )
