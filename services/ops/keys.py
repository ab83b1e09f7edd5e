"""`keys`: API keys for people and systems, made without the REST API."""

from datetime import datetime
from getpass import getuser
from typing import Annotated, Any
from uuid import UUID

import typer

from services.connections import keys
from services.ops.screen import say, show, stop
from services.ops.target import within
from shared.chassis.access import ROLES, Role, new_key
from shared.chassis.journal import Journal
from shared.contracts.journal import Action
from shared.persistence.database import Transaction

app = typer.Typer(no_args_is_help=True, help="API keys for people and systems.")


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who or what uses it; the journal shows this name.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = "read",
    project: Annotated[list[str] | None, typer.Option(help="Only this project; may be repeated.")] = None,
    connection: Annotated[list[UUID] | None, typer.Option(help="Only this connection; may be repeated.")] = None,
    expires: Annotated[datetime | None, typer.Option(help="The day it ends, in UTC.", formats=["%Y-%m-%d"])] = None,
) -> None:
    """Make a key and show it, this once. The key alone goes to standard output."""
    key = new_key()

    async def work(tx: Transaction) -> dict[str, Any]:
        made = await keys.add(
            tx, key, name=name, role=role, by=getuser(), projects=project or None, connections=connection or None,
            expires_at=None if expires is None else utc(expires),
        )  # fmt: skip
        await _tell(tx, made, "created", "key_created")
        return made

    made = within("connections", work)
    typer.echo(f"The key {made['name']} ({made['id']}) has the role {role}. It is shown only now:", err=True)
    typer.echo(key)


@app.command("list")
def list_keys() -> None:
    """All keys, without the keys themselves."""
    rows = []
    for row in within("connections", keys.listed):
        limits = [*(row["projects"] or []), *(str(id) for id in row["connections"] or [])]
        state = "revoked" if row["revoked_at"] else "valid"
        rows.append((row["id"], row["name"], row["role"], ", ".join(limits) or "everything", row["created_at"],
                     row["created_by"], row["expires_at"] or "never", state))  # fmt: skip
    columns = ("id", "name", "role", "limited to", "made", "by", "ends", "state")
    show(f"API keys; roles are {', '.join(ROLES)}", columns, rows, none="There are no keys. Run migrate first.")


@app.command("revoke")
def revoke(key_id: UUID) -> None:
    """End a key. Services notice within half a minute; twice is once."""

    async def work(tx: Transaction) -> dict[str, Any]:
        before = {row["id"]: row["revoked_at"] for row in await keys.listed(tx)}
        row = await keys.revoke(tx, key_id)
        if row is None:
            stop(f"There is no key {key_id}. Type: python -m services.ops keys list")
        if before[key_id] is None:
            await _tell(tx, row, "deleted", "key_revoked")
        return row

    say(f"The key {within('connections', work)['name']} is revoked.")


def utc(day: datetime) -> datetime:
    """The first moment of a day in UTC."""
    return datetime.fromisoformat(f"{day.date()}T00:00:00Z")


async def _tell(tx: Transaction, row: dict[str, Any], action: Action, code: str) -> None:
    journal = Journal("ops")
    words = {"name": row["name"], "actor": getuser()}
    entry = journal.entry(
        noun="key", subject=str(row["id"]), action=action, code=code, params=words, actor=getuser()
    )  # fmt: skip
    await journal.write(tx, [entry])
