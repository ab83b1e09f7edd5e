"""The invoices that Amazon writes: their numbers and sums are told to the journals of their orders, once each."""

from collections.abc import AsyncIterator, Sequence

import orjson

from services.connectors.amazon.client import Client
from services.connectors.amazon.inbound.vat import Invoice
from shared.connector_kit.declaration import Page, Remark

AT_ONCE = 200


async def tell(client: Client, found: Sequence[Invoice]) -> AsyncIterator[Page]:
    """One remark for each document."""
    for start in range(0, len(found), AT_ONCE):
        yield Page([], remarks=[_remark(one) for one in found[start : start + AT_ONCE]])


def _remark(one: Invoice) -> Remark:
    words = {
        "number": one.order_id,
        "invoice": one.number,
        "kind": one.kind,
        "amount": f"{one.gross} {one.currency}",
        "tax": f"{one.tax} {one.currency}",
    }
    body = orjson.dumps({"order-id": one.order_id, "rows": one.rows})
    return Remark(one.order_id, f"invoice:{one.number}:{one.kind}", "invoice_by_channel", words, "ok", body)
