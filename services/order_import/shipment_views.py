"""What the REST interface shows of parcels."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.order_import.parcel_book import State
from services.order_import.view import View


class ShippedPieces(View):
    line_external_id: str
    quantity: Decimal


class ShippedComponent(ShippedPieces):
    article_number: str


class ShipmentView(View):
    """One parcel and what the channel said to it. `reason` explains failed, blocked and held. `components` left by
    themselves; the shop hears of them with the parcel that completes what it sells."""

    id: UUID
    order_id: UUID
    reference: str
    lines: list[ShippedPieces]
    components: list[ShippedComponent]
    carrier: str
    tracking_number: str
    tracking_url: str
    return_tracking_number: str
    ready_for_pickup: bool
    notify_customer: bool
    shipped_at: datetime
    state: State
    version: int
    attempts: int
    code: str
    reason: str
    external_id: str
    reported_at: datetime | None
    created_at: datetime | None


class ShipmentAnswer(BaseModel):
    """What became of one shipment of a list, in its order."""

    reference: str
    outcome: Literal["accepted", "known", "refused"]
    shipment: ShipmentView | None = None
    code: str = ""
    field: str = ""
    detail: str = ""
