"""Documents: the merchant's PDF beside the order (OR74), found again by its type and file name (OR72)."""

from collections.abc import Sequence

from services.connectors.mirakl import outbound, wire
from services.connectors.mirakl.client import Client
from services.connectors.mirakl.sending import records
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.document import Document
from shared.contracts.errors import Rejected

WORDS = {"invoice": "invoices", "credit_note": "credit notes", "delivery_note": "delivery notes"}


async def documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file per call; what lies there already is not sent a second time."""
    return [await _hand_over(client, command.payload.document, command.content) for command in commands]


async def find_documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the operator has already."""
    return [await _looked_up(client, command.payload.document) for command in commands]


async def _hand_over(client: Client, wanted: Document, pdf: bytes) -> PushResult:
    try:
        kind = await _type(client, wanted)
        if (known := await _known(client, wanted, kind)) is not None:
            return known
        await records.order(client, wanted.order_external_id)
        answered = await client.add_document(
            wanted.order_external_id, wanted.file_name, outbound.document(wanted.file_name, kind), pdf
        )
    except Rejected as error:
        return _refused(error.detail)
    refused = [error for one in answered.get("order_documents") or () for error in one.get("errors") or ()]
    if refused or answered.get("errors_count"):
        return _refused("; ".join(str(one.get("message")) for one in refused)[:300] or "no reason was given")
    return PushResult("done", external_id=wanted.file_name)


async def _looked_up(client: Client, wanted: Document) -> PushResult | None:
    try:
        return await _known(client, wanted, await _type(client, wanted))
    except Rejected as error:
        return _refused(error.detail)


async def _known(client: Client, wanted: Document, kind: str) -> PushResult | None:
    """Raises Rejected for another file of the same name: somebody put it there by hand."""
    for one in wire.Documents.model_validate(await client.documents(wanted.order_external_id)).order_documents:
        if (one.order_id, one.type, one.file_name) != (wanted.order_external_id, kind, wanted.file_name):
            continue
        if one.file_size != wanted.size:
            raise Rejected(
                f"another file lies there as {wanted.file_name}; it has {one.file_size} bytes", code="rejected"
            )
        return PushResult("unchanged", external_id=str(one.id))
    return None


async def _type(client: Client, wanted: Document) -> str:
    """The operator's type for this kind; his words are not guessed at."""
    code = client.document_types.get(wanted.kind, "")
    offered = {one.code: one.label for one in wire.DocumentTypes.model_validate(await client.types()).documents}
    if code in offered:
        return code
    known = ", ".join(f"{code} ({label})" for code, label in offered.items()) or "none"
    if not code:
        raise Rejected(
            f"no type for {WORDS[wanted.kind]} is entered in the credentials; the operator has {known}", code="rejected"
        )
    raise Rejected(f"the operator has no type of document {code}; he has {known}", code="rejected")


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "document_refused_by_shop", {"detail": detail})
