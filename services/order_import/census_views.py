"""What the REST interface shows of all orders of a connection, and of erased ones."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from services.order_import.view import View


class CensusTotal(View):
    status: str
    currency: str
    test: bool
    orders: int
    total: Decimal
    rounding_difference: Decimal


class CensusView(BaseModel):
    connection: UUID
    orders: dict[str, int]
    unreadable: int
    totals: list[CensusTotal]


class CensusItem(View):
    """One of the shop's orders as we hold it."""

    external_id: str
    id: UUID
    number: str
    status: str
    version: int | None
    test: bool
    currency: str | None
    total: Decimal | None
    stamp: datetime
    reasons: list[str]


class ErasureView(BaseModel):
    order_ids: list[UUID]
    customer_ids: list[UUID]
