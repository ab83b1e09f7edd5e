"""From our commands to Kaufland's bodies."""

import re
from collections.abc import Sequence
from typing import Any

from services.connectors.kaufland.vocabulary import UNTRACKED
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.stock import StockPush


def amount(command: StockPush) -> dict[str, Any]:
    """An absolute quantity of one offer. Raises Rejected for a listing that is none of the platform's."""
    _, _, id = command.external_id.partition(":")
    if not id.isdecimal():
        raise Rejected(f"{command.external_id} is no offer of this platform")
    return {"id_unit": int(id), "unit_data": {"amount": command.quantity}}


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


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
