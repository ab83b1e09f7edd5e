"""The journal's entry: what happened to which record, when, and why, without personal data."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload
from shared.contracts.reason import Reason

Action = Literal[
    "received", "translated", "parked", "waiting", "imported", "changed", "cancelled", "reserved", "released", "pushed",
    "reported", "acknowledged", "rejected", "failed", "skipped", "rejudged", "started", "finished", "created",
    "updated", "deleted", "paused", "resumed", "erased", "superseded", "viewed",
]  # fmt: skip
Outcome = Literal["ok", "warning", "error", "skipped"]
KeyKind = Literal["number", "external_id", "erp_number", "sku", "tracking", "customer", "parcel", "listing"]


class SearchKey(Contract):
    """A value support may search by. `customer` values are keyed hashes."""

    kind: KeyKind
    value: str


class JournalEntry(Payload):
    """One line of the journal. `noun` and `subject` name the record (subject = our id as text); `code` and `params`
    make the sentence; `payload` is an archived body; `correlation` ties the entries of one run or request together."""

    type = "journal.recorded"

    id: UUID
    at: datetime
    service: str
    connection: UUID | None = None
    platform: str = "core"
    noun: str
    subject: str
    action: Action
    outcome: Outcome = "ok"
    code: str
    params: dict[str, str] = {}
    reasons: tuple[Reason, ...] = ()
    keys: tuple[SearchKey, ...] = ()
    payload: UUID | None = None
    actor: str = ""
    correlation: str = ""
