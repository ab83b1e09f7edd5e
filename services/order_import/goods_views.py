"""What the REST interface shows and takes of goods that came back."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.order_import.goods_book import Returned, State
from services.order_import.wishes import OrderAddress, Wish
from shared.chassis.sentences import Language, sentence
from shared.contracts.returned import ReturnReason, ReturnTerms


class ReturnedLineWish(Wish):
    """Pieces of one line of the shop. A line may be named several times: of three pieces one may be damaged."""

    line_external_id: str = Field(min_length=1, max_length=200)
    quantity: Decimal = Field(gt=0, lt=Decimal(10) ** 9)
    reason: ReturnReason = ""
    note: str = Field(default="", max_length=200)
    restocked: bool = False


class ReturnedWish(Wish):
    """Goods that are here. `reference` is your own key: the same twice is the same return. What is `restocked` may be
    sold again. `tracking_number` is that of the parcel they came in; without `received_at`, now."""

    reference: str = Field(min_length=1, max_length=200)
    lines: list[ReturnedLineWish] = Field(min_length=1, max_length=1000)
    tracking_number: str = Field(default="", max_length=200)
    received_at: AwareDatetime | None = None


class AddressedReturned(ReturnedWish):
    order: OrderAddress


class AnsweredLineWish(Wish):
    """Pieces of one line of the case, accepted or refused. `condition` and `reason` are the shop's own words, as
    `terms` lists them; `note` is said to the customer where the shop asks for words, and what is `restocked` may be
    sold again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"line_external_id": "1a2b", "quantity": "1", "condition": "A", "restocked": True},
                {"line_external_id": "3c4d", "quantity": "1", "accepted": False, "reason": "ITEM_DAMAGED"},
            ]
        }
    )

    line_external_id: str = Field(min_length=1, max_length=200)
    quantity: Decimal = Field(gt=0, lt=Decimal(10) ** 9)
    accepted: bool = True
    condition: str = Field(default="", max_length=100)
    reason: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=200)
    restocked: bool = False


class AnswerWish(Wish):
    """What you make of goods that the buyer sends back. `reference` is your own key: the same twice is the same answer.
    A case may be answered in several parts; without `received_at`, now."""

    reference: str = Field(min_length=1, max_length=200)
    lines: list[AnsweredLineWish] = Field(min_length=1, max_length=1000)
    received_at: AwareDatetime | None = None


class TermsView(ReturnTerms):
    """What the shop takes as the answer to a return. `offered`: it can be answered from here at all."""

    offered: bool


class ReturnedLineView(BaseModel):
    """`outcome` and `detail` are what the shop said to this line, where it says so line by line: "done", "unchanged" or
    "failed"."""

    line_external_id: str
    quantity: Decimal
    reason: str
    note: str
    restocked: bool
    accepted: bool
    condition: str
    decision_reason: str
    outcome: str
    detail: str


class ReturnedView(BaseModel):
    """Goods that came back and what the shop said to it: "reported" it knows now, `external_id` is its own id of it.
    `explanation` explains failed and blocked. `return_id` is the case that it answers, where the buyer opened it."""

    id: UUID
    order_id: UUID
    return_id: UUID | None
    reference: str
    lines: list[ReturnedLineView]
    tracking_number: str
    received_at: datetime
    state: State
    version: int
    attempts: int
    code: str
    explanation: str
    external_id: str
    reported_at: datetime | None
    created_at: datetime


class ReturnedAnswer(BaseModel):
    """What became of one return of a list, in its order."""

    reference: str
    outcome: Literal["accepted", "known", "refused"]
    returned: ReturnedView | None = None
    code: str = ""
    field: str = ""
    detail: str = ""


def shown(one: Returned, language: Language) -> ReturnedView:
    known = {name: getattr(one, name) for name in ReturnedView.model_fields if hasattr(one, name)}
    parts = {part.place: {"outcome": part.outcome, "detail": part.detail} for part in one.parts}
    unsaid = {"outcome": "", "detail": ""}
    return ReturnedView.model_validate(
        known
        | {
            "lines": [line.model_dump() | parts.get(place, unsaid) for place, line in enumerate(one.lines)],
            "explanation": sentence(one.code, one.params or {}, language) if one.code else "",
        }
    )
