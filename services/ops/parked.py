"""`parked`: events that a service could not apply after all its attempts, in every service's schema."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from services.ops.installation import SCHEMAS
from services.ops.screen import Lang, moment, say, show, stop
from services.ops.target import within
from shared.chassis.sentences import advice, sentence
from shared.persistence.database import Transaction

app = typer.Typer(no_args_is_help=True, help="Events that could not be applied and wait for a person.")
CHANGING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+")


@dataclass(frozen=True)
class Parked:
    """One parked event; `schema` is its service's."""

    schema: str
    event_id: UUID
    queue: str
    type: str
    code: str
    detail: str
    attempts: int
    parked_at: datetime

    @property
    def cause(self) -> tuple[str, str, str, str]:
        """Events of one cause differ only in the numbers and ids that their detail names."""
        first_line = self.detail.partition("\n")[0]
        return self.schema, self.type, self.code, CHANGING.sub("…", first_line)


async def parked(tx: Transaction) -> list[Parked]:
    """Every parked event of every service, the oldest first."""
    columns = "event_id, queue, type, code, detail, attempts, parked_at"
    parts = [f"SELECT '{schema}' AS schema, {columns} FROM {schema}.parked_events" for schema in SCHEMAS]
    return [Parked(**row) for row in await tx.rows(f"{' UNION ALL '.join(parts)} ORDER BY parked_at, event_id")]


async def body_of(tx: Transaction, event: Parked) -> bytes:
    """The event itself, a batch of one."""
    found: bytes = await tx.value(f"SELECT body FROM {event.schema}.parked_events WHERE event_id = :id",
                                  id=event.event_id)  # fmt: skip
    return found


async def send_back(tx: Transaction, events: Sequence[Parked]) -> int:
    """Puts parked events where their consumers take them up at once, with all attempts before them again.

    Answers how many; an event that somebody else has sent back meanwhile is not sent a second time.
    """
    sent = 0
    for schema in sorted({event.schema for event in events}):
        sent += await tx.execute(
            f"""WITH freed AS (DELETE FROM {schema}.parked_events WHERE event_id = ANY(:ids)
                               RETURNING event_id, queue, body),
                     reset AS (DELETE FROM {schema}.attempts WHERE event_id IN (SELECT event_id FROM freed))
                INSERT INTO {schema}.held (queue, body, due_at) SELECT queue, body, now() FROM freed""",
            ids=[event.event_id for event in events if event.schema == schema],
        )
    return sent


def causes(events: Iterable[Parked]) -> list[list[Parked]]:
    """Parked events by cause, the most frequent first."""
    grouped: dict[tuple[str, str, str, str], list[Parked]] = {}
    for event in events:
        grouped.setdefault(event.cause, []).append(event)
    return sorted(grouped.values(), key=len, reverse=True)


@app.command("list")
def list_parked() -> None:
    """What is parked, grouped by cause, with one event of each as an example."""
    rows = []
    for group in causes(within("access", parked)):
        schema, type, code, detail = group[0].cause
        rows.append((group[0].event_id, len(group), schema, type, code, detail[:160], group[0].parked_at))
    columns = ("oldest event", "how many", "service", "type", "code", "cause", "since")
    show("Parked events by cause", columns, rows, none="No event is parked.")


@app.command("show")
def show_parked(event_id: UUID, lang: Lang = "en") -> None:
    """One parked event: why, what to do, and the event itself. It may hold personal data."""

    async def read(tx: Transaction) -> tuple[Parked, bytes]:
        event = _one(await parked(tx), event_id)
        return event, await body_of(tx, event)

    event, body = within("access", read)
    words = {"type": event.type, "attempts": str(event.attempts), "event": str(event_id), "detail": event.detail}
    say(sentence(event.code, words, lang))
    say(advice(event.code, words, lang))
    say(f"{event.schema}, queue {event.queue}, since {moment(event.parked_at)} UTC")
    say(json.dumps(json.loads(body), indent=1, ensure_ascii=False))


@app.command("retry")
def retry(
    event_id: Annotated[UUID | None, typer.Argument(help="One event; without it, --all or --code.")] = None,
    all_events: Annotated[bool, typer.Option("--all", help="Every parked event.")] = False,
    code: Annotated[str, typer.Option(help="Every event parked with this code.")] = "",
) -> None:
    """Try parked events again: they are due at once, and have all their attempts again."""
    if (event_id is not None) + all_events + bool(code) != 1:
        stop("Say which: an event's id, --all, or --code CODE.")

    async def work(tx: Transaction) -> int:
        found = await parked(tx)
        if event_id is not None:
            found = [_one(found, event_id)]
        return await send_back(tx, [event for event in found if not code or event.code == code])

    sent = within("access", work)
    say(f"{sent} events are tried again; what fails once more comes back here." if sent else "No event is parked so.")


def _one(events: Sequence[Parked], event_id: UUID) -> Parked:
    for event in events:
        if event.event_id == event_id:
            return event
    stop(f"No event {event_id} is parked. It may have been sent back already; nothing was changed.")
