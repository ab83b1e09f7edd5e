"""What the REST interface shows and takes of cancellations and returns."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from services.order_import.cancellation import CallOffState, State
from services.order_import.return_book import Cause
from services.order_import.return_book import State as ReturnState
from services.order_import.view import View
from services.order_import.wishes import WantedLine, Wish
from shared.contracts.cancellation import CancellationReason


class CancelledPieces(View):
    """Pieces of one line that the channel no longer wants."""

    line_external_id: str
    sku: str
    article_number: str
    quantity: Decimal


class CancellationView(View):
    """A cancellation by the shop after hand-over. "asked" waits for `accept` or `refuse` until `due_at`; "overtaken"
    was shipped first, "withdrawn" by the shop itself. `code` and `text` are the words of who refused."""

    id: UUID
    order_id: UUID
    version: int
    whole: bool
    lines: list[CancelledPieces] = Field(validation_alias="parts")
    state: State
    asked_at: datetime
    due_at: datetime
    decided_at: datetime | None
    decided_by: str
    code: str
    text: str


class RefusalWish(Wish):
    """Why the cancellation comes too late: words for people, and perhaps a code of your own."""

    text: str = Field(min_length=1, max_length=500, pattern=r"\S")
    code: str = Field(default="", max_length=60, pattern=r"^[A-Za-z0-9_.:-]*$")


class CancelWish(Wish):
    """What you will not ship. `reference` is your own key: the same twice is the same cancellation. Without `lines`,
    the order as a whole. Nothing is paid back by it."""

    reference: str = Field(min_length=1, max_length=200)
    lines: list[WantedLine] | None = Field(default=None, min_length=1, max_length=1000)
    reason: CancellationReason = "other"
    notify_customer: bool = False


class CalledOffPieces(BaseModel):
    line_external_id: str
    quantity: Decimal


class CallOffView(BaseModel):
    """A cancellation of yours and what the shop said to it. `explanation` explains failed and blocked."""

    id: UUID
    order_id: UUID
    reference: str
    whole: bool
    lines: list[CalledOffPieces]
    reason: CancellationReason
    notify_customer: bool
    state: CallOffState
    version: int
    attempts: int
    code: str
    explanation: str
    external_id: str
    reported_at: datetime | None
    created_at: datetime | None


class ReturnedPieces(View):
    """`restocked` of them lie on the shelf again."""

    line_external_id: str
    article_number: str
    quantity: Decimal
    restocked: Decimal


class ReturnView(View):
    """Goods on their way back: cancelled after they were shipped, or refunded after shipping."""

    id: UUID
    order_id: UUID
    version: int
    cause: Cause
    state: ReturnState
    lines: list[ReturnedPieces]
    opened_at: datetime
    received_at: datetime | None
    closed_at: datetime | None
    handled_by: str
    note: str


class RestockedLine(Wish):
    line_external_id: str = Field(min_length=1, max_length=200)
    quantity: Decimal = Field(gt=0, lt=Decimal(10) ** 9)


class ReceptionWish(Wish):
    """The goods are here. `restock`: they may be sold again, all of them or only `lines`; otherwise no stock moves."""

    restock: bool
    lines: list[RestockedLine] | None = Field(default=None, min_length=1, max_length=1000)


class ClosingWish(Wish):
    note: str = Field(default="", max_length=500)
