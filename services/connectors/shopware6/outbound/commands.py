"""Quantities, prices, shipments and documents in Shopware's bodies."""

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.connectors.shopware6.vocabulary import DOCUMENT_NUMBERS
from shared.contracts.document import Document
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.money import Money
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

PARCEL = "kontor_parcel_"
LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
"""The version of an order that counts: the others are drafts."""


def quantity(command: StockPush, reserved: int) -> dict[str, Any]:
    """What to write for what may be sold: until 6.5 `stock` includes the pieces of open orders (`reserved`)."""
    return {"id": command.external_id, "stock": command.quantity + reserved}


def price(command: PricePush, currency: str, held: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The product's whole list of prices: ours in the shop's `currency`, the others as they are `held`."""
    own: dict[str, Any] = dict(next((one for one in held if one.get("currencyId") == currency), {}))
    own |= {"currencyId": currency, "linked": True} | both_prices(
        command.price, command.tax_rate, includes_tax=command.includes_tax
    )
    if command.sets_strike:
        strike = command.strike
        own["listPrice"] = strike and {"currencyId": currency, "linked": True} | both_prices(
            strike, command.tax_rate, includes_tax=command.includes_tax
        )
    others = [dict(one) for one in held if one.get("currencyId") != currency]
    return {"id": command.external_id, "price": [own, *others]}


def both_prices(money: Money, tax_rate: Decimal, *, includes_tax: bool) -> dict[str, float]:
    """With and without tax of `tax_rate` percent; a strict shop takes no text for a number."""
    factor = 1 + tax_rate / 100
    gross, net = (money.amount, money.amount / factor) if includes_tax else (money.amount * factor, money.amount)
    return {"gross": float(round(gross, 6)), "net": float(round(net, 6))}


def mark(parcel: Fulfilment) -> str:
    """The custom field of a delivery by which a parcel is found again."""
    return f"{PARCEL}{parcel.id.hex}"


def delivery(parcel: Fulfilment, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a delivery holds with this parcel: the shop replaces the list of numbers as a whole."""
    codes = list(row.get("trackingCodes") or ())
    if parcel.tracking_number and parcel.tracking_number not in codes:
        codes.append(parcel.tracking_number)
    items = {line.line_external_id: f"{line.quantity:f}" for line in parcel.lines}
    contents = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number, "items": items}
    return {"trackingCodes": codes, "customFields": {**custom_fields(row), mark(parcel): contents}}


def document(wanted: Document, kind: str, *, with_file_type: bool) -> dict[str, Any]:
    """A record of a document that the shop did not make; `kind` is its type's id. Until 6.6 it says it is a PDF."""
    config = {
        "documentNumber": wanted.number,
        "documentDate": wanted.issued_on.isoformat(),
        "custom": {DOCUMENT_NUMBERS[wanted.kind]: wanted.number},
    }
    row = {
        "id": wanted.id.hex,
        "orderId": wanted.order_external_id,
        "orderVersionId": LIVE_VERSION,
        "documentTypeId": kind,
        "static": True,
        "config": config,
        # Whoever knows it can open the PDF without logging in.
        "deepLinkCode": secrets.token_hex(16),
    }
    return row | ({"fileType": "pdf"} if with_file_type else {})


def custom_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """Empty custom fields are a list."""
    fields = row.get("customFields")
    return dict(fields) if isinstance(fields, dict) else {}


def shipped(rows: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Pieces by line in all parcels that we have reported."""
    pieces: dict[str, Decimal] = {}
    for row in rows:
        for name, contents in custom_fields(row).items():
            if name.startswith(PARCEL):
                for line, count in contents["items"].items():
                    pieces[line] = pieces.get(line, Decimal(0)) + Decimal(count)
    return pieces
