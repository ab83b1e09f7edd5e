"""The stock settings of each connection, with who changed what."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from services.inventory.marks import mark_connection
from services.inventory.matching import alone, rematch_all
from services.inventory.meaning_book import announce
from services.inventory.stock_settings import StockSettings, changes
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.chassis.versions import is_stale
from shared.contracts.article import Matching
from shared.persistence.database import Transaction

DEFAULT = StockSettings()


async def settings_of(tx: Transaction, connections: Collection[UUID]) -> dict[UUID, StockSettings]:
    """The settings of connections; the defaults where nobody set anything."""
    rows = await tx.rows(
        "SELECT connection, value FROM stock_settings WHERE connection = ANY(CAST(:ids AS uuid[]))",
        ids=sorted(connections),
    )
    stored = {row["connection"]: StockSettings.model_validate(row["value"]) for row in rows}
    return {connection: stored.get(connection, DEFAULT) for connection in connections}


async def matching_of(tx: Transaction, connection: UUID, settings: StockSettings) -> Matching:
    """In which order a connection's listings find their articles."""
    declared = await tx.value("SELECT matching FROM connections WHERE id = :id", id=connection)
    usual = Matching() if declared is None else Matching.model_validate(declared)
    return Matching(
        listings=settings.matching or usual.listings,
        variants=settings.variant_matching or usual.variants,
        label=settings.listing_label or usual.label,
    )


async def put(
    service: Service,
    tx: Transaction,
    connection: UUID,
    settings: StockSettings,
    actor: str,
    *,
    seen: frozenset[int] | None = None,
) -> int:
    """Replaces the settings of a connection; answers their version. The same again changes nothing.

    `seen`: raises a 409 problem when another version than these is in force.
    """
    await alone(tx)
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 7))", key=str(connection))
    row = await tx.row("SELECT version, value FROM stock_settings WHERE connection = :id", id=connection)
    current = 0 if row is None else int(row["version"])
    if seen is not None and is_stale(seen, current):
        raise Problem(409, "stock_settings_changed_meanwhile", yours=str(max(seen)), current=str(current))
    before = DEFAULT if row is None else StockSettings.model_validate(row["value"])
    if row is not None and before == settings:
        return int(row["version"])
    version = 1 if row is None else row["version"] + 1
    now: datetime = service.clock()
    for table in ("stock_settings", "stock_settings_history"):
        key = "connection" if table == "stock_settings" else "connection, version"
        await tx.execute(
            f"""INSERT INTO {table} (connection, version, value, changed_at, changed_by)
                VALUES (:id, :version, CAST(:value AS jsonb), :now, :actor)
                ON CONFLICT ({key}) DO UPDATE SET version = EXCLUDED.version, value = EXCLUDED.value,
                    changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
            id=connection,
            version=version,
            value=settings.model_dump_json(),
            now=now,
            actor=actor,
        )
    changed = changes(before, settings)
    words = "; ".join(f"{name} {old} → {new}" for name, (old, new) in changed.items()) or "–"
    await service.journal.write(
        tx,
        [
            service.journal.entry(
                noun="connection",
                subject=str(connection),
                action="updated",
                code="stock_settings_changed",
                connection=connection,
                params={"changes": words, "actor": actor},
                actor=actor,
            )
        ],
    )
    if before.matches_by != settings.matches_by:
        await rematch_all(tx, service.journal, connection, actor=actor)
    if before.number_label != settings.number_label:
        await announce(service, tx, connection)
    await mark_connection(tx, connection, again="failed")
    return version


async def history(tx: Transaction, connection: UUID, limit: int = 50) -> list[dict[str, Any]]:
    """The newest versions first."""
    return await tx.rows(
        """SELECT version, value, changed_at, changed_by FROM stock_settings_history
           WHERE connection = :id ORDER BY version DESC LIMIT :limit""",
        id=connection,
        limit=limit,
    )
