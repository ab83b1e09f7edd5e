"""An order as a channel states it, normalised: one shape for all platforms, every amount as the channel counts it."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload
from shared.contracts.money import Currency, Money

OrderState = Literal["open", "completed", "cancelled"]
ReturnState = Literal["requested", "open", "closed", "ended"]
PaymentState = Literal[
    "unpaid", "authorised", "partially_paid", "paid", "partially_refunded", "refunded", "voided", "unconfirmed"
]
LineKind = Literal["goods", "digital", "gift_card", "deposit", "custom"]
ChargeKind = Literal["shipping", "fee", "discount", "deposit", "tip", "duty", "gift_wrap", "rounding"]
Delivery = Literal["ship", "pickup", "none"]


class Address(Contract):
    """A postal address. Empty text where the channel has nothing; `country` is ISO 3166 alpha-2."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    addition: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    phone: str = ""


class Customer(Contract):
    """Who bought. A guest has no `external_id`."""

    external_id: str | None = None
    number: str = ""
    email: str = ""
    email_is_masked: bool = False
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    vat_id: str = ""


class Property(Contract):
    """A name and a text that travel unchanged: an engraving, a gift message, a plugin's field."""

    name: str
    value: str


class TaxLine(Contract):
    """Tax inside or beside one amount; `rate` is a fraction (0.19). `remitted_by_channel`: the marketplace pays it."""

    rate: Decimal
    amount: Money
    title: str = ""
    remitted_by_channel: bool = False


class LineItem(Contract):
    """One line. `total` is after all discounts on the line, for `quantity` pieces, with tax if the order's prices
    include tax and without otherwise. `quantity` is what was ordered, including pieces cancelled since;
    `cancelled_quantity` were taken back before shipping, `fulfilled_quantity` the channel counts as shipped."""

    external_id: str
    kind: LineKind = "goods"
    sku: str | None = None
    title: str = ""
    quantity: Decimal
    cancelled_quantity: Decimal = Decimal(0)
    fulfilled_quantity: Decimal = Decimal(0)
    unit_price: Money
    total: Money
    discount: Money | None = None
    taxes: tuple[TaxLine, ...] = ()
    requires_shipping: bool = True
    held: bool = False
    listing_external_id: str | None = None
    properties: tuple[Property, ...] = ()

    @property
    def outstanding(self) -> Decimal:
        """Pieces still to be shipped."""
        return max(self.quantity - self.cancelled_quantity - self.fulfilled_quantity, Decimal(0))


class Charge(Contract):
    """Money that is no article. A discount is negative. Same tax basis as the lines."""

    kind: ChargeKind
    title: str = ""
    code: str = ""
    external_id: str = ""
    total: Money
    taxes: tuple[TaxLine, ...] = ()


class Payment(Contract):
    """One payment. `deducted`: the channel already lowered the order's total by it (some redeemed gift cards)."""

    method: str
    title: str = ""
    amount: Money
    state: Literal["paid", "authorised", "pending", "failed"] = "paid"
    external_id: str = ""
    deducted: bool = False


class RefundedLine(Contract):
    line_external_id: str
    quantity: Decimal
    total: Money
    restocked: bool = False


class Refund(Contract):
    """Money given back; may name no lines (goodwill), or lines without pieces where only the money is known.
    `return_external_id`: it pays for this return of the order."""

    external_id: str
    refunded_at: datetime
    total: Money
    reason: str = ""
    lines: tuple[RefundedLine, ...] = ()
    return_external_id: str = ""


class ReturnedLine(Contract):
    line_external_id: str
    quantity: Decimal


class Return(Contract):
    """Goods that come back, whether or not any money has been given back for them yet.

    "requested": the customer asks, and the shop has not agreed. "ended": refused or withdrawn; nothing comes.
    `ours`: we told the shop of it, so the goods are here already.
    """

    external_id: str
    state: ReturnState
    lines: tuple[ReturnedLine, ...] = ()
    ours: bool = False


class Order(Contract):
    """One order of one connection in its whole state.

    Money proof: Σ lines + Σ charges + (Σ taxes unless `prices_include_tax`) − Σ deducted payments = `total`.
    `changed_at` is the platform's change stamp. `state_word` is the channel's own word where it has more states than
    we have: merchants choose by it which orders are imported. `withheld` names what the platform still keeps back: the
    order waits.
    `note_shortened`: the note was longer than we carry; the archived payload holds all of it.
    """

    external_id: str
    number: str
    placed_at: datetime
    changed_at: datetime
    state: OrderState = "open"
    state_word: str = ""
    payment_state: PaymentState
    test: bool = False
    channel: str = ""
    delivery: Delivery = "ship"
    fulfilled_by_channel: bool = False
    currency: Currency
    presentment: Money | None = None
    prices_include_tax: bool
    tax_exempt: bool = False
    customer: Customer | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    line_items: tuple[LineItem, ...]
    charges: tuple[Charge, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    returns: tuple[Return, ...] = ()
    total: Money
    tax_total: Money | None = None
    shipping_method: str = ""
    payment_method: str = ""
    withheld: tuple[str, ...] = ()
    locale: str = ""
    note: str = ""
    note_shortened: bool = False
    purchase_number: str = ""
    tags: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()


class Observation(Contract):
    """How and when we came to know an item. `path` is what made us read it; `payload` the archived raw item.

    *Newer* is judged by (`stamp`, `observed_at`): the platform's stamp, then Postgres' clock before the request.
    """

    stamp: datetime
    observed_at: datetime
    content_hash: str
    revision: int
    payload: UUID | None = None
    path: Literal["poll", "webhook", "backfill", "manual"] = "poll"


class OrderReceived(Payload):
    """A connector read an order that is new or changed."""

    type = "order.received"

    order: Order
    observed: Observation


class OrderUnreadable(Payload):
    """A connector read an item that it cannot translate; retry is `sync.run` with its external id."""

    type = "order.unreadable"

    external_id: str
    number: str = ""
    code: str
    field: str
    value: str = ""
    observed: Observation


class DemandLine(Contract):
    """How many pieces of one article number an order still wants from our own stock."""

    line_external_id: str
    article_number: str
    quantity: Decimal


class OrderChanged(Payload):
    """The order book holds a new version of an order. Whole state: consumers ignore lower versions.

    `demand` is what is still to be shipped from our own stock, whatever the order's status; empty when nothing is.
    `shipped` is what was shipped from our own stock so far, all parcels together, the latest at `shipped_at`.
    `acknowledged_at` is when the internal system said that it has the order.
    `returned` came back and lies on our own shelves again, all returns together, the latest at `returned_at`.
    """

    type = "order.changed"

    order_id: UUID
    version: int
    external_id: str
    number: str
    status: Literal["imported", "parked", "waiting", "cancelled"]
    test: bool = False
    demand: tuple[DemandLine, ...] = ()
    shipped: tuple[DemandLine, ...] = ()
    shipped_at: datetime | None = None
    acknowledged_at: datetime | None = None
    returned: tuple[DemandLine, ...] = ()
    returned_at: datetime | None = None
    reasons: tuple[str, ...] = ()


class OrderImported(OrderChanged):
    type = "order.imported"


class OrderParked(OrderChanged):
    type = "order.parked"


class OrderCancelled(OrderChanged):
    type = "order.cancelled"
