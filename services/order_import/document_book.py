"""The table of documents: what internal systems wrote about an order, and what the channel said to it."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shared.contracts.document import Document, DocumentKind
from shared.persistence import archive
from shared.persistence.database import Transaction

State = Literal["pending", "reported", "failed", "blocked"]
_PAPER = """d.id, d.order_id, d.kind, d.number, d.issued_on, d.file_name, d.digest, d.size, d.state, d.version,
            d.attempts, d.code, d.params, d.external_id, d.reported_at, d.created_at, d.created_by"""


@dataclass(slots=True)
class Paper:
    """One document without its content. `digest` tells one PDF from another; `version` counts how often it was sent."""

    id: UUID
    order_id: UUID
    kind: DocumentKind
    number: str
    issued_on: date
    file_name: str
    digest: str
    size: int
    state: State = "pending"
    version: int = 1
    attempts: int = 0
    code: str = ""
    params: dict[str, str] | None = None
    external_id: str = ""
    reported_at: datetime | None = None
    created_at: datetime | None = None
    created_by: str = ""

    def document(self, order_external_id: str) -> Document:
        """The document as the channel is told of it."""
        return Document(
            id=self.id,
            order_external_id=order_external_id,
            kind=self.kind,
            number=self.number,
            issued_on=self.issued_on,
            file_name=self.file_name,
            size=self.size,
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What is not None narrows the list; `number` is its beginning, `until` is included."""

    scope: list[UUID] | None = None
    connection: UUID | None = None
    number: str | None = None
    kind: DocumentKind | None = None
    state: State | None = None
    since: date | None = None
    until: date | None = None


def seal(id: UUID, pdf: bytes, key: bytes) -> bytes:
    """The content as it is kept: unreadable once the order's key is destroyed."""
    return archive.encrypt(key, zlib.compress(pdf, 1), id.bytes)


async def add(tx: Transaction, paper: Paper, sealed: bytes) -> None:
    await tx.execute(
        """INSERT INTO documents (id, order_id, kind, number, issued_on, file_name, digest, size, body, created_at,
                                  created_by)
           VALUES (:id, :order_id, :kind, :number, :issued_on, :file_name, :digest, :size, :body, :created_at,
                   :created_by)""",
        body=sealed,
        **{
            name: getattr(paper, name)
            for name in (
                "id", "order_id", "kind", "number", "issued_on", "file_name", "digest", "size", "created_at",
                "created_by",
            )
        },
    )  # fmt: skip


async def replace(tx: Transaction, paper: Paper, sealed: bytes) -> None:
    """Another content for a document that never arrived."""
    await tx.execute(
        """UPDATE documents SET body = :body, digest = :digest, size = :size, issued_on = :issued_on WHERE id = :id""",
        body=sealed,
        digest=paper.digest,
        size=paper.size,
        issued_on=paper.issued_on,
        id=paper.id,
    )


async def named(tx: Transaction, order_id: UUID, kind: DocumentKind, number: str) -> Paper | None:
    """The order's document of this kind and number."""
    row = await tx.row(
        f"SELECT {_PAPER} FROM documents d WHERE order_id = :order_id AND kind = :kind AND number = :number",
        order_id=order_id,
        kind=kind,
        number=number,
    )
    return None if row is None else Paper(**row)


async def of_order(tx: Transaction, order_id: UUID) -> list[Paper]:
    """The order's documents, the oldest first."""
    rows = await tx.rows(f"SELECT {_PAPER} FROM documents d WHERE order_id = :id ORDER BY created_at, id", id=order_id)
    return [Paper(**row) for row in rows]


async def owners(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The order of each document that exists."""
    rows = await tx.rows("SELECT id, order_id FROM documents WHERE id = ANY(:ids)", ids=list(ids))
    return {row["id"]: row["order_id"] for row in rows}


async def lock(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Paper]:
    """Locks documents in the order of their ids."""
    rows = await tx.rows(
        f"SELECT {_PAPER} FROM documents d WHERE id = ANY(:ids) ORDER BY id FOR UPDATE OF d", ids=sorted(set(ids))
    )
    return {row["id"]: Paper(**row) for row in rows}


async def find(tx: Transaction, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[Paper]:
    """Documents of all orders, the latest first."""
    rows = await tx.rows(
        f"""SELECT {_PAPER} FROM documents d JOIN orders o ON o.id = d.order_id
            WHERE (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR o.connection = :connection)
              AND (CAST(:number AS text) IS NULL OR starts_with(d.number, :number))
              AND (CAST(:kind AS text) IS NULL OR d.kind = :kind)
              AND (CAST(:state AS text) IS NULL OR d.state = :state)
              AND (CAST(:since AS date) IS NULL OR d.issued_on >= :since)
              AND (CAST(:until AS date) IS NULL OR d.issued_on <= :until)
              AND (CAST(:at AS timestamptz) IS NULL OR (d.created_at, d.id) < (:at, CAST(:id AS uuid)))
            ORDER BY d.created_at DESC, d.id DESC LIMIT :limit""",
        scope=filters.scope,
        connection=filters.connection,
        number=filters.number,
        kind=filters.kind,
        state=filters.state,
        since=filters.since,
        until=filters.until,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [Paper(**row) for row in rows]


async def update(tx: Transaction, paper: Paper) -> None:
    """Writes what changes after a document was added: its way to the channel."""
    await tx.execute(
        """UPDATE documents SET state = :state, version = :version, attempts = :attempts, code = :code,
                  params = CAST(:params AS jsonb), external_id = :external_id, reported_at = :reported_at
           WHERE id = :id""",
        id=paper.id,
        state=paper.state,
        version=paper.version,
        attempts=paper.attempts,
        code=paper.code,
        params=json.dumps(paper.params or {}),
        external_id=paper.external_id,
        reported_at=paper.reported_at,
    )


async def content(tx: Transaction, id: UUID) -> bytes | None:
    """The PDF of a document; None when the order's key was destroyed. Raises LookupError for one we do not have."""
    row: dict[str, Any] | None = await tx.row("SELECT order_id, body FROM documents WHERE id = :id", id=id)
    if row is None:
        raise LookupError(id)
    key = (await archive.keys_for(tx, [row["order_id"]], create=False)).get(row["order_id"])
    return None if key is None else zlib.decompress(archive.decrypt(key, row["body"], id.bytes))
