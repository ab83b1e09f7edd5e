"""An entry as a row of the book, and a row as the entry it was."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.journal import terms
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Reason

COLUMNS = [
    "id", "at", "service", "connection", "platform", "noun", "subject", "action", "outcome", "code", "params",
    "reasons", "terms", "payload", "actor", "correlation",
]  # fmt: skip
SELECTED = ", ".join(f"e.{column}" for column in COLUMNS)


def record(entry: JournalEntry) -> tuple[Any, ...]:
    """One entry as a row, in the order of COLUMNS."""
    reasons = [reason.model_dump(exclude_defaults=True) for reason in entry.reasons]
    return (
        entry.id, entry.at, entry.service, entry.connection, entry.platform, entry.noun, entry.subject, entry.action,
        entry.outcome, entry.code, orjson.dumps(entry.params).decode(),
        orjson.dumps(reasons).decode() if reasons else "", terms.of_entry(entry), entry.payload, entry.actor,
        entry.correlation,
    )  # fmt: skip


def entry_of(row: Mapping[str, Any]) -> JournalEntry:
    """A row as the entry it was; its keys come back in lower case, customers not at all."""
    return JournalEntry.model_construct(
        **{column: row[column] for column in COLUMNS if column not in ("params", "reasons", "terms")},
        params=orjson.loads(row["params"]),
        reasons=tuple(Reason.model_validate(one) for one in orjson.loads(row["reasons"])) if row["reasons"] else (),
        keys=tuple(key for key in map(terms.read_key, row["terms"]) if key is not None),
    )
