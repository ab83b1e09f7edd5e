"""From our commands to Kaufland's bodies."""

import base64
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.connectors.kaufland.outbound.money import listing_price
from services.connectors.kaufland.outbound.products import offer, product
from services.connectors.kaufland.vocabulary import UNTRACKED
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

__all__ = ["amount", "carrier", "invoice", "offer", "pieces", "price", "product"]


def amount(command: StockPush) -> dict[str, Any]:
    """An absolute quantity of one offer. Raises Rejected for a listing that is none of the platform's."""
    return {"id_unit": _unit(command.external_id), "unit_data": {"amount": command.quantity}}


def price(command: PricePush) -> dict[str, Any]:
    """What one offer costs, with tax, in whole minor units. Raises Rejected for a listing that is none of the
    platform's and for a currency that its storefront does not sell in."""
    id, storefront = _unit(command.external_id), command.external_id.partition(":")[0]
    percent = Decimal(0) if command.includes_tax else command.tax_rate
    return {"id_unit": id, "unit_data": {"listing_price": listing_price(command.price, percent, storefront)}}


def invoice(file_name: str, pdf: bytes) -> dict[str, Any]:
    """A PDF as the platform takes it."""
    return {"original_name": file_name, "mime_type": "application/pdf", "data": base64.b64encode(pdf).decode()}


def carrier(name: str, known: Sequence[str]) -> str:
    """The platform's code for a carrier in whatever case, with blanks or hyphens. Raises Rejected for another."""
    code = next((one for one in known if _plain(one) == _plain(name)), None)
    if code is None:
        raise Rejected(f"The carrier {name} is not known", code="carrier_unknown", carrier=name)
    return code


def pieces(parcel: Fulfilment) -> list[str]:
    """The order units in a parcel: each is one piece. Raises Rejected for what cannot be told."""
    if parcel.ready_for_pickup:
        raise Rejected("the platform knows no pick-up by the customer")
    if not parcel.tracking_number and _plain(parcel.carrier) not in UNTRACKED:
        raise Rejected("the platform takes no parcel without a tracking number, but of Other or Other Hauler")
    for line in parcel.lines:
        if line.quantity != 1:
            raise Rejected(f"the order unit {line.line_external_id} is one piece, not {line.quantity:f}")
    return [line.line_external_id for line in parcel.lines]


def _unit(external_id: str) -> int:
    id = external_id.partition(":")[2]
    if not id.isdecimal():
        raise Rejected(f"{external_id} is no offer of this platform")
    return int(id)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
