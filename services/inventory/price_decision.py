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
    def steps(self) -> dict[tuple[str, str, int], Decimal]:
        """The prices by quantity and group that the channel has by what it was told; nobody else tells us of them."""
        believed = self.sent if self.in_flight else self.told
        return {} if believed is None else believed.steps

    @property
    def failed(self) -> bool:
        return not self.in_flight and self.outcome == "failed"


@dataclass(frozen=True)
class Move:
    """One price that would become another in the shop: `where` says which, "" being the listing's own. `shown` None:
    nobody knows, or there was none."""

    where: str
    shown: Decimal | None
    price: Decimal

    def too_far(self, share: Decimal | None) -> bool:
        """Whether it moves by more than `share` percent. What nobody knows, or is 0, has nothing to move from."""
        if not self.shown or share is None:
            return False
        return abs(self.price - self.shown) * HUNDRED > share * self.shown


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


def moves(offer: PriceOffer, quote: Quote) -> list[Move]:
    """Which of a listing's prices would become others, its own first."""
    found = [] if offer.shown == quote.amount else [Move("", offer.shown, quote.amount)]
    held = offer.steps
    for key, amount in quote.steps.items():
        if held.get(key) != amount:
            found.append(Move(f"{key[0]} ≥ {key[2]}".lstrip(), held.get(key), amount))
    return found


def dangers(offer: PriceOffer, quote: Quote, limits: PriceGuardSettings) -> list[Move]:
    """Those that are 0 or move too far."""
    return [one for one in moves(offer, quote) if one.price == 0 or one.too_far(limits.moved_share)]


def effect(offer: PriceOffer, quote: Quote | None, *, push: bool, limits: PriceGuardSettings) -> PriceEffect:
    """What telling the price would do in the shop, the worst of it."""
    if quote is None:
        return "no_price"
    if not push or not (moves(offer, quote) or offer.steps.keys() - quote.steps.keys()):
        return "unchanged"
    bad = dangers(offer, quote, limits)
    if any(one.price == 0 for one in bad):
        return "to_zero"
    return "moved" if bad else "changed"
