"""What callers of the connections API write and read. Secrets go in and never come out."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.connections.book import Record
from services.connections.desk import FEATURES
from shared.chassis.access import Principal, Role
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language, sentence
from shared.contracts.connection import Feature


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewConnection(Request):
    """A new account. The credentials are tested live before anything is stored."""

    platform: Annotated[str, Field(pattern=r"^[a-z0-9]{2,30}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    project: Annotated[str, Field(max_length=100)] = ""
    credentials: dict[str, Any]
    options: dict[str, Any] = {}
    integration: dict[Feature, bool] = {}
    productive: bool = False


class ConnectionChange(Request):
    """What may be changed of a connection; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    project: Annotated[str, Field(max_length=100)] | None = None
    options: dict[str, Any] | None = None
    integration: dict[Feature, bool] | None = None
    productive: bool | None = None

    @field_validator("*")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("leave the field out instead of sending null")
        return value


class NewCredentials(Request):
    """Replaces the credentials of a connection, once they have passed the live test."""

    credentials: dict[str, Any]


class Pause(Request):
    """Why a connection is paused: a code of the sentences, a detail for people, the field it concerns."""

    code: Annotated[str, Field(max_length=60)] = "paused_by_hand"
    detail: Annotated[str, Field(max_length=500)] = ""
    field: Annotated[str, Field(max_length=100)] = ""


class Switch(BaseModel):
    """One feature's switch and what keeps the feature from running; empty when it runs."""

    feature: str
    integration_mode: bool
    blocked_by: str
    sentence: str = ""


class ConnectionView(BaseModel):
    """One connection as people see it."""

    id: UUID
    platform: str
    name: str
    project: str
    version: int
    productive: bool
    integration: dict[str, bool]
    switches: list[Switch]
    paused_because: str
    paused_sentence: str = ""
    options: dict[str, Any]
    facts: dict[str, str]
    tested_at: datetime | None
    credentials_valid_until: datetime | None
    created_at: datetime


class TestResult(BaseModel):
    """What a live test found, in sentences."""

    ok: bool
    findings: list[dict[str, str]]
    facts: dict[str, str]


class DeletionPlan(BaseModel):
    """What a deletion will remove and what stays. `token` confirms it until `expires_at`; `waiting` is lost with it."""

    id: UUID
    name: str
    deleted: list[str]
    kept: list[str]
    waiting: dict[str, int] | None
    """Work that the connector has not done yet, by kind; None when it did not say."""
    token: str
    expires_at: datetime


class Deleted(BaseModel):
    """What a deletion removed, and what stays."""

    id: UUID
    deleted: list[str]
    kept: list[str]


class NewKey(Request):
    """A new API key; limits are optional, none means everything."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Role
    projects: list[str] | None = None
    connections: list[UUID] | None = None
    expires_at: datetime | None = None


class KeyView(BaseModel):
    id: UUID
    name: str
    role: Role
    projects: list[str] | None
    connections: list[UUID] | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None


class CreatedKey(KeyView):
    """The only time the key itself is shown."""

    key: str


def unlimited(caller: Principal) -> None:
    """What concerns all connections is not for a key that sees some of them only: above all, it must not make one that
    sees them all."""
    if caller.connections is not None:
        raise Problem(403, "role_missing", name=caller.name, role=f"{caller.role} (limited)", needed="admin")


def view(record: Record, language: Language, offered: Collection[str] | None = None) -> ConnectionView:
    """A connection without its secrets, with a sentence for every switch that blocks. Switches of features that its
    platform does not have are left out, unless one is on; `offered` None: nobody knows, and all are shown."""
    contract = record.contract()
    features = [one for one in FEATURES if offered is None or one in offered or record.integration.get(one, False)]
    switches = []
    for feature in features:
        blocked = contract.blocked_by(feature)
        words = sentence(blocked, {}, language) if blocked else ""
        on = record.integration.get(feature, False)
        switches.append(Switch(feature=feature, integration_mode=on, blocked_by=blocked, sentence=words))
    paused = ""
    if record.paused_because:
        paused = sentence(record.paused_because, {"detail": record.paused_detail}, language)
    return ConnectionView(
        id=record.id,
        platform=record.platform,
        name=record.name,
        project=record.project,
        version=record.version,
        productive=record.productive,
        integration={feature: record.integration.get(feature, False) for feature in features},
        switches=switches,
        paused_because=record.paused_because,
        paused_sentence=paused,
        options=record.options,
        facts=record.facts,
        tested_at=record.tested_at,
        credentials_valid_until=record.credentials_valid_until,
        created_at=record.created_at,
    )
