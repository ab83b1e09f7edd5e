"""What the journal's addresses answer and accept."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ReasonLine(BaseModel):
    """One cause in the caller's language. `who` must act: merchant, operator, developer, or time."""

    code: str
    field: str = ""
    sentence: str
    advice: str = ""
    who: str


class Line(BaseModel):
    """One entry, told. `links` lead to the record, its timeline, its payload, and the reckoning of its quantity."""

    id: UUID
    at: datetime
    service: str
    connection: UUID | None
    platform: str
    noun: str
    subject: str
    action: str
    outcome: str
    code: str
    params: dict[str, str]
    sentence: str
    advice: str = ""
    reasons: list[ReasonLine] = []
    payload: UUID | None = None
    actor: str = ""
    correlation: str = ""
    links: dict[str, str] = {}


class StepLine(Line):
    """One step of a timeline: `times` equal entries between `first_at` and `at`."""

    times: int
    first_at: datetime


class NextLine(BaseModel):
    """What comes next. `who` must act; "nobody" when all is done."""

    code: str
    sentence: str
    advice: str = ""
    who: str
    because: list[ReasonLine] = []


class Timeline(BaseModel):
    """The whole life of one record, earliest first. `truncated`: it has more entries than one answer holds."""

    noun: str
    subject: str
    connection: UUID | None
    platform: str
    label: str
    steps: list[StepLine]
    next: NextLine
    links: dict[str, str]
    truncated: bool = False


class Timelines(BaseModel):
    """Every record that fits the number: two shops may use the same one."""

    records: list[Timeline]


class PayloadView(BaseModel):
    """An archived body. `body` is JSON, or text for other media; None when `state` is erased or pruned."""

    id: UUID
    noun: str
    connection: UUID
    external_id: str
    media: str
    size: int
    state: Literal["readable", "erased", "pruned"]
    sentence: str
    body: Any = None


class RunView(BaseModel):
    """One pass over a stream of a connection and what it met."""

    id: str
    connection: UUID | None
    platform: str
    stream: str
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str
    seen: int | None
    changed: int | None
    unchanged: int | None
    unreadable: int | None
    sentence: str
    advice: str = ""


class Example(BaseModel):
    noun: str
    subject: str
    label: str
    sentence: str
    timeline: str


class ProblemGroup(BaseModel):
    """Open problems with one cause in one connection. It vanishes by itself when the cause does."""

    code: str
    connection: UUID | None
    platform: str
    severity: Literal["error", "warning"]
    count: int
    first_at: datetime
    last_at: datetime
    sentence: str
    advice: str = ""
    who: str
    examples: list[Example]


class Problems(BaseModel):
    total: int
    groups: list[ProblemGroup]


class Missing(BaseModel):
    """An order the shop has and we do not."""

    external_id: str
    number: str
    stamp: datetime


class DayView(BaseModel):
    """One day of one connection: the shop's own list against ours.

    `signed_off`: the day is over, and nothing is missing. `colour` is green, amber (parked, waiting, or still under
    way) or red (missing). `missing` names the first 100.
    """

    connection: UUID
    platform: str
    day: date
    counted_at: datetime
    in_shop: int
    known: int
    imported: int
    parked: int
    waiting: int
    cancelled: int
    under_way: int
    missing_count: int
    missing: list[Missing]
    signed_off: bool
    colour: Literal["green", "amber", "red"]
    sentence: str


class Completeness(BaseModel):
    """Days of completeness and what is missing over all of them. `not_counted`: connections without a count there."""

    days: list[DayView]
    missing_total: int
    complete: bool
    sentence: str


class CountRequest(BaseModel):
    """Which days to count again; at most 31."""

    model_config = ConfigDict(extra="forbid")

    connection: UUID
    since: date
    until: date

    @model_validator(mode="after")
    def _in_order(self) -> "CountRequest":
        if self.until < self.since or (self.until - self.since).days > 31:
            raise ValueError("`until` must not be before `since`, nor more than 31 days after it")
        return self


class ErasureRequest(BaseModel):
    """Whose data to erase: a customer by e-mail (or number, or phone), or orders by our ids; one of the two.

    "restrict" keeps the order versions for the legal time, out of reach, instead of destroying their keys.
    """

    model_config = ConfigDict(extra="forbid")

    customer: str | None = Field(default=None, min_length=3, max_length=320)
    order_ids: list[UUID] = Field(default=[], max_length=500)
    mode: Literal["erase", "restrict"] = "erase"

    @model_validator(mode="after")
    def _one_of_two(self) -> "ErasureRequest":
        if (self.customer is None) == (not self.order_ids):
            raise ValueError("Name either `customer` or `order_ids`")
        return self


class Leaver(BaseModel):
    """A buyer who is gone from a platform: the connection's id, a colon, and his id there."""

    model_config = ConfigDict(extra="forbid")

    customer: str = Field(min_length=3, max_length=320, examples=["3f0c8a52-6f6c-4a53-9c0b-2b1f6a1d1c11:kunde07"])


class LeaverView(BaseModel):
    """Whether anything of him was here, and the erasure whose report says what became of it."""

    known: bool
    id: UUID | None = None


class ErasedOrder(BaseModel):
    """What became of one order. `kept_until` is the date until which its versions stay, restricted."""

    order_id: UUID
    outcome: Literal["erased", "restricted"]
    kept_until: date | None = None
    payloads_destroyed: int
    sentence: str


class Erasure(BaseModel):
    """The report of an erasure; it holds no personal data and can be read again."""

    id: UUID
    mode: Literal["erase", "restrict"]
    state: Literal["finished", "under_way"]
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None
    orders: list[ErasedOrder]
    shop_customers: int
    search_keys_deleted: int
    sentences: list[str]


class LiftRequest(BaseModel):
    """Why restricted versions must be read; it stands in the journal, so it names no person."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=10, max_length=200)


class Lifted(BaseModel):
    id: UUID
    orders: int
    sentence: str
