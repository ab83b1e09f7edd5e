"""From our commands to OTTO's bodies."""

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import CARRIERS, PARCEL_CARRIERS
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.stock import StockPush


def quantities(commands: Sequence[StockPush]) -> list[dict[str, Any]]:
    """Absolute quantities; a listing's id is its SKU. The platform knows none below zero: oversold is sold out."""
    return [{"sku": command.external_id, "quantity": max(command.quantity, 0)} for command in commands]


def carrier(parcel: Fulfilment) -> str:
    """The platform's code for a carrier in whatever case, with blanks or hyphens. Raises Rejected for another."""
    code = re.sub(r"[\s\-+&.]+", "_", parcel.carrier.strip()).upper()
    if code not in CARRIERS:
        raise Rejected(f"The carrier {parcel.carrier} is not known", code="carrier_unknown", carrier=parcel.carrier)
    return code


def items(parcel: Fulfilment, merchant: Credentials) -> list[dict[str, Any]]:
    """The position items of a parcel: each is one piece. Parcels need a number for the way
    back, forwarders may have one. Raises Rejected for more pieces than one."""
    found = []
    for line in parcel.lines:
        if line.quantity != 1:
            detail = f"the position item {line.line_external_id} is one piece, not {line.quantity:f}"
            raise Rejected(detail)
        item: dict[str, Any] = {"positionItemId": line.line_external_id, "salesOrderId": parcel.order_external_id}
        # A label that bears its number both ways is a parcel service's: a forwarder comes back with another, or none.
        both_ways = parcel.tracking_number if carrier(parcel) in PARCEL_CARRIERS else ""
        if merchant.return_carrier and (number := parcel.return_tracking_number or both_ways):
            key = {"carrier": merchant.return_carrier, "trackingNumber": number}
            item["returnTrackingKey"] = key
        found.append(item)
    return found


def shipment(parcel: Fulfilment, merchant: Credentials) -> dict[str, Any]:
    """A parcel, or what a forwarder took, which may have no number. Raises Rejected for what cannot be told."""
    key = {"carrier": carrier(parcel), "trackingNumber": parcel.tracking_number}
    return {
        "trackingKey": {name: value for name, value in key.items() if value},
        "shipDate": parcel.shipped_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "shipFromAddress": {
            "city": merchant.ship_from_city,
            "countryCode": merchant.ship_from_country,
            "zipCode": merchant.ship_from_zip,
        },
        "positionItems": items(parcel, merchant),
    }
