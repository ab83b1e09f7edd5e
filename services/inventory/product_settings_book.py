"""The product settings of each connection, with who changed what."""

from typing import Any
from uuid import UUID

from services.inventory import product_marks
from services.inventory.product_settings import ProductSettings, changes
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.chassis.versions import is_stale
from shared.persistence.database import Transaction

DEFAULT = ProductSettings()


async def settings_of(tx: Transaction, connection: UUID) -> ProductSettings:
    """The settings of a connection; the defaults where nobody set anything."""
    value = await tx.value("SELECT value FROM product_settings WHERE connection = :id", id=connection)
    return DEFAULT if value is None else ProductSettings.model_validate(value)


async def put(
    service: Service,
    tx: Transaction,
    connection: UUID,
    settings: ProductSettings,
    actor: str,
    *,
    seen: frozenset[int] | None = None,
) -> None:
    """Replaces the settings of a connection; what it was told or is to be told is compared anew. The same again changes
    nothing.

    `seen`: raises a 409 problem when another version than these is in force.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 19))", key=str(connection))
    row = await tx.row("SELECT version, value FROM product_settings WHERE connection = :id", id=connection)
    current = 0 if row is None else int(row["version"])
    if seen is not None and is_stale(seen, current):
        raise Problem(409, "product_settings_changed_meanwhile", yours=str(max(seen)), current=str(current))
    before = DEFAULT if row is None else ProductSettings.model_validate(row["value"])
    if row is not None and before == settings:
        return
    for table, key in (("product_settings", "connection"), ("product_settings_history", "connection, version")):
        await tx.execute(
            f"""INSERT INTO {table} (connection, version, value, changed_at, changed_by)
                VALUES (:id, :version, CAST(:value AS jsonb), :now, :actor)
                ON CONFLICT ({key}) DO UPDATE SET version = EXCLUDED.version, value = EXCLUDED.value,
                    changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by""",
            id=connection,
            version=current + 1,
            value=settings.model_dump_json(),
            now=service.clock(),
            actor=actor,
        )
    words = "; ".join(f"{name} {old} → {new}" for name, (old, new) in changes(before, settings).items()) or "–"
    entry = service.journal.entry(
        noun="connection",
        subject=str(connection),
        action="updated",
        code="product_settings_changed",
        connection=connection,
        params={"changes": words, "actor": actor},
        actor=actor,
    )
    await service.journal.write(tx, [entry])
    await product_marks.mark_connection(tx, connection, again="failed")


async def history(tx: Transaction, connection: UUID, limit: int = 50) -> list[dict[str, Any]]:
    """The newest versions first."""
    return await tx.rows(
        """SELECT version, value, changed_at, changed_by FROM product_settings_history
           WHERE connection = :id ORDER BY version DESC LIMIT :limit""",
        id=connection,
        limit=limit,
    )
