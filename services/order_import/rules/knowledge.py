"""What the rules need to know of the merchant's master data for one order. Values only; `master_facts` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from services.order_import.rules.tax_terms import Tax, Threshold

ChargeArticleKind = Literal["shipping", "discount", "surcharge"]
# Which article a shop's SKU means where that is not the article with this number.
Numbers = Mapping[str, str]
NO_NUMBERS: Numbers = {}


def article_of(sku: str | None, numbers: Numbers) -> str:
    """The article number that a SKU means; an external number comes before an equal article number."""
    return numbers.get(sku or "", sku or "")


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    default_customer: str = ""
    pos_customer: str = ""


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    number: str
    project: str = ""


@dataclass(frozen=True, slots=True)
class Matches:
    """The ERP's customers that fit the buyer, by each criterion."""

    number: tuple[KnownCustomer, ...] = ()
    email: tuple[KnownCustomer, ...] = ()
    address: tuple[KnownCustomer, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargeArticle:
    """`names` are by language (`en`); a language without one shows the channel's title."""

    number: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """`quantity` is per piece of the head."""

    article_number: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`articles` are titles by number, only of numbers that exactly one article carries, `descriptions` those of them
    that have any; `ambiguous` says of the others how many carry them. `numbers` are the shop's external ones, `bills`
    components by head. `frozen` is how the order was taxed at its creation, without the buyer's VAT id. An `erased`
    order has no buyer any more."""

    project: Project = Project("")
    matches: Matches = Matches()
    articles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    ambiguous: Mapping[str, int] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=dict)
    bills: Mapping[str, tuple[Component, ...]] = field(default_factory=dict)
    charge_articles: Mapping[ChargeArticleKind, ChargeArticle] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    frozen: Tax | None = None
    erased: bool = False
