"""Which worry an entry is about, whether it raises or settles it, and what its causes are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from shared.chassis.sentences import actor, catalogue
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Actor, Reason

# Reading a record is a worry of its own: what was read well may still be parked.
READ_RECORDS = ("order", "listing")
READING = ("received", "translated", "started", "finished")
# Refusals that were answered to the caller on the spot; nothing about them stays open.
ANSWERED = ("stock_movement", "stock_upload", "price_upload", "payload", "erasure")
# A step on the way, or somebody else's step on the same record: it does not settle what holds the record itself.
NEUTRAL = (
    "started", "viewed", "reserved", "released", "superseded", "rejudged", "skipped", "reported", "acknowledged",
)  # fmt: skip
# The record has left: nothing about it is open any more.
FINAL = ("cancelled", "deleted", "erased")


@dataclass(frozen=True)
class Verdict:
    """What one entry says about a record's worry. No `causes`: it is settled. `concern` empty: all of them are."""

    entry: JournalEntry
    concern: str
    causes: tuple[Reason, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.entry.noun, self.entry.subject, self.concern)

    @property
    def at(self) -> datetime:
        return self.entry.at


def is_watch(entry: JournalEntry) -> bool:
    """Whether a watchman tells it, about a record that stands still or goes on: `watch_<name>_…`."""
    return entry.code.startswith("watch_")


def concern_of(entry: JournalEntry) -> str:
    """The part of a record's life an entry is about; two parcels of an order are two worries, each watch and each
    ticket is one, and reading a range of a stream again is another one than reading it live."""
    if is_watch(entry):
        return f"watch:{entry.code.split('_')[1]}"
    if entry.code.startswith("ticket_"):
        return f"ticket:{entry.params.get('ticket', '')}"
    parcel = parcel_of(entry)
    if entry.noun == "stream" and entry.params.get("path") == "backfill":
        return f"backfill:{entry.correlation}"
    if parcel or entry.action == "reported" or "_push_" in entry.code:
        return f"push:{parcel}"
    return "reading" if entry.noun in READ_RECORDS and entry.action in READING else "record"


def parcel_of(entry: JournalEntry) -> str:
    """The parcel an entry is about; empty when it is about none."""
    return next((key.value for key in entry.keys if key.kind == "parcel"), "")


def causes_of(entry: JournalEntry) -> tuple[Reason, ...]:
    """Why it went wrong: the stated reasons, else the code a parameter names, else the entry's own code."""
    if entry.reasons:
        return entry.reasons
    named = entry.params.get("code") or entry.params.get("reason") or entry.params.get("cause") or ""
    code = named if named in catalogue() else entry.code
    return (Reason.model_construct(code=code, params=entry.params, actor=cast(Actor, actor(code))),)


def verdict(entry: JournalEntry) -> Verdict | None:
    """None when the entry neither raises nor settles anything."""
    if entry.noun in ANSWERED:
        return None
    concern = concern_of(entry)
    if entry.outcome in ("error", "warning"):
        return Verdict(entry, concern, causes_of(entry))
    if entry.outcome != "ok" or (entry.action in NEUTRAL and not concern.startswith(("push:", "ticket:"))):
        return None
    return Verdict(entry, "" if entry.action in FINAL else concern, ())


def newest(entries: Sequence[JournalEntry]) -> list[Verdict]:
    """The last word on each worry; of two at the same moment the one that raises it wins."""
    latest: dict[tuple[str, str, str], Verdict] = {}
    for entry in entries:
        one = verdict(entry)
        if one is None:
            continue
        known = latest.get(one.key)
        if known is None or (one.at, bool(one.causes)) >= (known.at, bool(known.causes)):
            latest[one.key] = one
    return [latest[key] for key in sorted(latest)]
