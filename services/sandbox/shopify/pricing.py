"""What a basket's lines cost, counted as this platform counts: discounts are allocations, taxes belong to lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Basket, Item
from services.sandbox.shopify.money import ZERO, Purse, included_tax, quantum, share

Record = dict[str, Any]


@dataclass
class Priced:
    """One line with its money. `allocations` pair the index of a discount application with an amount."""

    item: Item
    total: Decimal
    allocations: list[tuple[int, Decimal]] = field(default_factory=list)
    tax: Decimal = ZERO

    @property
    def discounted(self) -> Decimal:
        return self.total - sum((amount for _, amount in self.allocations), ZERO)


@dataclass
class Pricing:
    """A whole basket with its money. `applications` are the discounts in the order of their index."""

    lines: list[Priced]
    applications: list[Record]
    tip: Decimal


def price(basket: Basket, purse: Purse) -> Pricing:
    """Prices every line but tips, which this platform keeps apart."""
    lines = [Priced(item, item.unit_price * item.quantity) for item in basket.items if item.kind != "tip"]
    applications: list[Record] = []
    about: Record
    for line in lines:
        if line.item.discount:
            line.allocations.append((len(applications), line.item.discount))
            about = {"__typename": "AutomaticDiscountApplication", "title": "Mengenrabatt"}
            applications.append(_application(about, len(applications), line.item.discount, purse, "EXPLICIT", "EACH"))
    if basket.coupon:
        about = {"__typename": "DiscountCodeApplication", "code": basket.coupon[0]}
        _spread(about, basket.coupon[1], lines, applications, purse)
    if basket.negative_fee:
        about = {"__typename": "ManualDiscountApplication", "title": basket.negative_fee[0], "description": None}
        _spread(about, basket.negative_fee[1], lines, applications, purse)
    for line in lines:
        line.tax = included_tax(line.discounted, rate(line.item, basket), purse, not basket.net_prices)
    tips = (item.unit_price * item.quantity for item in basket.items if item.kind == "tip")
    return Pricing(lines, applications, sum(tips, ZERO))


def rate(item: Item, basket: Basket) -> Decimal:
    """The tax rate that applies to a line; gift cards are sold untaxed."""
    return ZERO if basket.tax_free or item.kind in ("gift_card", "tip") else item.tax_rate


def _spread(about: Record, off: Decimal, lines: Sequence[Priced], applications: list[Record], purse: Purse) -> None:
    weights = [ZERO if line.item.kind == "gift_card" else line.discounted for line in lines]
    off = min(off, sum(weights, ZERO))
    for line, part in zip(lines, share(off, weights, quantum(purse.currency)), strict=True):
        if part:
            line.allocations.append((len(applications), part))
    applications.append(_application(about, len(applications), off, purse, "ALL", "ACROSS"))


def _application(about: Record, index: int, off: Decimal, purse: Purse, selection: str, method: str) -> Record:
    return about | {
        "index": index,
        "targetType": "LINE_ITEM",
        "targetSelection": selection,
        "allocationMethod": method,
        "value": {"__typename": "MoneyV2", **purse.bag(off)["shopMoney"]},
    }


def tax_line(rate: Decimal, tax: Decimal, purse: Purse) -> Record:
    bag = purse.bag(tax)
    return {
        "title": "MwSt",
        "rate": float(rate),
        "ratePercentage": float(rate * 100),
        "source": "Shopify",
        "channelLiable": False,
        "price": bag["shopMoney"]["amount"],
        "priceSet": bag,
        "_rate": rate,
        "_tax": tax,
    }


def spread_taxes(value: Decimal, pricing: Pricing, basket: Basket, purse: Purse) -> list[Record]:
    """The taxes on shipping or a fee: shared over the rates of the goods it belongs to, by their value."""
    weights: dict[Decimal, Decimal] = {}
    for line in pricing.lines:
        weights[rate(line.item, basket)] = weights.get(rate(line.item, basket), ZERO) + line.discounted
    weights.pop(ZERO, None)
    if basket.tax_free or not value:
        return []
    if not sum(weights.values(), ZERO):
        weights = {Decimal("0.19"): Decimal(1)}
    rates = sorted(weights, reverse=True)
    parts = share(value, [weights[each] for each in rates], quantum(purse.currency))
    included = not basket.net_prices
    return [
        tax_line(each, included_tax(part, each, purse, included), purse)
        for each, part in zip(rates, parts, strict=True)
        if part
    ]


def summed(lines: Sequence[Record], purse: Purse) -> list[Record]:
    """Tax lines with one entry per rate, as the order itself shows them."""
    sums: dict[Decimal, Decimal] = {}
    for line in lines:
        sums[line["_rate"]] = sums.get(line["_rate"], ZERO) + line["_tax"]
    return [tax_line(each, tax, purse) for each, tax in sorted(sums.items(), reverse=True)]
