"""What the REST interface shows of the feed."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.order_import.change_views import CancellationView
from services.order_import.contents_view import ContentsView
from services.order_import.order_views import LineView
from services.order_import.rules.handling import Handling
from services.order_import.view import View
from shared.contracts.order import Order


class FeedItemView(View):
    """One order to take over: `order` as the shop states it, or `contents` as the rules decided. Keep (`order_id`,
    `version`): the same pair may come again, and is the same order. `cancellations` are those that the shop asks for
    and that wait for `accept` or `refuse`; until then `lines` still count their pieces."""

    position: int
    order_id: UUID
    version: int
    kind: Literal["imported", "changed", "cancelled"]
    connection: UUID
    platform: str
    project: str
    number: str
    erp_number: str
    rounding_difference: Decimal
    order: Order
    handling: Handling
    contents: ContentsView | None
    lines: list[LineView]
    cancellations: list[CancellationView] = []
    queued_at: datetime
    deliveries: int


class FeedPage(BaseModel):
    """Up to `limit` items; read again after acknowledging them."""

    items: list[FeedItemView]


class ItemAnswer(BaseModel):
    """What became of one item of a list, in its order. `outcome` "newer_waits": accepted, and a newer version of the
    order still waits in the feed; "refused" comes with a problem."""

    order_id: UUID | None
    outcome: Literal["accepted", "newer_waits", "refused"]
    code: str = ""
    field: str = ""
    detail: str = ""


class ConsumerView(View):
    name: str
    registered_at: datetime
    last_read_at: datetime | None
    waiting: int
    oldest_queued_at: datetime | None
    overdue: int


class OverdueView(View):
    position: int
    order_id: UUID
    version: int
    number: str
    connection: UUID
    delivered_at: datetime
    deliveries: int
