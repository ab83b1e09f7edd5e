"""What an offer costs in its storefront."""

from decimal import Decimal

from services.connectors.kaufland.vocabulary import CURRENCIES, EVERYWHERE_ELSE
from shared.contracts.errors import Rejected
from shared.contracts.money import Money, minor_unit

HUNDRED = Decimal(100)


def listing_price(price: Money, percent: Decimal, storefront: str) -> int:
    """With `percent` of tax added, in whole minor units. Raises Rejected for a currency that the storefront does not
    sell in."""
    currency = CURRENCIES.get(storefront, EVERYWHERE_ELSE)
    if price.currency != currency:
        raise Rejected(f"the storefront {storefront} sells in {currency}, not in {price.currency}")
    gross = Money(amount=price.amount * (1 + percent / HUNDRED), currency=currency).rounded()
    return int(gross.amount / minor_unit(currency))
