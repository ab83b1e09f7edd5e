"""Cancellations on their way to a channel."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload

CancellationReason = Literal["customer", "out_of_stock", "fraud", "payment", "other"]


class CancelledLine(Contract):
    line_external_id: str
    quantity: Decimal


class Cancellation(Contract):
    """What is not going to be shipped of one order. No `lines`: the order as a whole."""

    id: UUID
    order_external_id: str
    lines: tuple[CancelledLine, ...] = ()
    reason: CancellationReason = "other"
    notify_customer: bool = False


class CancellationPush(Payload):
    """Cancel an order or lines of it in the channel. The subject is the cancellation's id: it happens once."""

    type = "cancellation.push"
    kind = "command"

    version: int = 1
    order_id: UUID
    cancellation: Cancellation
