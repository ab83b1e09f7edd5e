"""Amounts as exact money, in the one currency in which all of an order is told."""

from collections.abc import Iterable
from decimal import Decimal

from services.connectors.ebay import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money


def currency_of(raw: wire.Order) -> str:
    """The currency in which every amount of the sum is told. Where a listing was in another one than the seller's, both
    may be: then it is that of the listing, in which the buyer paid. Raises Untranslatable where there is none."""
    found: set[str] | None = None
    for amount in _summed(raw):
        told = {amount.currency, *([amount.converted_from_currency] if amount.converted_from_currency else [])}
        found = told if found is None else found & told
    total = raw.pricing_summary.total
    for currency in (total.converted_from_currency, total.currency, *sorted(found or ())):
        if currency and currency in (found or ()):
            if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
                said = f"{currency} is no currency"
                raise Untranslatable(said, code="unknown_word", field="pricingSummary.total.currency", value=currency)
            return currency
    words = sorted({amount.currency for amount in _summed(raw)})
    said = "No currency tells all of the order"
    raise Untranslatable(said, code="unknown_word", field="pricingSummary.total.currency", value=", ".join(words))


def money(amount: wire.Amount, currency: str) -> Money:
    """An amount in this currency. Raises Untranslatable where it is told in others only."""
    if amount.converted_from_currency == currency and amount.converted_from_value is not None:
        return Money(amount=amount.converted_from_value, currency=currency)
    if amount.currency == currency:
        return Money(amount=amount.value, currency=currency)
    said = f"An amount is in {amount.currency} and the order in {currency}"
    raise Untranslatable(said, code="unknown_word", field="currency", value=amount.currency)


def worth(amount: wire.Amount | None, currency: str) -> Decimal:
    """The same as a number; nothing where nothing is told."""
    return Decimal(0) if amount is None else money(amount, currency).amount


def _summed(raw: wire.Order) -> Iterable[wire.Amount]:
    """Every amount that makes the total."""
    summary = raw.pricing_summary
    yield summary.total
    for amount in (
        summary.price_discount, summary.delivery_cost, summary.delivery_discount, summary.fee, summary.adjustment,
    ):  # fmt: skip
        if amount is not None:
            yield amount
    for line in raw.line_items:
        yield line.line_item_cost
        if line.discounted_line_item_cost is not None:
            yield line.discounted_line_item_cost
