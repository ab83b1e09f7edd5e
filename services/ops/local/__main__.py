"""`python -m services.ops.local up|down|reset|status|url`: the servers of this folder, from the command line."""

import os
import sys
from pathlib import Path

import typer

from services.ops.local import servers
from services.ops.local.failure import Unavailable

ROOT = Path(__file__).resolve().parents[3]

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


def say(sentence: str) -> None:
    """Progress goes to standard error, so that what `url` prints can be used in a script."""
    print(sentence, file=sys.stderr, flush=True)


@app.command()
def up() -> None:
    """Find or provide PostgreSQL and RabbitMQ; they stay until `down`."""
    for sentence in servers.start(ROOT, say, keep=True).rungs:
        print(sentence)


@app.command()
def down() -> None:
    """Stop the demo and the servers that this folder started. Their data stays."""
    servers.down(ROOT, say)


@app.command()
def reset() -> None:
    """Stop the servers and remove everything that was made here, data included."""
    servers.reset(ROOT, say)


@app.command()
def status() -> None:
    """Say which servers of this folder run."""
    for sentence in servers.status(ROOT):
        print(sentence)


@app.command()
def url(name: str = "demo") -> None:
    """Print the addresses, passwords included, of the database and the virtual host for NAME, providing them first."""
    provided = servers.provide(ROOT, say, name=name)
    print(provided.postgres_url)
    print(provided.rabbitmq_url)


def main() -> None:
    """Run the command; what cannot be provided is one sentence and exit code 1."""
    os.umask(0o022)
    try:
        app()
    except Unavailable as failure:
        say(str(failure))
        sys.exit(1)


if __name__ == "__main__":
    main()
