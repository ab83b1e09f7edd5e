"""Searching the book: newest first, by keys, filters and plain words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.journal import terms
from services.journal.entry_row import SELECTED
from shared.persistence.database import Transaction

MOST_SUBJECTS = 1000


@dataclass(frozen=True)
class Question:
    """What is searched. `keys` are terms that must all be there; `customer` is a keyed hash; `text` is plain words;
    `scope` None sees everything; `behind` is where the previous page ended."""

    scope: list[UUID] | None = None
    keys: tuple[str, ...] = ()
    customer: str | None = None
    text: str = ""
    connection: UUID | None = None
    platform: str | None = None
    noun: str | None = None
    subject: str | None = None
    action: str | None = None
    outcome: str | None = None
    code: str | None = None
    correlation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    behind: tuple[datetime, UUID] | None = None
    only: str = ""
    """A condition of our own, not the caller's, added as it is."""
    extra: dict[str, Any] = field(default_factory=dict)


async def find(tx: Transaction, question: Question, limit: int) -> list[dict[str, Any]]:
    """At most `limit` rows, the newest first."""
    conditions, params = _plain(question)
    asked = terms.ask(question.text)
    required = [*question.keys, *(f"{k}:{v}" for k, v in _tagged(question) if v)]
    if required:
        conditions.append("e.terms @> CAST(:required AS text[])")
        params["required"] = required
    for place, word in enumerate(asked):
        conditions.append(f"e.terms && CAST(:word{place} AS text[])")
        params[f"word{place}"] = list(word.terms)
    if question.customer is not None:
        conditions.append("e.subject = ANY(CAST(:subjects AS text[]))")
        params["subjects"] = await subjects_of(tx, question.customer, question.scope)
    if question.keys or question.customer is not None or question.subject or any(word.rare for word in asked):
        # Few rows match. Walking the book backwards until enough are found would read all of it.
        await tx.execute("SET LOCAL enable_indexscan = off")
    return await tx.rows(
        f"""SELECT {SELECTED} FROM entries e WHERE {" AND ".join(conditions) or "true"}
            ORDER BY e.at DESC, e.id DESC LIMIT :limit""",
        limit=limit,
        **params,
    )


def _plain(question: Question) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = [question.only] if question.only else []
    params: dict[str, Any] = dict(question.extra)
    for column, value, test in _tests(question):
        if value is not None:
            conditions.append(test)
            params[column] = value
    if question.outcome not in (None, "ok"):
        conditions.append("e.outcome <> 'ok'")
    if question.behind is not None:
        conditions.append("(e.at, e.id) < (:behind_at, :behind_id)")
        params["behind_at"], params["behind_id"] = question.behind
    return conditions, params


def _tests(question: Question) -> Sequence[tuple[str, Any, str]]:
    return (
        ("scope", question.scope, "e.connection = ANY(CAST(:scope AS uuid[]))"),
        ("connection", question.connection, "e.connection = :connection"),
        ("platform", question.platform, "e.platform = :platform"),
        ("subject", question.subject, "e.subject = :subject"),
        ("outcome", question.outcome, "e.outcome = :outcome"),
        ("correlation", question.correlation, "e.correlation = :correlation"),
        ("since", question.since, "e.at >= :since"),
        ("until", question.until, "e.at < :until"),
    )


def _tagged(question: Question) -> Sequence[tuple[str, str | None]]:
    return (("n", question.noun), ("a", question.action), ("c", question.code))


async def subjects_of(tx: Transaction, customer: str, scope: list[UUID] | None) -> list[str]:
    """The records of a customer, given by the keyed hash."""
    rows = await tx.rows(
        """SELECT DISTINCT subject FROM customers WHERE customer = :customer
           AND (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope)) LIMIT :limit""",
        customer=customer,
        scope=scope,
        limit=MOST_SUBJECTS,
    )
    return [row["subject"] for row in rows]
