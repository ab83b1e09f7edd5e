"""What callers write and read on a connection's way: drafts, checklist, go-live, health, consent."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.connections.connectors import Finding, in_words
from services.connections.draft_book import Draft
from services.connections.drafting import Step, open_steps
from services.connections.readiness import Item, missing
from services.connections.views import Request
from shared.chassis.sentences import Language, sentence
from shared.contracts.connection import Feature


class NewDraft(Request):
    """The base data of a new connection."""

    platform: Annotated[str, Field(pattern=r"^[a-z0-9]{2,30}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    project: Annotated[str, Field(max_length=100)] = ""
    options: dict[str, Any] = {}


class DraftFeatures(Request):
    """One switch per data type the connector declares; what is left out is off."""

    integration: dict[Feature, bool]


class DraftView(BaseModel):
    """A connection on its way, without its secrets, and what is to be done next. `findings` are the live test's."""

    id: UUID
    platform: str
    name: str
    project: str
    options: dict[str, Any]
    integration: dict[str, bool] | None
    facts: dict[str, str]
    findings: list[dict[str, str]]
    tested_at: datetime | None
    credentials_valid_until: datetime | None
    next: Step
    next_sentence: str
    open_steps: list[Step]
    created_by: str
    created_at: datetime
    expires_at: datetime


class CheckItem(BaseModel):
    """One line of the checklist, in a sentence; `where` is the route that mends it."""

    code: str
    state: Literal["done", "missing", "attention", "optional", "not_known"]
    source: Literal["connection", "shop", "orders", "inventory"]
    field: str
    sentence: str
    advice: str
    where: str


class Checklist(BaseModel):
    """What a connection needs before it goes live. Only "missing" keeps it from that."""

    connection: UUID
    ready: bool
    items: list[CheckItem]


class GoLive(Request):
    """The features whose integration mode is switched on together with the productive mode; others stay as they are."""

    features: list[Feature] = []


class StreamAge(BaseModel):
    """How far a stream is read; `age_seconds` since its last success, None before the first."""

    stream: str
    feature: str
    every_seconds: float
    position: datetime | None
    first_pass_at: datetime | None
    last_success_at: datetime | None
    age_seconds: float | None
    last_error: str


class Health(BaseModel):
    """How a connection is doing. `budget` is what the shop's limits still allow, in calls or its own points."""

    connection: UUID
    state: Literal["ok", "degraded", "stopped"]
    reason: str
    sentence: str
    advice: str
    paused_because: str
    credentials_tested_at: datetime | None
    credentials_valid_until: datetime | None
    streams: list[StreamAge]
    backlog: dict[str, int]
    budget: float | None
    budget_at: datetime | None


class Consent(Request):
    """The fields of the credentials that the platform's login needs first; what is stored already may be left out."""

    credentials: dict[str, Any] = {}


class ConsentBegun(BaseModel):
    """Send the account's owner to `address`; he must be back before `expires_at`."""

    address: str
    expires_at: datetime


class ConsentDone(BaseModel):
    """The owner agreed and the credentials work: of which draft or connection."""

    id: UUID
    platform: str
    name: str
    sentence: str


def draft_view(draft: Draft, language: Language) -> DraftView:
    """A draft with what is missing next."""
    left = open_steps(draft)
    code = f"draft_needs_{left[0]}"
    findings = in_words([Finding.model_validate(one) for one in draft.findings], language)
    return DraftView(
        **{name: value for name, value in vars(draft).items() if name not in ("sealed", "findings")},
        findings=findings,
        next=left[0],
        next_sentence=sentence(code, {"draft": draft.name}, language),
        open_steps=left,
    )


def checklist_view(connection: UUID, items: list[Item], language: Language) -> Checklist:
    """The checklist in the caller's language."""
    lines = [CheckItem.model_validate(item.words(language)) for item in items]
    return Checklist(connection=connection, ready=not missing(items), items=lines)
