"""Amounts and taxes."""

from collections.abc import Iterable

from services.connectors.shopify import wire
from shared.contracts.money import Money, total
from shared.contracts.order import TaxLine


def money(bag: wire.MoneyBag) -> Money:
    """The amount in the shop's currency; converted amounts do not add up to the cent."""
    return Money.of(bag.shop_money.amount, bag.shop_money.currency_code)


def reduction(allocations: Iterable[wire.DiscountAllocation], currency: str) -> Money:
    """What was taken off, the only exact source of it: discounted unit prices are rounded."""
    return total((money(each.allocated_amount_set) for each in allocations), currency)


def taxes(raw: Iterable[wire.TaxLine]) -> tuple[TaxLine, ...]:
    return tuple(
        TaxLine(
            rate=each.rate or 0,
            amount=money(each.price_set),
            title=each.title,
            remitted_by_channel=bool(each.channel_liable),
        )
        for each in raw
    )
