"""Naming a connection on the command line: by its id, or by its name where only one has it."""

from services.ops.screen import stop
from shared.contracts.connection import Connection
from shared.persistence.database import Transaction


async def chosen(tx: Transaction, text: str) -> Connection:
    """The connection that is meant. Runs in the connectors' schema; ends the command when none or several are."""
    rows = await tx.rows(
        "SELECT content FROM connections WHERE NOT deleted AND (id::text = :text OR content ->> 'name' = :text)",
        text=text.strip(),
    )
    if not rows:
        stop(f"The connectors know no connection {text}. Type: python -m services.ops cursors list")
    if len(rows) > 1:
        stop(f"{len(rows)} connections are called {text}; name the one you mean by its id.")
    return Connection.model_validate(rows[0]["content"])
