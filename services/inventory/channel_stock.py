"""Stock that lies with a channel and that the channel sends itself, such as Amazon's FBA.

Each connection that has any has a warehouse, made by itself and named after it. Its levels are what the channel last
showed of its listings; nobody else changes them, and no listing sells of them unless its settings name the warehouse.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from services.inventory.rows import Refusal
from services.inventory.warehouse_book import created_entry
from shared.chassis.service import Service
from shared.persistence.database import Transaction


def code_of(platform: str, connection: UUID) -> str:
    """The code of a connection's warehouse: it stays when the connection is renamed."""
    return f"{platform}:{connection}"


async def found(service: Service, tx: Transaction, connections: Mapping[UUID, str]) -> None:
    """Sees to it that each of these connections (with their platforms) has its warehouse."""
    driver = await tx.driver()
    made = await driver.fetch(
        """INSERT INTO warehouses (code, connection) SELECT * FROM unnest($1::text[], $2::uuid[])
           ON CONFLICT DO NOTHING RETURNING code""",
        [code_of(platform, id) for id, platform in sorted(connections.items())],
        sorted(connections),
    )
    await service.journal.write(tx, [created_entry(service, row["code"], "") for row in made])


async def codes(tx: Transaction) -> set[str]:
    """The codes of the warehouses that lie with channels."""
    return {row["code"] for row in await tx.rows("SELECT code FROM warehouses WHERE connection IS NOT NULL")}


def refusal(warehouse: str, words: dict[str, str], channels: Collection[str]) -> Refusal:
    """Why nothing can be booked on a warehouse that is none of the merchant's own."""
    code = "level_warehouse_of_channel" if warehouse in channels else "level_warehouse_unknown"
    return Refusal(code, "warehouse", words)


def is_newly_held(before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> bool:
    """Whether a channel shows another quantity of what lies with it than before."""
    return before is not None and before["held_by_channel"] != row["held_by_channel"]
