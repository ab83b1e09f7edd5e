"""`cursors`: how far each stream of each connection is read, and how to read it again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated, Any

import typer

from services.ops.accounts import chosen
from services.ops.screen import Lang, moment, say, show, stop
from services.ops.target import within
from shared.chassis.journal import Journal
from shared.chassis.sentences import catalogue, sentence
from shared.connector_kit import cursors, seen
from shared.contracts.connection import Connection
from shared.persistence.database import Transaction

app = typer.Typer(no_args_is_help=True, help="How far each stream of each connection is read.")


@dataclass(frozen=True)
class MovedBack:
    """What moving a cursor did; `before` None: nothing had been read yet."""

    connection: Connection
    before: datetime | None


async def all_cursors(tx: Transaction, connection: str = "") -> list[dict[str, Any]]:
    """Every cursor with its connection's name. Runs in the connectors' schema."""
    account = await chosen(tx, connection) if connection else None
    return await tx.rows(
        """SELECT k.connection, c.content ->> 'name' AS name, c.platform, k.stream, k.position, k.first_pass_at,
                  k.last_success_at, k.last_error, k.due_at
           FROM cursors k LEFT JOIN connections c ON c.id = k.connection
           WHERE CAST(:id AS uuid) IS NULL OR k.connection = :id ORDER BY c.platform, name, k.stream""",
        id=None if account is None else account.id,
    )


async def move_back(
    tx: Transaction, connection: str, stream: str, to: datetime | None, *, publish_again: bool = False
) -> MovedBack:
    """Reads a stream again from `to`, or from its beginning. Runs in the connectors' schema.

    `publish_again`: also what has not changed since it was last published, because messages were lost with the broker.
    Whoever works for the connection loses its lease first: a run that is under way would otherwise move the cursor
    forward again with its next page.
    """
    account = await chosen(tx, connection)
    known = {cursor.stream: cursor for cursor in await cursors.all_of(tx, account.id)}
    if stream not in known:
        stop(f"{account.name} has no stream {stream}. It has: {', '.join(sorted(known)) or 'none yet'}.")
    await tx.execute("UPDATE leases SET expires_at = '-infinity' WHERE account = :account", account=str(account.id))
    await cursors.move_back(tx, account.id, stream, to)
    if publish_again:
        await seen.forget_all(tx, account.id, stream)
    words = {"connection": account.name, "stream": stream, "before": moment(known[stream].position),
             "after": "the beginning" if to is None else moment(to), "actor": getuser()}  # fmt: skip
    journal = Journal("ops")
    entry = journal.entry(
        noun="stream",
        subject=f"{account.id}:{stream}",
        action="updated",
        code="cursor_moved_back",
        params=words,
        connection=account.id,
        platform=account.platform,
        actor=getuser(),
    )
    await journal.write(tx, [entry])
    return MovedBack(account, known[stream].position)


@app.command("list")
def list_cursors(
    connection: Annotated[str, typer.Option(help="Its id or name.")] = "",
    lang: Lang = "en",
) -> None:
    """Every stream: how far it is read, when it last succeeded, when it is due, what is wrong."""

    async def read(tx: Transaction) -> list[dict[str, Any]]:
        return await all_cursors(tx, connection)

    rows = []
    for row in within("connectors", read):
        error = row["last_error"]
        words = {"detail": error, "connection": row["name"] or ""}
        wrong = sentence(error, words, lang) if error in catalogue() else error
        rows.append((row["connection"], row["name"] or "deleted", row["stream"], row["position"],
                     row["last_success_at"], row["due_at"], wrong or "nothing"))  # fmt: skip
    columns = ("connection", "name", "stream", "read up to", "last success", "next due", "what is wrong")
    show("Cursors, in UTC", columns, rows, none="No stream has been read yet.")


@app.command("back")
def back(
    connection: Annotated[str, typer.Argument(help="Its id or name.")],
    stream: Annotated[str, typer.Argument(help="order or article")],
    to: Annotated[str, typer.Option("--to", help="ISO time with its offset, for example 2026-01-31T00:00:00Z.")] = "",
    from_start: Annotated[bool, typer.Option("--from-start", help="From the very beginning.")] = False,
    publish_again: Annotated[
        bool, typer.Option("--publish-again", help="Also what has not changed: after the broker lost its messages.")
    ] = False,
) -> None:
    """Read a stream again from an earlier time. Nothing is imported twice: what has not changed is not published."""
    if bool(to) == from_start:
        stop("Say from where: --to TIME or --from-start.")
    since = instant(to) if to else None

    async def work(tx: Transaction) -> MovedBack:
        return await move_back(tx, connection, stream, since, publish_again=publish_again)

    moved = within("connectors", work)
    target = "its beginning" if since is None else f"{moment(since)} UTC"
    say(
        f"{moved.connection.name}: {stream} is read again from {target}; it had been read up to {moment(moved.before)}."
    )


def instant(text: str) -> datetime:
    """An ISO time with an offset, in UTC; ends the command for anything else and for the future."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        stop(f"{text} is no ISO time. Write it like 2026-01-31T00:00:00Z.")
    if at.tzinfo is None:
        stop(f"{text} has no offset, so it could be any of 24 hours. Write it like {text}Z or {text}+01:00.")
    if at > datetime.now(UTC):
        stop(f"{text} lies in the future; a cursor only moves back.")
    return at.astimezone(UTC)
