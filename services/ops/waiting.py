"""`held`, `leases` and `work`: what waits, for what, and who holds which account."""

from typing import Annotated, Any

import typer

from services.ops.accounts import chosen
from services.ops.installation import SCHEMAS
from services.ops.screen import Lang, show
from services.ops.target import within
from shared.chassis.sentences import catalogue, sentence
from shared.persistence.database import Transaction

held = typer.Typer(no_args_is_help=True, help="Events that wait for a time or for another record.")
leases = typer.Typer(no_args_is_help=True, help="Which worker holds which connection.")
work = typer.Typer(no_args_is_help=True, help="What waits to be read from or sent to the channels.")


async def held_events(tx: Transaction) -> list[dict[str, Any]]:
    """Held events of every service, counted by queue and by what they wait for."""
    parts = [
        f"""SELECT '{schema}' AS schema, queue, waits_for, count(*) AS n, min(due_at) AS due_at,
                   min(created_at) AS since FROM {schema}.held GROUP BY queue, waits_for"""
        for schema in SCHEMAS
    ]
    return await tx.rows(f"{' UNION ALL '.join(parts)} ORDER BY due_at, queue, waits_for")


async def lease_holders(tx: Transaction) -> list[dict[str, Any]]:
    """Every connection's lease; turns of single calls (`connector_kit/turns.py`) are none. Runs in the connectors'
    schema."""
    return await tx.rows(
        """SELECT l.account, c.content ->> 'name' AS name, c.platform, l.token, l.expires_at,
                  l.expires_at > now() AS held, l.holder, coalesce(h.alive_until > now(), false) AS alive
           FROM leases l LEFT JOIN connections c ON c.id::text = l.account
                         LEFT JOIN holders h ON h.holder = l.holder
           WHERE l.account NOT LIKE 'turn %'
           ORDER BY c.platform, name, l.account"""
    )


async def waiting_work(tx: Transaction, connection: str = "") -> list[dict[str, Any]]:
    """Work counted by connection, kind and reason. Runs in the connectors' schema."""
    account = await chosen(tx, connection) if connection else None
    return await tx.rows(
        """SELECT c.content ->> 'name' AS name, w.connection, w.kind, w.state, w.blocked,
                  CASE WHEN w.blocked = '' THEN w.last_error ELSE '' END AS error, count(*) AS n,
                  max(w.attempts) AS attempts, min(w.due_at) AS due_at, min(w.created_at) AS since
           FROM work w LEFT JOIN connections c ON c.id = w.connection
           WHERE CAST(:id AS uuid) IS NULL OR w.connection = :id
           GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY name, w.kind, n DESC""",
        id=None if account is None else account.id,
    )


@held.command("list")
def list_held() -> None:
    """Held events by queue, with what they wait for and when they are tried next."""
    rows = [(r["queue"], r["schema"], r["n"], r["waits_for"] or "its time", r["due_at"], r["since"])
            for r in within("access", held_events)]  # fmt: skip
    columns = ("queue", "service", "how many", "waits for", "next try", "since")
    show("Held events", columns, rows, none="No event is held.")


@leases.command("list")
def list_leases() -> None:
    """Who works for which connection, and until when without renewal."""
    rows = []
    for row in within("connectors", lease_holders):
        state = "nobody" if not row["held"] else row["holder"] if row["alive"] else f"{row['holder']} (no longer alive)"
        rows.append((row["account"], row["name"] or "deleted", row["platform"] or "", state, row["expires_at"],
                     row["token"]))  # fmt: skip
    columns = ("connection", "name", "platform", "held by", "until", "token")
    show("Leases", columns, rows, none="No connection has ever been worked for.")


@work.command("list")
def list_work(
    connection: Annotated[str, typer.Option(help="Its id or name.")] = "",
    lang: Lang = "en",
) -> None:
    """What waits per connection, and why."""

    async def read(tx: Transaction) -> list[dict[str, Any]]:
        return await waiting_work(tx, connection)

    rows = []
    for row in within("connectors", read):
        if row["blocked"]:
            why = sentence(row["blocked"], {}, lang) if row["blocked"] in catalogue() else row["blocked"]
        elif row["state"] == "sending":
            why = f"sent, outcome not recorded yet; {row['error']}".rstrip("; ")
        else:
            why = row["error"] or "its turn"
        rows.append((row["connection"], row["name"] or "deleted", row["kind"], row["n"], why, row["attempts"],
                     row["due_at"]))  # fmt: skip
    columns = ("connection", "name", "kind", "how many", "why", "attempts", "next try")
    show("Waiting work", columns, rows, none="Nothing waits.")
