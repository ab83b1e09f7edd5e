"""Who takes part in a connection, as callers see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.inventory.participation_filter import Filter, Leaving
from services.inventory.views import Said


class ParticipationView(BaseModel):
    """The filter of a connection. Without one (`version` 0) all articles take part."""

    connection: UUID
    version: int
    filter: Filter | None
    articles: int | None
    added_by_hand: int
    taken_out_by_hand: int
    evaluated_at: datetime | None
    due_at: datetime | None
    changed_at: datetime | None
    changed_by: str


class FilterCount(BaseModel):
    """How many articles a filter that is not saved would let take part, and the first of their numbers."""

    articles: int
    first: list[str]


class ParticipantView(BaseModel):
    """Whether an article takes part, why, since when; `leaving` is what its listing shows when it does not."""

    article_number: str
    takes_part: bool
    because: Said
    leaving: Literal["leave", "zero"]
    since: datetime


class ParticipationRun(BaseModel):
    """One application of the filter: how many take part, how many of them by hand, how many joined and left."""

    id: UUID
    at: datetime
    cause: Literal["saved", "night", "asked", "exception", "deleted"]
    articles: int
    added: int
    joined: int
    gone: int
    actor: str


class ParticipationChange(BaseModel):
    """An article that joined or left, and why."""

    id: int
    run_id: UUID
    article_number: str
    joined: bool
    because: Said
    at: datetime


class ExceptionBody(BaseModel):
    """*include* lets an article take part although the filter does not, *exclude* takes it out; `leaving` says what
    then becomes of its listing, and is the filter's where it is not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["include", "exclude"]
    leaving: Leaving | None = None
