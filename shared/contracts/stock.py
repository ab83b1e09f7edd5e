"""Stock on its way to a channel and back."""

from datetime import datetime
from uuid import UUID

from shared.contracts.model import Payload


class StockPush(Payload):
    """Tell the channel what it may sell of one listing. Newest version per listing wins.

    `expected` is what the channel was last told, for platforms with compare-and-set; None skips the comparison.
    `asked_by` names who asked for it by hand: then it is sent although automatic exchange is off.
    """

    type = "stock.push"
    kind = "command"

    listing_id: UUID
    version: int
    external_id: str
    parent_external_id: str | None = None
    stock_external_id: str | None = None
    location: str | None = None
    sku: str
    quantity: int
    expected: int | None = None
    asked_by: str = ""


class StockReported(Payload):
    """A read-back: what the channel itself says it can sell, for the drift report."""

    type = "stock.reported"

    listing_id: UUID
    external_id: str
    location: str | None = None
    quantity: int
    observed_at: datetime
