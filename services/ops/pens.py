"""`dead-letters` and `unrouted`: messages that wait for an operator in the broker."""

import json
from typing import Annotated

import typer

from services.ops.screen import say, show, stop
from services.ops.target import broker_url, told
from shared.messaging import replay
from shared.messaging.message import Message
from shared.messaging.topology import DEAD_LETTERS, UNROUTED

Most = Annotated[int, typer.Option("--limit", min=1, max=500, help="At most so many, the oldest first.")]

dead_letters = typer.Typer(no_args_is_help=True, help="Messages that nobody could read.")
unrouted = typer.Typer(no_args_is_help=True, help="Events that no queue took.")


@dead_letters.command("list")
def list_dead_letters(limit: Most = 20) -> None:
    """The oldest dead letters: what, from which queue, why."""
    messages = told(replay.peek(broker_url(), DEAD_LETTERS, limit))
    rows = [(number, m.type, m.died_in, m.events, len(m.body), m.reason) for number, m in enumerate(messages, 1)]
    columns = ("no.", "type", "given up by", "events", "bytes", "why")
    show("Dead letters, the oldest first", columns, rows, none="There are no dead letters.")


@dead_letters.command("show")
def show_dead_letter(number: Annotated[int, typer.Argument(min=1, max=500, help="Its number in the list.")]) -> None:
    """One dead letter with its whole text. It may hold personal data."""
    messages = told(replay.peek(broker_url(), DEAD_LETTERS, number))
    if len(messages) < number:
        stop(f"There are only {len(messages)} dead letters.")
    message = messages[number - 1]
    say(f"{message.type} for {message.died_in}, {message.events} events: {message.event_ids}")
    say(f"Why: {message.reason}")
    say(readable(message))


@dead_letters.command("retry")
def retry_dead_letters(limit: Most = 100) -> None:
    """Send the oldest dead letters back to the queues that gave them up. What still cannot be read returns."""
    sent = told(replay.reinject(broker_url(), DEAD_LETTERS, limit))
    say(f"{sent} dead letters were sent back to their queues." if sent else "There are no dead letters.")


@unrouted.command("list")
def list_unrouted(limit: Most = 500) -> None:
    """The oldest events that no queue took, by routing key."""
    messages = told(replay.peek(broker_url(), UNROUTED, limit))
    rows = []
    for key in sorted({message.routing_key for message in messages}):
        these = [message for message in messages if message.routing_key == key]
        rows.append((key, len(these), sum(m.events for m in these), these[0].event_ids.partition(",")[0]))
    columns = ("routing key", "messages", "events", "oldest event")
    show(f"The oldest {len(messages)} unrouted messages", columns, rows, none="There are no unrouted events.")


@unrouted.command("retry")
def retry_unrouted(limit: Most = 100) -> None:
    """Send the oldest unrouted events again. What still has no queue returns."""
    sent = told(replay.reinject(broker_url(), UNROUTED, limit))
    say(f"{sent} unrouted messages were sent again." if sent else "There are no unrouted events.")


def readable(message: Message) -> str:
    """A message's text, indented where it is JSON."""
    text = message.body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except ValueError:
        return text
