"""The lines of an order."""

from decimal import Decimal

from services.connectors.tradebyte import wire
from services.connectors.tradebyte.vocabulary import LINE_PROPERTIES
from shared.contracts.money import Money
from shared.contracts.order import LineItem, Property


def line(raw: wire.Item, currency: str, *, still_open: Decimal) -> LineItem:
    """One item, of which the channel still wants so many pieces."""
    own = raw.ITEM_PRICE_CURRENCY or currency
    return LineItem(
        external_id=raw.TB_ID,
        sku=raw.SKU or None,
        title=raw.BILLING_TEXT,
        quantity=raw.QUANTITY,
        cancelled_quantity=max(raw.QUANTITY - still_open, Decimal(0)),
        unit_price=money(raw.ITEM_PRICE, own),
        total=money(raw.ITEM_PRICE * raw.QUANTITY, own),
        listing_external_id=raw.SKU or None,
        properties=tuple(
            Property(name=name, value=value) for name in LINE_PROPERTIES if (value := str(getattr(raw, name))).strip()
        ),
    )


def currency_of(raw: wire.Order) -> str:
    """What the prices say, where they say it; else what was entered for the channel."""
    return next((item.ITEM_PRICE_CURRENCY for item in raw.ITEMS if item.ITEM_PRICE_CURRENCY), raw.CURRENCY)


def money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount, currency=currency)
