"""Documents: a record that the shop did not make itself, the merchant's PDF as its file, and the mark "sent".

The record has the id of our document, so that each step may be repeated and what is missing is found.
"""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.vocabulary import DOCUMENT_TYPES
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.document import Document
from shared.contracts.errors import Rejected

FILE_TYPE_GONE = (6, 7)
NAME_TAKEN = frozenset({"CONTENT__MEDIA_DUPLICATED_FILE_NAME", "DOCUMENT__MEDIA_DUPLICATED_FILE_NAME"})


async def documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Record first, then its file, then the mark: what broke off in between is seen and finished."""
    return [await _hand_over(client, command.payload.document, command.content) for command in commands]


async def find_documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the shop has in full."""
    found: list[PushResult | None] = []
    for command in commands:
        row = await client.document(command.payload.document.id.hex)
        found.append(_settled(client, row))
    return found


async def _hand_over(client: Client, wanted: Document, pdf: bytes) -> PushResult:
    id = wanted.id.hex
    try:
        row = await client.document(id)
        if (known := _settled(client, row)) is not None:
            return known
        if row is None:
            await _create(client, wanted)
        if row is None or not _has_file(row):
            await _upload(client, wanted, pdf)
    except Rejected as error:
        return PushResult("failed", "document_refused_by_shop", {"detail": error.detail})
    try:
        if client.marks_documents:
            await client.put_document(id, {"sent": True})
    except Rejected as error:
        return PushResult("failed", "document_not_marked", {"detail": error.detail})
    return PushResult("done", external_id=id)


async def _create(client: Client, wanted: Document) -> None:
    if not await client.orders([wanted.order_external_id]):
        raise Rejected("the order no longer exists in the shop", code="not_found")
    kind = await client.document_type(DOCUMENT_TYPES[wanted.kind])
    if kind is None:
        raise Rejected(f"the shop has no document type {DOCUMENT_TYPES[wanted.kind]}", code="rejected")
    numbers = tuple(int(part) for part in (await client.version()).split(".")[:2] if part.isdigit())
    await client.add_document(outbound.document(wanted, kind, with_file_type=numbers < FILE_TYPE_GONE))


async def _upload(client: Client, wanted: Document, pdf: bytes) -> None:
    """File names are the shop's, not the order's: one that is taken gets a mark of its own."""
    name = wanted.file_name.removesuffix(".pdf")
    try:
        await client.upload_document(wanted.id.hex, name, pdf)
    except Rejected as error:
        if error.params.get("platform_code") not in NAME_TAKEN:
            raise
        await client.upload_document(wanted.id.hex, f"{name}-{wanted.id.hex[:8]}", pdf)


def _settled(client: Client, row: dict[str, Any] | None) -> PushResult | None:
    if row is None or not _has_file(row) or (client.marks_documents and not row.get("sent")):
        return None
    return PushResult("unchanged", external_id=str(row["id"]))


def _has_file(row: dict[str, Any]) -> bool:
    return bool(row.get("documentMediaFileId"))
