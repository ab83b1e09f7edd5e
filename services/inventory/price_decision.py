"""Whether a channel has to be told a price, and what that would do to the shop. Pure: no clock, no database."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from services.inventory.price_settings import PriceGuardSettings
from services.inventory.pricing import Quote
from services.inventory.push_decision import Again
from services.inventory.sellable import HUNDRED

PriceEffect = Literal["to_zero", "moved", "changed", "unchanged", "no_price", "unmatched"]
DANGEROUS: tuple[PriceEffect, ...] = ("to_zero", "moved")


@dataclass(frozen=True)
class PriceOffer:
    """What we know about the price of one listing.

    `price` is ours at `version`; `sent` the last one on its way, `told` the last one the channel accepted. `shop` is
    what the channel itself showed when it was read.
    """

    version: int = 0
    price: Quote | None = None
    sent: Quote | None = None
    sent_version: int = 0
    told: Quote | None = None
    told_at: datetime | None = None
    outcome: str = ""
    settled_version: int = 0
    shop: Decimal | None = None
    shop_read_at: datetime | None = None

    @property
    def in_flight(self) -> bool:
        """A push is on its way and nobody knows yet what became of it."""
        return self.sent_version > self.settled_version

    @property
    def shown(self) -> Decimal | None:
        """What the channel shows as far as we know, or will when the push under way arrives; None: nobody knows."""
        if self.in_flight and self.sent is not None:
            return self.sent.amount
        if self.told is not None and (
            self.shop_read_at is None or (self.told_at or self.shop_read_at) >= self.shop_read_at
        ):
            return self.told.amount
        return self.shop

    @property
    def failed(self) -> bool:
        return not self.in_flight and self.outcome == "failed"


@dataclass(frozen=True)
class PriceDecision:
    """`offer` is the state to keep; `push`: it has to be sent; `waits`: it would be, were it not blocked."""

    offer: PriceOffer
    push: bool
    waits: bool


def decide(offer: PriceOffer, quote: Quote | None, *, again: Again, blocked: bool) -> PriceDecision:
    """What follows from a freshly computed price. A price that was sent last is not sent twice, unless asked."""
    wanted = quote is not None and (
        offer.sent_version == 0
        or offer.sent != quote
        or again == "always"
        or (again == "failed" and offer.failed)
    )  # fmt: skip
    push = wanted and not blocked
    version = offer.version
    if offer.price != quote or (push and version <= offer.sent_version):
        version += 1
    kept = replace(offer, version=version, price=quote)
    if push:
        kept = replace(kept, sent=quote, sent_version=version)
    return PriceDecision(kept, push, wanted and blocked)


def effect(offer: PriceOffer, quote: Quote | None, *, push: bool, limits: PriceGuardSettings) -> PriceEffect:
    """What telling the price would do in the shop. A price nobody knows, or of 0, has nothing to move from."""
    if quote is None:
        return "no_price"
    shown = offer.shown
    if not push or shown == quote.amount:
        return "unchanged"
    if quote.amount == 0:
        return "to_zero"
    if shown and limits.moved_share is not None and abs(quote.amount - shown) * HUNDRED > limits.moved_share * shown:
        return "moved"
    return "changed"
