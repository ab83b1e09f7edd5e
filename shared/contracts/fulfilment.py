"""Shipments on their way to a channel, and what became of a push."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload


class ShippedLine(Contract):
    line_external_id: str
    quantity: Decimal


class Fulfilment(Contract):
    """One parcel of one order. `tracking_number` is empty for click & collect (`ready_for_pickup`);
    `return_tracking_number` is that of the label for the way back, where it has one of its own."""

    id: UUID
    order_external_id: str
    lines: tuple[ShippedLine, ...]
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    return_tracking_number: str = ""
    ready_for_pickup: bool = False
    notify_customer: bool = False
    shipped_at: datetime


class FulfilmentPush(Payload):
    """Report one parcel to the channel. The subject is the parcel's id: it is reported exactly once in effect."""

    type = "fulfilment.push"
    kind = "command"

    version: int = 1
    order_id: UUID
    fulfilment: Fulfilment


class PushedPart(Contract):
    """What became of one part of what was pushed; `place` is its place in the command."""

    place: int
    outcome: Literal["done", "unchanged", "failed"]
    detail: str = ""


class PushReported(Payload):
    """What became of one pushed item. `noun` and `subject` name the command it answers.

    "done" was accepted by the channel, "unchanged" was already so, "failed" was refused for good (code and words say
    why), "waiting" was handed over and is judged later, "retrying" will be tried again by itself, "blocked" waits for a
    switch or a pause to end, "superseded" was overtaken by a newer version before it was sent. `parts` say it part by
    part, where the channel does.
    """

    type = "push.reported"

    noun: Literal[
        "stock",
        "price",
        "listing",
        "fulfilment",
        "cancellation",
        "return",
        "document",
        "refund",
        "mapped_product",
        "product",
    ]
    subject: str
    version: int
    outcome: Literal["done", "unchanged", "failed", "waiting", "retrying", "blocked", "superseded"]
    code: str = ""
    params: dict[str, str] = {}
    external_id: str = ""
    actual: int | None = None
    parts: tuple[PushedPart, ...] = ()
    attempts: int = 1
    reported_at: datetime
