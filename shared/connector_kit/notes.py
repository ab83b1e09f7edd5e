"""What a platform says once about a record, and not again when the record is read anew: kept, so that every reading of
the record has its whole state. Notes hold ids and quantities, nothing personal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from shared.persistence.database import Database


class Notes(Protocol):
    """The notes of one connection. `add` of one that is known changes nothing."""

    async def add(self, record: str, note: str, body: str) -> None: ...

    async def of(self, records: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The bodies of each record that has any, in the order in which they came."""
        ...


@dataclass
class MemoryNotes:
    """Notes of a client that lives only for one test of credentials."""

    held: dict[str, dict[str, str]] = field(default_factory=dict)

    async def add(self, record: str, note: str, body: str) -> None:
        self.held.setdefault(record, {}).setdefault(note, body)

    async def of(self, records: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return {record: list(self.held[record].values()) for record in records if record in self.held}


@dataclass
class StoredNotes:
    """In `connectors.notes`, for all replicas."""

    database: Database
    connection: UUID

    async def add(self, record: str, note: str, body: str) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(
                """INSERT INTO notes (connection, record, note, body) VALUES (:connection, :record, :note, :body)
                   ON CONFLICT DO NOTHING""",
                connection=self.connection,
                record=record,
                note=note,
                body=body,
            )

    async def of(self, records: Sequence[str]) -> Mapping[str, Sequence[str]]:
        async with self.database.transaction() as tx:
            rows = await tx.rows(
                "SELECT record, body FROM notes WHERE connection = :id AND record = ANY(:records) ORDER BY place",
                id=self.connection,
                records=list(records),
            )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["record"], []).append(row["body"])
        return found
