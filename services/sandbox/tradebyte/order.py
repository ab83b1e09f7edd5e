"""One order of the account, and how it is written."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from xml.etree.ElementTree import Element, SubElement

from services.sandbox.merchant import Address
from services.sandbox.tradebyte.markup import Value, add_all

CENT = Decimal("0.01")


@dataclass
class Item:
    """One position. `open` is what the channel still wants of it."""

    tb_id: int
    channel_id: str
    sku: str
    title: str
    quantity: int
    open: int
    price: Decimal
    ean: str | None = None


@dataclass
class Order:
    """`exported` takes it off the open list; a pending order that is confirmed or withdrawn is listed again. A channel
    may not say whether it is `paid`."""

    tb_id: int
    sign: str
    channel_id: str
    channel_no: str
    created: datetime
    written_at: datetime
    case: str
    expect: tuple[str, ...]
    items: list[Item]
    bill_to: Address | None
    ship_to: Address
    email: str
    customer_no: str
    paid: bool | None
    pending: bool
    shipping: Decimal
    payment: str
    costs: Decimal
    services: tuple[tuple[str, str, Decimal], ...]
    note: str
    defect: str = ""
    withdrawn: bool = False
    exported: bool = False
    events: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def external_id(self) -> str:
        return f"{self.sign}:{self.tb_id}"

    @property
    def changed(self) -> datetime:
        return max(moment for _, moment in self.events)

    @property
    def item_total(self) -> Decimal:
        exact = sum((item.price * item.quantity for item in self.items), Decimal(0))
        off = {"total_off_by_one_cent": CENT, "total_wrong": Decimal(5)}.get(self.defect, Decimal(0))
        return exact.quantize(CENT, ROUND_HALF_UP) + off

    @property
    def total(self) -> Decimal:
        return self.item_total + self.shipping + self.costs + sum((one[2] for one in self.services), Decimal(0))


def element(order: Order, *, open_quantity: bool) -> Element:
    """The ORDER node; `open_quantity` is switched on for an account on request only."""
    root = Element("ORDER")
    _head(SubElement(root, "ORDER_DATA"), order)
    if order.bill_to is not None:
        _address(SubElement(root, "SELL_TO"), order.bill_to, order)
    _address(SubElement(root, "SHIP_TO"), order.ship_to, None)
    add_all(SubElement(root, "SHIPMENT"), {"IDCODE_RETURN": "", "PRICE": f"{order.shipping:f}"})
    if order.payment:
        add_all(SubElement(root, "PAYMENT"), {"TYPE": order.payment, "COSTS": f"{order.costs:f}"})
    history = SubElement(root, "HISTORY")
    for position, (kind, moment) in enumerate(order.events, start=1):
        event = SubElement(history, "EVENT")
        add_all(event, {"EVENT_ID": str(position), "EVENT_TYPE": kind, "DATE_CREATED": _utc(moment)})
    if order.services:
        services = SubElement(root, "SERVICES")
        for code, title, price in order.services:
            add_all(SubElement(services, "SERVICE"), {"CODE": code, "DESC": title, "PRICE": f"{price:f}"})
    items = SubElement(root, "ITEMS")
    for item in order.items:
        _item(SubElement(items, "ITEM"), item, order, open_quantity)
    return root


def _head(node: Element, order: Order) -> None:
    approved: Value = None if order.withdrawn else 0 if order.pending else 1
    values: dict[str, Value] = {
        "ORDER_DATE": order.created.date().isoformat(),
        "TB_ID": order.tb_id,
        "CHANNEL_SIGN": order.sign,
        "CHANNEL_ID": order.channel_id,
        "CHANNEL_NO": order.channel_no,
        "PAID": None if order.paid is None else int(order.paid),
        "APPROVED": 7 if order.defect == "unknown_status" else approved,
        "WITHDRAWN": 1 if order.withdrawn else None,
        "CUSTOMER_COMMENT": order.note or None,
        "ITEM_COUNT": len(order.items),
        "TOTAL_ITEM_AMOUNT": "1E+30" if order.defect == "absurd_total" else f"{order.item_total:f}",
        "DATE_CREATED": _utc(order.created),
    }
    add_all(node, values)


def _address(node: Element, address: Address, buyer: Order | None) -> None:
    add_all(node, {
        "CHANNEL_NO": buyer.customer_no if buyer else None,
        "FIRSTNAME": address.first_name,
        "LASTNAME": address.last_name,
        "NAME": f"{address.first_name} {address.last_name}".strip(),
        "NAME_EXTENSION": address.company or None,
        "STREET_NO": address.street,
        "ZIP": address.postcode,
        "CITY": address.city,
        "COUNTRY": address.country,
        "PHONE_PRIVATE": address.phone or None,
        "EMAIL": (buyer.email or None) if buyer else None,
    })  # fmt: skip


def _item(node: Element, item: Item, order: Order, open_quantity: bool) -> None:
    add_all(node, {
        "TB_ID": item.tb_id,
        "CHANNEL_ID": item.channel_id,
        "SKU": item.sku,
        "EAN": item.ean,
        "QUANTITY": "zwei" if order.defect == "wrong_type" else item.quantity,
        "OPEN_QUANTITY": item.open if open_quantity else None,
        "BILLING_TEXT": item.title,
        "TRANSFER_PRICE": f"{item.price * Decimal('0.7'):.3f}",
        "ITEM_PRICE": f"{item.price:f}",
        "DATE_CREATED": _utc(order.created),
    })  # fmt: skip


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
