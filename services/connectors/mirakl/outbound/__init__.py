"""From our commands to Mirakl's bodies and files."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.connectors.mirakl import wire
from services.connectors.mirakl.outbound.prices import price_file, prices, tells_tiers
from services.connectors.mirakl.outbound.products import product_file, refused_products
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment

__all__ = [
    "cancelation", "carrier", "document", "left", "price_file", "prices", "product_file", "refused_products",
    "refused_rows", "shipment", "stock_file", "tells_tiers", "tracking",
]  # fmt: skip

STOCK_COLUMNS = ("offer-sku", "quantity", "warehouse-code", "update-delete")


def stock_file(quantities: Mapping[str, int]) -> str:
    """Only what is to change: an offer that is not named keeps what it has. No warehouse means the offer as a whole."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(STOCK_COLUMNS)
    for sku, quantity in quantities.items():
        writer.writerow([sku, str(max(quantity, 0)), "", "update"])
    return out.getvalue()


def refused_rows(report: str) -> dict[str, str]:
    """Which offers a file was refused for, and why: number and reason stand before the row as it was sent. Operators
    write such files with semicolons or commas, quoted or not."""
    text = report.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if head.count(";") >= head.count(",") else ","))
    if not rows:
        return {}
    names = [name.strip().lower() for name in rows[0]]
    column = names.index("offer-sku") if "offer-sku" in names else 2
    found: dict[str, str] = {}
    for row in rows[1:]:
        if len(row) > column:
            # Of several lines of an offer, the first that says why: those beside it are repeated without a reason.
            found[row[column]] = found.get(row[column]) or row[1]
    return found


def document(file_name: str, kind: str) -> bytes:
    """What is said about one file, as a part of the form that brings it."""
    return json.dumps({"order_documents": [{"file_name": file_name, "type_code": kind}]}).encode()


def carrier(parcel: Fulfilment, registered: Sequence[wire.Carrier], *, own_allowed: bool) -> dict[str, Any]:
    """The operator's carrier of that code or name, else the shop's own where that is allowed. Raises Rejected."""
    wanted = parcel.carrier.strip().casefold()
    for one in registered:
        if wanted and wanted in {name.casefold() for name in (one.code, one.label, one.standard_code)}:
            return {"carrier_code": one.code, "tracking_number": parcel.tracking_number}
    if own_allowed and wanted:
        own = {"carrier_name": parcel.carrier, "tracking_number": parcel.tracking_number}
        return own | ({"tracking_url": parcel.tracking_url} if parcel.tracking_url else {})
    known = ", ".join(one.code for one in registered)
    raise Rejected(f"The operator does not know the carrier “{parcel.carrier}”; known are {known}", code="rejected")


def tracking(found: dict[str, Any]) -> dict[str, Any]:
    """The same for OR23, where the address has another name."""
    return {("carrier_url" if name == "tracking_url" else name): value for name, value in found.items()}


def shipment(parcel: Fulfilment, found: dict[str, Any]) -> dict[str, Any]:
    """One parcel for ST01; our parcel id as the package's reference tells later whether it was already made."""
    lines = [
        {
            "order_line_id": line.line_external_id,
            "quantity": _whole(line.quantity),
            "package_reference": str(parcel.id),
        }
        for line in parcel.lines
    ]
    return {"order_id": parcel.order_external_id, "shipped": True, "shipment_lines": lines, "tracking": found}


def cancelation(line: wire.Line, currency: str, reason: str) -> dict[str, Any]:
    """All that is left of a line, with the money that is left of it."""
    body: dict[str, Any] = {
        "order_line_id": line.order_line_id,
        "quantity": _whole(left(line)),
        "amount": line.price - sum((one.amount or Decimal(0) for one in line.cancelations), Decimal(0)),
        "shipping_amount": line.shipping_price
        - sum((one.shipping_amount or Decimal(0) for one in line.cancelations), Decimal(0)),
        "currency_iso_code": currency,
        "reason_code": reason,
    }
    for name in ("taxes", "shipping_taxes"):
        body |= {name: rows} if (rows := _taxes_left(line, name)) else {}
    return body


def left(line: wire.Line) -> Decimal:
    """Pieces that are not cancelled yet."""
    return line.quantity - sum((one.quantity or Decimal(0) for one in line.cancelations), Decimal(0))


def _taxes_left(line: wire.Line, name: str) -> list[dict[str, Any]]:
    given = [tax for one in line.cancelations for tax in getattr(one, name)]
    return [
        {
            "code": tax.code,
            "amount": tax.amount - sum((one.amount for one in given if one.code == tax.code), Decimal(0)),
        }
        for tax in getattr(line, name)
    ]


def _whole(quantity: Decimal) -> int:
    if quantity != int(quantity):
        raise Rejected(f"Mirakl counts whole pieces, not {quantity:f}", code="rejected")
    return int(quantity)
