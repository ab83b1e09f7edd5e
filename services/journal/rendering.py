"""Entries, causes and next steps in the caller's language, with the links that lead on."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from services.journal.concern import causes_of
from services.journal.next_step import NextStep
from services.journal.timeline import Step
from services.journal.views import Example, Line, NextLine, ProblemGroup, ReasonLine, RunView, StepLine
from shared.chassis.sentences import Language, actor, advice, sentence
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Reason


def line(entry: JournalEntry, language: Language) -> Line:
    """One entry as a line."""
    return Line.model_construct(**_told(entry, language))


def step_line(step: Step, language: Language) -> StepLine:
    return StepLine.model_construct(**_told(step.entry, language), times=step.times, first_at=step.first_at)


def _told(entry: JournalEntry, language: Language) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "service": entry.service,
        "connection": entry.connection,
        "platform": entry.platform,
        "noun": entry.noun,
        "subject": entry.subject,
        "action": entry.action,
        "outcome": entry.outcome,
        "code": entry.code,
        "params": dict(entry.params),
        "sentence": sentence(entry.code, entry.params, language),
        "advice": "" if entry.outcome == "ok" else advice(entry.code, entry.params, language),
        "reasons": [reason_line(reason, entry.params, language) for reason in _causes(entry)],
        "payload": entry.payload,
        "actor": entry.actor,
        "correlation": entry.correlation,
        "links": links(entry),
    }


def _causes(entry: JournalEntry) -> Sequence[Reason]:
    if entry.outcome == "ok":
        return entry.reasons
    return [cause for cause in causes_of(entry) if cause.code != entry.code]


def reason_line(reason: Reason, params: Mapping[str, str], language: Language) -> ReasonLine:
    """A cause; words it lacks are taken from its entry."""
    words = {"field": reason.field, **params, **reason.params}
    return ReasonLine.model_construct(
        code=reason.code,
        field=reason.field,
        sentence=sentence(reason.code, words, language),
        advice=advice(reason.code, words, language),
        who=reason.actor,
    )


def links(entry: JournalEntry) -> dict[str, str]:
    """Where to go from an entry."""
    found = {"timeline": timeline_link(entry.noun, entry.subject)}
    if entry.payload is not None:
        found["payload"] = f"/journal/payloads/{entry.payload}"
    return found | record_links(entry.noun, entry.subject)


def record_links(noun: str, subject: str) -> dict[str, str]:
    """The record itself, and why its quantity is what it is."""
    name = quote(subject, safe="")
    if noun == "order":
        return {"record": f"/orders/{name}"}
    if noun == "listing":
        return {"record": f"/inventory/listings/{name}", "quantity": f"/inventory/listings/{name}/quantity"}
    if noun == "hold":
        return {"record": f"/inventory/holds/{name}"}
    return {"record": f"/connections/{name}"} if noun == "connection" else {}


def timeline_link(noun: str, subject: str) -> str:
    return f"/journal/timeline/{quote(noun, safe='')}/{quote(subject, safe='')}"


def next_line(step: NextStep, language: Language) -> NextLine:
    return NextLine(
        code=step.code,
        sentence=sentence(step.code, step.params, language),
        advice=advice(step.code, step.params, language),
        who=step.who,
        because=[reason_line(reason, step.params, language) for reason in step.because],
    )


def run_view(row: Mapping[str, Any], language: Language) -> RunView:
    params = json.loads(row["params"])
    told = "" if row["outcome"] == "ok" else advice(row["code"], params, language)
    return RunView.model_validate(dict(row) | {"sentence": sentence(row["code"], params, language), "advice": told})


def problem_group(row: Mapping[str, Any], language: Language) -> ProblemGroup:
    """A group's sentence is that of its newest example."""
    code = row["cause"]
    examples = [(one, json.loads(one["params"])) for one in row["examples"]]
    newest = examples[0][1]
    return ProblemGroup(
        code=code,
        connection=row["connection"],
        platform=row["platform"],
        severity=row["severity"],
        count=row["count"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        sentence=sentence(code, newest, language),
        advice=advice(code, newest, language),
        who=row["actor"] or actor(code),
        examples=[
            Example(
                noun=one["noun"],
                subject=one["subject"],
                label=one["label"],
                sentence=sentence(code, words, language),
                timeline=timeline_link(one["noun"], one["subject"]),
            )
            for one, words in examples
        ],
    )
