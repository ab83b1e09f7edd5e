"""Goods that came back to the merchant, as the channel is told of them."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload
from shared.contracts.repayment import mark

ReturnReason = Literal[
    "unwanted", "defective", "wrong_item", "not_as_described", "too_large", "too_small", "colour", "style", "other", ""
]


class BroughtBack(Contract):
    """Pieces of one line, and why; a line may be named several times. `restocked`: they may be sold again.

    Of a return that the buyer opened: whether the pieces are `accepted`, in which `condition` and by which
    `decision_reason`, both in the channel's own words (`ReturnTerms`).
    """

    line_external_id: str
    quantity: Decimal
    reason: ReturnReason = ""
    note: str = ""
    restocked: bool = False
    accepted: bool = True
    condition: str = ""
    decision_reason: str = ""


class ReturnTerms(Contract):
    """What a channel takes as the answer to a return that a buyer opened there, in its own words. It takes no word
    where a list is empty. `refuses`: pieces may be refused; `refusal_note`: the buyer is told why, in words."""

    conditions: tuple[str, ...] = ()
    accepted_for: tuple[str, ...] = ()
    refused_for: tuple[str, ...] = ()
    refuses: bool = True
    refusal_note: bool = False


class GoodsBack(Contract):
    """One return of one order, whose goods are here. `mark` stands in the return's note in the shop where it has one,
    and is how it is found again there. `announced`: the buyer opened it there, and this is the answer."""

    id: UUID
    order_external_id: str
    lines: tuple[BroughtBack, ...]
    tracking_number: str = ""
    received_at: datetime
    announced: bool = False

    @property
    def mark(self) -> str:
        return mark(self.id)


class ReturnPush(Payload):
    """Tell the channel that goods came back. The subject is the return's id: the channel counts the goods once."""

    type = "return.push"
    kind = "command"

    version: int = 1
    order_id: UUID
    goods: GoodsBack
