"""An alert in words: a mail's text, a webhook's body. Pure; what it says is what the journal's problems say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from babel.dates import format_datetime

from services.journal.news import Cause
from services.journal.views import ProblemGroup
from shared.chassis.sentences import Language, sentence


@dataclass(frozen=True)
class Alert:
    """`closed` are causes with the sentence they were told with, `known` how many others are still open, `names` the
    connections', `base` the address before every link."""

    id: UUID
    subscription: UUID
    at: datetime
    opened: Sequence[ProblemGroup]
    closed: Mapping[Cause, str]
    known: int
    names: Mapping[UUID, str]
    base: str
    zone: str
    language: Language

    def name(self, connection: UUID | None, platform: str = "") -> str:
        """What people call a connection."""
        if connection is None:
            return self.say("alert_everywhere")
        return self.names.get(connection) or f"{platform} {connection}".strip()

    def say(self, code: str, **words: str) -> str:
        return sentence(code, words, self.language)

    def when(self, at: datetime) -> str:
        """A moment on the receiver's clock."""
        return str(format_datetime(at, "short", tzinfo=ZoneInfo(self.zone), locale=self.language))


def subject(alert: Alert) -> str:
    """A mail's subject: how much is new and done, and where."""
    places = dict.fromkeys(alert.name(group.connection, group.platform) for group in alert.opened)
    places |= dict.fromkeys(alert.name(connection) for _, connection in alert.closed)
    shown = ", ".join(list(places)[:3]) + (" …" if len(places) > 3 else "")
    return alert.say("alert_subject", opened=str(len(alert.opened)), closed=str(len(alert.closed)), connections=shown)


def text(alert: Alert) -> str:
    """A mail's text: what is new with examples and what to do, what is done, and how much is still open."""
    parts = [alert.say("alert_greeting", opened=str(len(alert.opened)), closed=str(len(alert.closed)))]
    parts += [_group(alert, number, group) for number, group in enumerate(alert.opened, 1)]
    if alert.closed:
        done = [f"- {alert.name(connection)}: {told}" for (_, connection), told in alert.closed.items()]
        parts.append("\n".join([alert.say("alert_closed"), *done]))
    if alert.known:
        parts.append(alert.say("alert_still_open", known=str(alert.known)))
    parts.append(
        alert.say("alert_ending", problems=f"{alert.base}/journal/problems", subscription=str(alert.subscription))
    )
    return "\n\n".join(parts) + "\n"


def _group(alert: Alert, number: int, group: ProblemGroup) -> str:
    lines = [f"{number}. {alert.name(group.connection, group.platform)}: {group.sentence}"]
    lines.append(
        "   "
        + alert.say(
            "alert_count", count=str(group.count), first=alert.when(group.first_at), last=alert.when(group.last_at)
        )
    )
    if group.advice:
        lines.append(f"   {alert.say(f'alert_actor_{group.who}')} {group.advice}")
    lines.append("   " + alert.say("alert_examples"))
    for example in group.examples:
        said = "" if example.sentence == group.sentence else f": {example.sentence}"
        lines += [f"   - {example.label}{said}", f"     {alert.base}{example.timeline}"]
    return "\n".join(lines)


def body(alert: Alert) -> str:
    """A webhook's body, JSON. The receiver drops an `id` he has seen."""
    return _json(
        {
            "id": alert.id,
            "type": "alert",
            "at": alert.at,
            "subscription": alert.subscription,
            "opened": [_opened(alert, group) for group in alert.opened],
            "closed": [
                {"code": cause, "connection": connection, "connection_name": alert.name(connection), "sentence": told}
                for (cause, connection), told in alert.closed.items()
            ],
            "still_open": alert.known,
        }
    )


def _opened(alert: Alert, group: ProblemGroup) -> dict[str, Any]:
    shown = group.model_dump(mode="json")
    shown["connection_name"] = alert.name(group.connection, group.platform)
    shown["examples"] = [one | {"timeline": f"{alert.base}{one['timeline']}"} for one in shown["examples"]]
    return shown


def trial(id: UUID, subscription: UUID, at: datetime, language: Language) -> tuple[str, str, str]:
    """A test message: subject and text of a mail, and the body of a webhook."""
    told = sentence("alert_trial", {"subscription": str(subscription)}, language)
    shown = {"id": id, "type": "test", "at": at, "subscription": subscription, "sentence": told}
    return sentence("alert_trial_subject", {}, language), f"{told}\n", _json(shown)


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value, default=str).decode()
