"""The operator's commands. They act on the installation that the environment names."""

import asyncio
import os

import typer

from services.ops import cursors, keyring, keys, parked, pens, waiting
from services.ops.features import features
from services.ops.local import servers
from services.ops.scaffold import new_connector
from services.ops.screen import say
from services.ops.target import ROOT

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(parked.app, name="parked")
app.add_typer(pens.dead_letters, name="dead-letters")
app.add_typer(pens.unrouted, name="unrouted")
app.add_typer(waiting.held, name="held")
app.add_typer(waiting.work, name="work")
app.add_typer(waiting.leases, name="leases")
app.add_typer(cursors.app, name="cursors")
app.add_typer(keys.app, name="keys")
app.add_typer(keyring.app, name="keyring")
app.command("new-connector")(new_connector)
app.command("features")(features)


@app.callback()
def about() -> None:
    """Commands for operators of Kontor.

    They act on the installation that KONTOR_DATABASE_URL (as its owner) and KONTOR_BROKER_URL name; without these, on
    the demonstration of this folder.
    """


@app.command()
def migrate() -> None:
    """Bring the database up to date, create roles and first keys, declare the queues."""
    # Imported here, because it imports every connector, and the other commands must work when one is broken.
    from services.ops.migrate import migrate as migrate_all

    done = asyncio.run(
        migrate_all(
            os.environ["KONTOR_DATABASE_URL"],
            os.environ.get("KONTOR_BROKER_URL", "memory://"),
            os.environ.get("KONTOR_ADMIN_KEY", ""),
        )
    )
    for line in done:
        typer.echo(line)


@app.command()
def down() -> None:
    """Stop the demo and the servers that this folder started. Their data stays."""
    servers.down(ROOT, say)
