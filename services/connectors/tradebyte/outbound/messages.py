"""Messages about orders. Everything sent must validate, so what cannot is refused here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.connectors.tradebyte import wire
from services.connectors.tradebyte.outbound.markup import Row, file
from services.connectors.tradebyte.vocabulary import CANCELLED, SHIPPED
from shared.contracts.cancellation import Cancellation, CancelledLine
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment, ShippedLine

LONGEST_TRACKING = 50


@dataclass(frozen=True)
class About:
    """The order messages are about. `order` is None where TB.One does not show it: then its own judgement must do."""

    sign: str
    tb_id: str
    order: wire.Order | None


def shipment(about: About, parcel: Fulfilment, parcel_type: str) -> bytes:
    """One SHIP per item of the parcel. Raises Rejected for what TB.One would count wrongly or not take."""
    if parcel.ready_for_pickup:
        raise Rejected("nothing is collected from TB.One; only what was sent is reported")
    # The number for the way back goes only beside that of the way there.
    back = parcel.return_tracking_number if parcel.tracking_number else ""
    if max(len(parcel.tracking_number), len(back)) > LONGEST_TRACKING:
        raise Rejected(f"the tracking number is longer than {LONGEST_TRACKING} characters")
    more = [("CARRIER_PARCEL_TYPE", parcel_type), ("IDCODE", parcel.tracking_number), ("IDCODE_RETURN_PROPOSAL", back)]
    return _messages(about, SHIPPED, _pieces(parcel.lines), more)


def cancellation(about: About, wanted: Cancellation) -> bytes | None:
    """One message per item that is not going to be sent; None when nothing of it is open any more."""
    order, kind = about.order, CANCELLED[wanted.reason]
    if order is None:
        return _messages(about, kind, _pieces(wanted.lines), [])
    if order.ORDER_DATA.WITHDRAWN.strip() == "1":
        return None
    open_ = {item.TB_ID: order.open(item) for item in order.ITEMS}
    pieces = _pieces(wanted.lines) or open_
    pieces = {id: min(quantity, open_.get(id, quantity)) for id, quantity in pieces.items()}
    pieces = {id: quantity for id, quantity in pieces.items() if quantity}
    return _messages(about, kind, pieces, []) if pieces else None


def _pieces(lines: Sequence[ShippedLine | CancelledLine]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.line_external_id] = found.get(line.line_external_id, Decimal(0)) + line.quantity
    return found


def _messages(about: About, kind: str, wanted: dict[str, Decimal], more: Row) -> bytes:
    items = {} if about.order is None else {item.TB_ID: item for item in about.order.ITEMS}
    rows = []
    for id, quantity in wanted.items():
        item = items.get(id)
        if item is None and about.order is not None:
            raise Rejected(f"the order has no item {id}")
        if quantity != int(quantity) or quantity <= 0 or (item is not None and quantity > item.QUANTITY):
            ordered = "" if item is None else f", of which {item.QUANTITY:f} were ordered"
            raise Rejected(f"{quantity:f} pieces of item {id}{ordered}")
        fields = [
            ("MESSAGE_TYPE", kind),
            ("TB_ORDER_ID", about.tb_id),
            ("TB_ORDER_ITEM_ID", id),
            ("SKU", "" if item is None else item.SKU),
            ("CHANNEL_SIGN", about.sign),
            ("CHANNEL_ORDER_ID", "" if about.order is None else about.order.ORDER_DATA.CHANNEL_ID),
            ("QUANTITY", str(int(quantity))),
        ]
        rows.append([field for field in (*fields, *more) if field[1]])
    if not rows:
        raise Rejected("it names no items, and TB.One does not show those of the order")
    return file("MESSAGES_LIST", "MESSAGE", rows)
