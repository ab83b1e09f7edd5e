"""Invoices: the merchant's PDF beside the order, found again by its file name alone: no size is told."""

from collections.abc import Sequence

from services.connectors.kaufland import outbound
from services.connectors.kaufland.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.document import Document
from shared.contracts.errors import Rejected


async def documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file per call; what lies there already is not sent a second time."""
    return [await _hand_over(client, command.payload.document, command.content) for command in commands]


async def find_documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the platform has already."""
    return [await _known(client, command.payload.document) for command in commands]


async def _hand_over(client: Client, wanted: Document, pdf: bytes) -> PushResult:
    if wanted.kind not in ("invoice", "credit_note"):
        return _refused("the platform takes invoices and credit notes only")
    if (known := await _known(client, wanted)) is not None:
        return known
    try:
        id = await client.add_invoice(wanted.order_external_id, outbound.invoice(wanted.file_name, pdf))
    except Rejected as error:
        return _refused(error.detail)
    return PushResult("done", external_id=id)


async def _known(client: Client, wanted: Document) -> PushResult | None:
    order = await client.order_with_invoices(wanted.order_external_id)
    if order is None:
        return _refused("the order no longer exists")
    if order.get("is_marketplace_deemed_supplier"):
        return _refused("the platform is the seller before the law here and writes the customer's invoice itself")
    for one in order.get("order_invoices") or ():
        if one.get("original_name") == wanted.file_name and not one.get("is_marketplace_deemed_supplier"):
            return PushResult("unchanged", external_id=str(one.get("id_invoice")))
    return None


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "document_refused_by_shop", {"detail": detail})
