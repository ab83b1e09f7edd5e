"""What the REST interface shows of an order."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.order_import.change_views import CallOffView, CancellationView, ReturnView
from services.order_import.contents_view import ContentsView
from services.order_import.document_views import DocumentView
from services.order_import.goods_views import ReturnedView
from services.order_import.order_rules import Status
from services.order_import.reason_views import ReasonView, UnreadableView
from services.order_import.refund_views import RefundView
from services.order_import.rules.facts import Approval
from services.order_import.rules.handling import Handling
from services.order_import.shipment_views import ShipmentView
from services.order_import.view import View
from shared.contracts.order import Order


class OrderHead(View):
    """An order in a list. `version` counts its states here; `rounding_difference` is total minus computed sum.
    `rules_version` is that of the order rules that judged it last (0: the defaults), `approval` a person's word."""

    id: UUID
    connection: UUID
    platform: str
    project: str
    external_id: str
    number: str
    erp_number: str
    version: int
    status: Status
    state: str
    payment_state: str
    channel: str
    test: bool
    currency: str
    total: Decimal
    rounding_difference: Decimal
    placed_at: datetime
    stamp: datetime
    imported_at: datetime | None
    erased_at: datetime | None
    received_at: datetime
    updated_at: datetime
    rules_version: int
    approval: Approval
    approval_until: datetime | None


class ParkedOrder(OrderHead):
    """A parked order. Since `retries_ended_at` it is no longer judged again by itself: a person must ask for it."""

    reasons: list[ReasonView]
    retries_ended_at: datetime | None


class WaitingOrder(ParkedOrder):
    """`withheld` is what the platform still keeps back; everything else that is waited for is among the reasons."""

    withheld: list[str]


class LineView(View):
    """One line as it was matched and what of it has left. `outstanding` is still to be shipped."""

    external_id: str
    kind: str
    sku: str
    article_number: str
    quantity: Decimal
    cancelled_quantity: Decimal
    fulfilled_quantity: Decimal
    shipped_quantity: Decimal
    outstanding: Decimal


class ReceiptView(View):
    """That an internal system took the order over."""

    consumer: str
    version: int
    erp_number: str
    acknowledged_at: datetime


class CorrectionView(View):
    """A field a person corrected: the channel's own value, ours, and whether ours still holds ("overtaken": the channel
    has said something else there since). Values are None once the order was erased."""

    id: UUID
    path: str
    before: str | None
    after: str | None
    note: str | None
    state: Literal["active", "replaced", "undone", "overtaken"]
    made_by: str
    made_at: datetime
    ended_by: str
    ended_at: datetime | None


class OrderDetail(OrderHead):
    """The whole order; `contents` is how the ERP is to have it. `unreadable` is set when the shop's newest state of it
    cannot be read; `corrections` are those that hold, so that `content` differs there from what the channel says."""

    payload: UUID | None
    content: Order
    handling: Handling
    contents: ContentsView | None
    lines: list[LineView]
    reasons: list[ReasonView]
    shipments: list[ShipmentView]
    acknowledgements: list[ReceiptView]
    cancellations: list[CancellationView]
    call_offs: list[CallOffView]
    returns: list[ReturnView]
    documents: list[DocumentView]
    refunds: list[RefundView]
    returned: list[ReturnedView]
    unreadable: UnreadableView | None
    corrections: list[CorrectionView] = []


class VersionView(View):
    """`version` None: it arrived after a newer one and was never applied. `content_state` "same": only our judgement
    changed, the content is that of the version before."""

    version: int | None
    cause: str
    status: str | None
    stamp: datetime
    observed_at: datetime
    path: str
    payload: UUID | None
    content_hash: str
    recorded_at: datetime
    content_state: Literal["readable", "erased", "same"]


class DifferenceView(View):
    path: str
    before: Any
    after: Any
