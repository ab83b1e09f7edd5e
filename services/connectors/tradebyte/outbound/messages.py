"""Messages about orders. Everything sent must validate, so what cannot is refused here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.connectors.tradebyte import wire
from services.connectors.tradebyte.outbound.markup import Row, file
from services.connectors.tradebyte.vocabulary import CANCELLED, COMES_BACK, SHIPPED
from shared.contracts.cancellation import Cancellation, CancelledLine
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.contracts.returned import GoodsBack

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
    return _messages(about, SHIPPED, [(id, pieces, more) for id, pieces in _pieces(parcel.lines).items()])


def cancellation(about: About, wanted: Cancellation) -> bytes | None:
    """One message per item that is not going to be sent; None when nothing of it is open any more."""
    order, kind = about.order, CANCELLED[wanted.reason]
    if order is None:
        return _messages(about, kind, [(id, pieces, []) for id, pieces in _pieces(wanted.lines).items()])
    if order.ORDER_DATA.WITHDRAWN.strip() == "1":
        return None
    open_ = {item.TB_ID: order.open(item) for item in order.ITEMS}
    pieces = _pieces(wanted.lines) or open_
    pieces = {id: min(quantity, open_.get(id, quantity)) for id, quantity in pieces.items()}
    pieces = {id: quantity for id, quantity in pieces.items() if quantity}
    return _messages(about, kind, [(id, quantity, []) for id, quantity in pieces.items()]) if pieces else None


def goods_back(about: About, wanted: GoodsBack, cause: Callable[[str], str], state: Callable[[bool], str]) -> bytes:
    """One RETURN per item, reason and state of the goods, by the account's keys for these. Raises Rejected for what
    TB.One would not take."""
    if len(wanted.tracking_number) > LONGEST_TRACKING:
        raise Rejected(f"the tracking number is longer than {LONGEST_TRACKING} characters")
    together: dict[tuple[str, str, bool, str], Decimal] = {}
    for line in wanted.lines:
        key = (line.line_external_id, line.reason, line.restocked, line.note)
        together[key] = together.get(key, Decimal(0)) + line.quantity
    return _messages(about, COMES_BACK, [
        (id, quantity, [
            ("IDCODE", wanted.tracking_number),
            ("COMMENT", note),
            ("RETURN_CAUSE", cause(reason)),
            ("RETURN_STATE", state(restocked)),
        ])
        for (id, reason, restocked, note), quantity in together.items()
    ])  # fmt: skip


def _pieces(lines: Sequence[ShippedLine | CancelledLine]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.line_external_id] = found.get(line.line_external_id, Decimal(0)) + line.quantity
    return found


def _messages(about: About, kind: str, wanted: Sequence[tuple[str, Decimal, Row]]) -> bytes:
    """Of each item so many pieces, and what else is said about them."""
    items = {} if about.order is None else {item.TB_ID: item for item in about.order.ITEMS}
    told: dict[str, Decimal] = {}
    rows = []
    for id, quantity, more in wanted:
        item = items.get(id)
        told[id] = told.get(id, Decimal(0)) + quantity
        if item is None and about.order is not None:
            raise Rejected(f"the order has no item {id}")
        if quantity != int(quantity) or quantity <= 0 or (item is not None and told[id] > item.QUANTITY):
            ordered = "" if item is None else f", of which {item.QUANTITY:f} were ordered"
            raise Rejected(f"{told[id]:f} pieces of item {id}{ordered}")
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
