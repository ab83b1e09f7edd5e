"""Feeds: handed in now, worked through later, and only their report says message by message what became of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.connectors.amazon.client import Client, Handed
from shared.connector_kit.declaration import PushResult
from shared.contracts.errors import Rejected, Transient
from shared.http import json_text, xml_text

LOOK_EVERY, LOOKS = 15.0, 8
"""Two minutes; a feed that takes longer is looked for again before the next one."""
RUNNING = ("IN_QUEUE", "IN_PROGRESS")
UNANSWERED = "feed_unanswered"
Verdict = Mapping[str, PushResult]


async def earlier(client: Client, noun: str, refused: str) -> Verdict | None:
    """What became of the feed of this kind that was still under way, by what it said; None while it is. Nothing is sent
    meanwhile, to overtake it."""
    handed = client.handed.get(noun)
    return {} if handed is None else await _verdict(client, noun, handed, refused)


async def judged(client: Client, noun: str, handed: Handed, refused: str) -> Verdict:
    """Waits for a feed; what it says is tried again later where its report does not come in time."""
    client.handed[noun] = handed
    found = await _verdict(client, noun, handed, refused)
    return dict.fromkeys(handed.messages, waits()) if found is None else found


def waits() -> PushResult:
    return PushResult("retrying", UNANSWERED, {"detail": "a feed is still being worked through"})


async def _verdict(client: Client, noun: str, handed: Handed, refused: str) -> Verdict | None:
    for look in range(LOOKS):
        if look:
            await client.turn(noun, LOOK_EVERY)
        try:
            state = await client.feed(handed.feed)
        except Rejected:
            # Nobody knows the feed any more: it stands in nobody's way.
            state = {"processingStatus": "FATAL"}
        if state.get("processingStatus") not in RUNNING:
            found = await _read(client, handed, state, refused)
            client.handed.pop(noun, None)
            return found
    return None


async def _read(client: Client, handed: Handed, state: dict[str, Any], refused: str) -> Verdict:
    """DONE may hold refused messages; any other end may have done a part of it, so all is said again."""
    ended = str(state.get("processingStatus", ""))
    document = state.get("resultFeedDocumentId")
    if ended != "DONE" or not document:
        again = PushResult("retrying", UNANSWERED, {"detail": f"the feed {handed.feed} ended as {ended}"})
        return dict.fromkeys(handed.messages, again)
    errors = dict(_errors(await client.report(str(document))))
    stray = [words for number, words in errors.items() if number not in handed.messages.values()]
    return {said: _judged(handed, errors.get(number, ""), stray, refused) for said, number in handed.messages.items()}


def _judged(handed: Handed, error: str, stray: list[str], refused: str) -> PushResult:
    """An error that names no message of ours is that of the only one; of several nobody knows whose it is."""
    if error or (stray and len(handed.messages) == 1):
        return PushResult("failed", refused, {"detail": error or stray[0]})
    if stray:
        return PushResult("retrying", UNANSWERED, {"detail": stray[0]})
    return PushResult("done", external_id=handed.feed)


def _errors(report: bytes) -> Iterator[tuple[str, str]]:
    """The refused messages with the reason: of listings in JSON, of everything else in XML."""
    if report.lstrip()[:1] == b"{":
        yield from _of_json(report)
        return
    try:
        for one in xml_text.records(report, "Result", roots=("AmazonEnvelope",)):
            if one.get("ResultCode") == "Error":
                yield str(one.get("MessageID", "")), str(one.get("ResultDescription") or "no reason was given")[:300]
    except xml_text.NotXml as error:
        raise Transient(f"The report of a feed cannot be read: {error}", code="not_xml") from None


def _of_json(report: bytes) -> Iterator[tuple[str, str]]:
    try:
        issues = json_text.decode(report, "application/json").get("issues") or []
    except json_text.NotJson as error:
        raise Transient(f"The report of a feed cannot be read: {error}", code="not_json") from None
    said: dict[str, list[str]] = {}
    for one in issues:
        if one.get("severity") == "ERROR":
            said.setdefault(str(one.get("messageId", "")), []).append(f"{one.get('code')}: {one.get('message')}")
    for number, words in said.items():
        yield number, "; ".join(words)[:300]
