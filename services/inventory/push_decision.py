"""Whether a channel has to be told a number: what was it told, and what was sent since."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Again = Literal["", "failed", "always"]


@dataclass(frozen=True)
class Offer:
    """What we know about one listing at one location.

    `quantity` is our number at `version`; `sent` the last one on its way, `told` the last one the channel accepted.
    `settled_version` is the newest push whose end is known; `outcome` belongs to `outcome_version`.
    """

    version: int = 0
    quantity: int | None = None
    sent: int | None = None
    sent_version: int = 0
    told: int | None = None
    told_at: datetime | None = None
    outcome: str = ""
    settled_version: int = 0
    shop_quantity: int | None = None
    shop_read_at: datetime | None = None

    @property
    def in_flight(self) -> bool:
        """A push is on its way and nobody knows yet what became of it."""
        return self.sent_version > self.settled_version

    @property
    def expected(self) -> int | None:
        """What the channel should hold right now, for compare-and-set; None while a push is on its way."""
        if self.in_flight:
            return None
        if self.shop_read_at is not None and (self.told_at is None or self.shop_read_at > self.told_at):
            return self.shop_quantity
        return self.told

    @property
    def shown(self) -> int | None:
        """What the channel shows as far as we know, or will when the push under way arrives; None: nobody knows."""
        return self.sent if self.in_flight else self.expected

    @property
    def failed(self) -> bool:
        return not self.in_flight and self.outcome == "failed"


@dataclass(frozen=True)
class Decision:
    """`offer` is the state to keep; `changed`: our number is a new one; `push`: it has to be sent with `expected`."""

    offer: Offer
    changed: bool
    push: bool
    waits: bool
    expected: int | None


def falls_to_zero(offer: Offer, quantity: int) -> bool:
    """Whether telling this number takes a listing off sale that is on sale. To repeat a zero is no new fall."""
    return quantity == 0 and offer.sent != 0 and (offer.shown or 0) > 0


def decide(offer: Offer, quantity: int, *, again: Again, blocked: bool) -> Decision:
    """What follows from a freshly computed number. A number that was sent last is not sent twice, unless asked."""
    changed = offer.quantity != quantity
    wanted = (
        offer.sent_version == 0
        or offer.sent != quantity
        or again == "always"
        or (again == "failed" and offer.failed)
    )  # fmt: skip
    push = wanted and not blocked
    version = offer.version
    if changed or (push and version <= offer.sent_version):
        version += 1
    kept = replace(offer, version=version, quantity=quantity)
    expected = offer.expected
    if push:
        kept = replace(kept, sent=quantity, sent_version=version)
    return Decision(kept, changed, push, wanted and blocked, expected)
