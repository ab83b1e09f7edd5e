"""An alert's mail as HTML: the same words as its text. Everything it needs is in it, and every word is escaped."""

from collections.abc import Iterable
from html import escape

from services.journal.alert_text import Alert, subject
from services.journal.views import ProblemGroup
from shared.chassis.sentences import Language, sentence

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_BODY = f"margin:0;padding:16px;background:#ffffff;color:#1f2328;{_FONT};font-size:15px;line-height:1.5"
_COLUMN = "max-width:640px;margin:0 auto"
_SOFT = "color:#57606a"
_COLOURS = {"error": "#cf222e", "warning": "#9a6700"}


def html(alert: Alert) -> str:
    """A mail's HTML: what is new with examples and what to do, what is done, and how much is still open."""
    counts = {"opened": str(len(alert.opened)), "closed": str(len(alert.closed))}
    parts = [_paragraphs(alert.say("alert_greeting", **counts))]
    parts += [_group(alert, number, group) for number, group in enumerate(alert.opened, 1)]
    if alert.closed:
        done = [f"{alert.name(connection)}: {told}" for (_, connection), told in alert.closed.items()]
        parts.append(_paragraphs(alert.say("alert_closed")) + _list(escape(one) for one in done))
    if alert.known:
        parts.append(_paragraphs(alert.say("alert_still_open", known=str(alert.known))))
    problems = f"{alert.base}/journal/problems"
    ending = _paragraphs(alert.say("alert_ending", problems=problems, subscription=str(alert.subscription)), _SOFT)
    parts.append("<hr>" + ending.replace(escape(problems), _link(alert, problems, problems), 1))
    return _page(subject(alert), "\n".join(parts), alert.language)


def trial(text: str, language: Language) -> str:
    """A test message's HTML."""
    return _page(sentence("alert_trial_subject", {}, language), _paragraphs(text.strip()), language)


def _page(title: str, content: str, language: Language) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title></head>\n'
        f'<body style="{escape(_BODY)}"><div style="{_COLUMN}">\n{content}\n</div></body></html>\n'
    )


def _group(alert: Alert, number: int, group: ProblemGroup) -> str:
    head = f"{number}. {alert.name(group.connection, group.platform)}: {group.sentence}"
    colour = _COLOURS.get(group.severity, "#0969da")
    count = alert.say(
        "alert_count", count=str(group.count), first=alert.when(group.first_at), last=alert.when(group.last_at)
    )
    parts = [f'<h2 style="margin:0;font-size:16px">{escape(head)}</h2>', _paragraphs(count, _SOFT)]
    if group.advice:
        who = escape(alert.say(f"alert_actor_{group.who}"))
        parts.append(f'<p style="margin:8px 0"><strong>{who}</strong> {escape(group.advice)}</p>')
    shown = []
    for example in group.examples:
        said = "" if example.sentence == group.sentence else escape(f": {example.sentence}")
        shown.append(_link(alert, f"{alert.base}{example.timeline}", example.label) + said)
    parts.append(_paragraphs(alert.say("alert_examples")) + _list(shown))
    inside = "\n".join(parts)
    return f'<div style="margin:16px 0;padding:4px 0 4px 12px;border-left:4px solid {colour}">\n{inside}\n</div>'


def _link(alert: Alert, address: str, words: str) -> str:
    """Without a base the address leads nowhere from a mail, so it is shown beside the words instead."""
    if not alert.base.startswith(("https://", "http://")):
        return escape(words) if address == words else f"{escape(words)} ({escape(address)})"
    return f'<a href="{escape(address)}" style="color:#0969da">{escape(words)}</a>'


def _list(items: Iterable[str]) -> str:
    return '<ul style="margin:4px 0;padding-left:20px">' + "".join(f"<li>{one}</li>" for one in items) + "</ul>"


def _paragraphs(words: str, style: str = "color:inherit") -> str:
    shown = (escape(one).replace("\n", "<br>") for one in words.split("\n\n"))
    return "\n".join(f'<p style="margin:8px 0;{style}">{one}</p>' for one in shown)
