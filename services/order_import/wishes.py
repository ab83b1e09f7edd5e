"""What the REST interface takes from its callers."""

from decimal import Decimal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.order_import.rules.model import OrderRules
from shared.contracts.order import Order


class Wish(BaseModel):
    """Taken from a caller: a field we do not know is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


class RejudgeWish(Wish):
    """All orders parked for this cause; without `key`, for every key of the code."""

    code: str
    key: str | None = None


class RetryWish(Wish):
    """Which open unreadable items to read again; without both, all of them."""

    connection: UUID | None = None
    code: str | None = None


class ChangeWish(Wish):
    """One field's new value, named as reasons and differences name it; empty text takes the value away."""

    path: str = Field(min_length=1, max_length=300)
    value: str = Field(max_length=5000)


class CorrectionWish(Wish):
    """What to correct at a parked order, and why."""

    changes: list[ChangeWish] = Field(min_length=1, max_length=50)
    note: str = Field(default="", max_length=1000)


class JudgementWish(Wish):
    """Orders as a connector would state them, which shall only be judged."""

    connection: UUID
    orders: list[Order] = Field(max_length=20, examples=[[]])


class AcknowledgementWish(Wish):
    order_id: UUID
    version: int = Field(ge=1)
    erp_number: str = Field(default="", max_length=100)


class RejectionWish(Wish):
    """Why the internal system refuses an order: a code of its own, and words for people."""

    order_id: UUID
    version: int = Field(ge=1)
    code: str = Field(default="", max_length=60, pattern=r"^[A-Za-z0-9_.:-]*$")
    reason: str = Field(default="", max_length=500)


class WantedLine(Wish):
    """Pieces of one line, named by the shop's line id, by the key of a line in `contents`, or by the article number;
    without `quantity`, all that are outstanding."""

    line_external_id: str = Field(default="", max_length=200)
    article_number: str = Field(default="", max_length=200)
    quantity: Decimal | None = Field(default=None, gt=0, lt=Decimal(10) ** 9)


class ShipmentWish(Wish):
    """One parcel. `reference` is your own key: the same twice is the same shipment. Without `lines`, everything that is
    outstanding; without `shipped_at`, now. A parcel with a tracking number and no `return_tracking_number` takes the
    next one of the connection's pool, where there is one."""

    reference: str = Field(min_length=1, max_length=200)
    lines: list[WantedLine] | None = Field(default=None, min_length=1, max_length=1000)
    carrier: str = Field(default="", max_length=100)
    tracking_number: str = Field(default="", max_length=200)
    tracking_url: str = Field(default="", max_length=1000, pattern=r"^(https?://.*)?$")
    return_tracking_number: str = Field(default="", max_length=60, pattern=r"^[A-Za-z0-9]*$")
    ready_for_pickup: bool = False
    notify_customer: bool = False
    shipped_at: AwareDatetime | None = None


class OrderAddress(Wish):
    """Names an order: by our id, by your own number, or by the shop's number or id within a connection."""

    id: UUID | None = None
    erp_number: str | None = Field(default=None, min_length=1)
    connection: UUID | None = None
    number: str | None = Field(default=None, min_length=1)
    external_id: str | None = Field(default=None, min_length=1)


class AddressedShipment(ShipmentWish):
    order: OrderAddress


class PutOffWish(Wish):
    """Until when nobody wants to be asked about the order again."""

    until: AwareDatetime


class PreviewWish(Wish):
    """An order of the connection, and the rules to try on it; without `rules`, those that hold now."""

    order_id: UUID
    rules: OrderRules | None = None


class ErasureWish(Wish):
    """Orders to make anonymous: by id, by a customer's keyed hash, or both."""

    order_ids: list[UUID] = Field(default=[], max_length=20_000)
    customer_key: str = ""
