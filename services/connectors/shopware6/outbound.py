"""From our commands to Shopware's bodies."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shared.contracts.fulfilment import Fulfilment
from shared.contracts.stock import StockPush

PARCEL = "kontor_parcel_"


def quantity(command: StockPush, reserved: int) -> dict[str, Any]:
    """What to write for what may be sold: until 6.5 `stock` includes the pieces of open orders (`reserved`)."""
    return {"id": command.external_id, "stock": command.quantity + reserved}


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
