"""From our commands to the files TB.One takes. Everything sent must validate, so what cannot is refused here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

from services.connectors.tradebyte import wire
from services.connectors.tradebyte.vocabulary import CANCELLED, SHIPPED
from shared.contracts.cancellation import Cancellation, CancelledLine
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>'
CENT = Decimal("0.01")
LONGEST_TRACKING = 50
# Control characters, which XML cannot carry, not even escaped.
UNWRITABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

Row = list[tuple[str, str]]
"""The fields of one record, in the order of the schema."""


@dataclass(frozen=True)
class About:
    """The order messages are about. `order` is None where TB.One does not show it: then its own judgement must do."""

    sign: str
    tb_id: str
    order: wire.Order | None


def stock_file(commands: Sequence[StockPush]) -> bytes:
    """Absolute quantities. TB.One knows none below zero: oversold is sold out."""
    rows = [[("A_NR", one.external_id), ("A_STOCK", str(max(one.quantity, 0)))] for one in commands]
    return _file("TBSTOCK", "ARTICLE", rows)


def price_file(commands: Sequence[PricePush], channels: Sequence[str], tax_classes: Mapping[Decimal, str]) -> bytes:
    """A catalogue (TB.Cat) of prices alone: gross, one for each channel, beside the price before where there is one.
    What is not named in it stays as it is."""
    products: dict[str, list[str]] = {}
    for push in commands:
        products.setdefault(push.parent_external_id or "", []).append(_priced(push, channels, tax_classes))
    listed = "".join(
        f"<PRODUCT>{_leaf('P_NR', number)}<ARTICLEDATA>{''.join(articles)}</ARTICLEDATA></PRODUCT>"
        for number, articles in products.items()
    )
    return f'{PROLOGUE}<TBCATALOG version="1.4"><PRODUCTDATA>{listed}</PRODUCTDATA></TBCATALOG>'.encode()


def _priced(push: PricePush, channels: Sequence[str], tax_classes: Mapping[Decimal, str]) -> str:
    fields = [("A_VK", _gross(push, push.price.amount))]
    if push.strike is not None and push.strike.amount > push.price.amount:
        fields.append(("A_VK_OLD", _gross(push, push.strike.amount)))
    if tax_class := tax_classes.get(push.tax_rate.normalize(), ""):
        fields.append(("A_MWST", tax_class))
    leaves = "".join(_leaf(tag, value) for tag, value in fields)
    prices = "".join(
        f"<A_PRICE channel={quoteattr(sign)} currency={quoteattr(push.price.currency)}>{leaves}</A_PRICE>"
        for sign in channels
    )
    return f"<ARTICLE>{_leaf('A_NR', push.external_id)}<A_PRICEDATA>{prices}</A_PRICEDATA></ARTICLE>"


def _gross(push: PricePush, amount: Decimal) -> str:
    """Two decimals and a dot, whatever the currency."""
    factor = 1 if push.includes_tax else 1 + push.tax_rate / 100
    return f"{(amount * factor).quantize(CENT, ROUND_HALF_UP):f}"


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
    return _file("MESSAGES_LIST", "MESSAGE", rows)


def _file(root: str, name: str, rows: Sequence[Row]) -> bytes:
    records = "".join(f"<{name}>{''.join(_leaf(tag, value) for tag, value in row)}</{name}>" for row in rows)
    return f"{PROLOGUE}<{root}>{records}</{root}>".encode()


def _leaf(tag: str, value: str) -> str:
    return f"<{tag}>{escape(UNWRITABLE.sub('', value))}</{tag}>"
