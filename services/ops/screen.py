"""What operators see: tables that stay whole when they are piped, sentences, and times to the second."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from shared.chassis.sentences import Language

PIPED_WIDTH = 250
Lang = Annotated[Language, typer.Option("--lang", envvar="KONTOR_LANG", help="Language of the sentences.")]


def say(sentence: str) -> None:
    """A sentence about what was done."""
    _console().print(sentence, soft_wrap=True, markup=False)


def stop(sentence: str) -> NoReturn:
    """Ends the command with a sentence about why."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, none: str) -> None:
    """A table; with no rows, the sentence `none`. The first column is never broken: it is what one copies."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    if table.row_count:
        _console().print(table, markup=False)
    else:
        say(none)


def moment(at: datetime | None) -> str:
    """A time in UTC to the second."""
    return "never" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _text(value: object) -> str:
    return moment(value) if isinstance(value, datetime) else str(value)


def _console() -> Console:
    # Made anew each time, because standard output is exchanged under tests and pipes.
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
