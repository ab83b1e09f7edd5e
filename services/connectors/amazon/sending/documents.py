"""Invoices: one PDF per feed, for an order. Amazon does not tell which invoices an order has, so what was sent cannot
be asked for: it is sent again under the same number."""

from collections.abc import Sequence

from services.connectors.amazon.client import PDF, Client, Handed
from services.connectors.amazon.sending import feeds
from services.connectors.amazon.sending.orders import order
from services.connectors.amazon.vocabulary import INVOICE_FEED
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.document import Document
from shared.contracts.errors import Rejected

REFUSED = "document_refused_by_shop"
ELSEWHERE = {
    "amazon": "Amazon writes the invoices of this account itself; no own ones are uploaded",
    "none": "somebody else writes the invoices of this account; the connection is set to upload none",
}
BY_AMAZON = "INVOICE_BY_AMAZON"


async def documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    return [await _hand_over(client, command.payload.document, command.content) for command in commands]


async def find_documents(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """None of them can be found: all are sent again, each under its own number."""
    return [None] * len(commands)


async def _hand_over(client: Client, wanted: Document, pdf: bytes) -> PushResult:
    said = str(wanted.id)
    known = await feeds.earlier(client, "document", REFUSED)
    if known is None:
        return feeds.waits()
    if said in known and known[said].outcome != "retrying":
        return known[said]
    try:
        await _require_wanted(client, wanted)
    except Rejected as error:
        return PushResult("failed", REFUSED, {"detail": error.detail})
    feed = await client.hand_in(
        INVOICE_FEED,
        pdf,
        PDF,
        OrderId=wanted.order_external_id,
        InvoiceNumber=wanted.number,
        DocumentType="Invoice",
    )
    return (await feeds.judged(client, "document", Handed(feed, {said: "1"}), REFUSED))[said]


async def _require_wanted(client: Client, wanted: Document) -> None:
    """Raises Rejected for what Amazon does not take, or the merchant does not want it to have."""
    if client.invoices != "own":
        raise Rejected(ELSEWHERE[client.invoices], code="rejected")
    if wanted.kind != "invoice":
        raise Rejected("Amazon takes credit notes only with the transaction that they belong to", code="rejected")
    found, _ = await order(client, wanted.order_external_id)
    if BY_AMAZON in found.programs:
        raise Rejected("Amazon writes the invoice of this order itself", code="rejected")
