"""The words of taxation: rates by class, delivery thresholds, and how one order is taxed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

RateClass = Literal["normal", "reduced", "special", "exempt"]
NetHandling = Literal["none", "flagged", "always"]
Treatment = Literal["domestic", "local", "oss", "intra_community", "export", "exempt"]
VatIdState = Literal["none", "malformed", "unverified", "verified"]

FREE = frozenset({"intra_community", "export", "exempt"})
EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


@dataclass(frozen=True, slots=True)
class Rates:
    """A country's rates as fractions. A class it does not have falls back to the next higher one."""

    normal: Decimal
    reduced: Decimal | None = None
    special: Decimal | None = None

    def of(self, rate_class: RateClass) -> Decimal:
        if rate_class == "exempt":
            return Decimal(0)
        reduced = self.normal if self.reduced is None else self.reduced
        if rate_class == "special":
            return reduced if self.special is None else self.special
        return reduced if rate_class == "reduced" else self.normal

    def all(self) -> set[Decimal]:
        return {rate for rate in (self.normal, self.reduced, self.special) if rate is not None}


@dataclass(frozen=True, slots=True)
class Abroad:
    """An article that a country treats differently: of another class, or with its gross price kept."""

    rate_class: RateClass | None = None
    keeps_gross: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """How sales to buyers without VAT id in one country are taxed, from `valid_from` on. With an own warehouse there
    its rates always count; else once the threshold is `active`, or set to 1 EUR or less."""

    country: str
    rates: Rates
    valid_from: date
    own_warehouse: bool = False
    threshold_eur: Decimal = Decimal(10_000)
    vat_id: str = ""
    net_handling: NetHandling = "none"
    active: bool = False
    articles: Mapping[str, Abroad] = field(default_factory=dict)

    def applies(self, day: date) -> bool:
        return self.valid_from <= day and (self.own_warehouse or self.active or self.threshold_eur <= 1)


@dataclass(frozen=True, slots=True)
class Tax:
    """How an order is taxed. It is decided once and kept: a rate that changes later changes no order that is there.

    `country` is where it is taxed; `rates` are set when they are another country's than the warehouse's; `own_vat_id`
    is the merchant's in that country. `articles` are the order's own exceptions.
    """

    treatment: Treatment
    country: str
    vat_id: str = ""
    vat_id_state: VatIdState = "none"
    own_vat_id: str = ""
    rates: Rates | None = None
    net_handling: NetHandling = "none"
    articles: Mapping[str, Abroad] = field(default_factory=dict)
