"""What comes next for a record, told from its journal: who or what it waits for, and which cause holds it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.journal.concern import causes_of, concern_of, is_watch
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Reason

# Entries of these actions say where an order stands; all others are steps beside it.
_STATES = ("parked", "waiting", "imported", "changed", "rejected", "rejudged", "cancelled", "erased")


@dataclass(frozen=True)
class NextStep:
    """`code` and `params` make the sentence, `because` are the causes, `who` must act ("nobody" when all is done)."""

    code: str
    params: Mapping[str, str]
    because: tuple[Reason, ...] = ()
    who: str = "time"


def next_step(noun: str, entries: Sequence[JournalEntry]) -> NextStep:
    """From all entries of one record, in order."""
    if not entries:
        return NextStep("next_unknown", {}, who="nobody")
    return _BY_NOUN.get(noun, _of_record)(entries)


def _of_order(life: Sequence[JournalEntry]) -> NextStep:
    # That it stands still changes nothing about what comes next.
    entries = [entry for entry in life if not is_watch(entry)] or life
    places = [place for place, entry in enumerate(entries) if entry.action in _STATES and not _is_push(entry)]
    words = _words(entries)
    if not places:
        return _of_reading(entries, words)
    state = entries[places[-1]]
    if state.action in _HELD and (state.outcome != "ok" or state.action != "rejudged"):
        code, who = _HELD[state.action]
        if state.action == "waiting" and state.reasons:
            code, who = "next_kept_back", ""
        causes = state.reasons if state.outcome == "ok" else causes_of(state)
        return NextStep(code, words, causes, who or _who(causes))
    pushes = _pushes(entries)
    if pushes and pushes[0].outcome != "ok":
        return _of_push(pushes[0], words)
    # A document that arrived says nothing about the goods.
    pushes = [entry for entry in pushes if not entry.code.startswith("document_")]
    if any(not _is_told(entry) for entry in pushes):
        return NextStep("next_report", words)
    if pushes:
        return NextStep("next_reported", words, who="nobody")
    if any(entry.action == "acknowledged" for entry in entries[places[-1] :]):
        return NextStep("next_shipment", words, who="merchant")
    return NextStep("next_acknowledgement", words, who="merchant")


# What a state means for what follows; the second word is who must act, empty: whoever the causes name.
_HELD: dict[str, tuple[str, str]] = {
    "erased": ("next_erased", "nobody"),
    "cancelled": ("next_cancelled", "nobody"),
    "parked": ("next_parked", ""),
    "rejudged": ("next_parked", ""),
    "waiting": ("next_waiting", "time"),
    "rejected": ("next_rejected", "merchant"),
}


def _of_reading(entries: Sequence[JournalEntry], words: Mapping[str, str]) -> NextStep:
    last = entries[-1]
    if last.outcome in ("error", "warning"):
        causes = causes_of(last)
        return NextStep("next_unreadable", words, causes, _who(causes))
    return NextStep("next_import", words)


def _pushes(entries: Sequence[JournalEntry]) -> list[JournalEntry]:
    """The last word on each parcel or document that was to be sent, those with trouble first."""
    latest = {concern_of(entry): entry for entry in entries if _is_push(entry)}
    return sorted(latest.values(), key=lambda entry: (_TROUBLE.get(entry.outcome, 3), entry.at))


_TROUBLE = {"error": 0, "skipped": 1, "warning": 2}


def _of_push(entry: JournalEntry, words: Mapping[str, str]) -> NextStep:
    causes = causes_of(entry)
    params = {**words, **entry.params}
    if entry.outcome == "skipped":
        return NextStep("next_blocked", params, causes, "merchant")
    if entry.outcome == "warning":
        return NextStep("next_retry", params, causes)
    return NextStep("next_person", params, causes, _who(causes))


def _of_listing(entries: Sequence[JournalEntry]) -> NextStep:
    pushes = [entry for entry in entries if _is_push(entry)]
    if pushes and pushes[-1].outcome != "ok":
        return _of_push(pushes[-1], _words(entries))
    last = entries[-1]
    if last.outcome in ("error", "warning"):
        return _of_record(entries)
    return NextStep("next_stock", _words(entries))


def _of_record(entries: Sequence[JournalEntry]) -> NextStep:
    last = entries[-1]
    words = _words(entries)
    if last.outcome in ("error", "warning"):
        causes = causes_of(last)
        who = _who(causes)
        return NextStep("next_retry" if who == "time" else "next_person", words, causes, who)
    return NextStep("next_nothing", words, who="nobody")


_BY_NOUN: dict[str, Callable[[Sequence[JournalEntry]], NextStep]] = {"order": _of_order, "listing": _of_listing}


def _is_push(entry: JournalEntry) -> bool:
    return concern_of(entry).startswith("push:")


def _is_told(entry: JournalEntry) -> bool:
    """Whether the channel knows it. The order book's own note of a new parcel says only that it shall be told."""
    return "_push_" in entry.code or entry.action == "reported"


def _who(causes: Sequence[Reason]) -> str:
    """The first who must act; a person before time."""
    acting = [cause.actor for cause in causes]
    return next((one for one in acting if one != "time"), acting[0] if acting else "operator")


def _words(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """What the record is called and was last said to be: later words win."""
    found: dict[str, str] = {"number": "", "erp_number": ""}
    for entry in entries:
        found |= {name: value for name, value in entry.params.items() if value}
        found |= {key.kind: key.value for key in entry.keys if not found.get(key.kind)}
    return found
