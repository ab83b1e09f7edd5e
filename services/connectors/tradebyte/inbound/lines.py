"""The lines of an order."""

from decimal import Decimal

from services.connectors.tradebyte import wire
from services.connectors.tradebyte.vocabulary import LINE_PROPERTIES
from shared.contracts.money import Money
from shared.contracts.order import LineItem, Property


def line(raw: wire.Item, currency: str, *, cancelled: bool) -> LineItem:
    """One item. Its open quantity is told on request only; empty means that the channel cannot tell."""
    own = raw.ITEM_PRICE_CURRENCY or currency
    taken_back = raw.QUANTITY if cancelled else Decimal(0)
    if not cancelled and raw.OPEN_QUANTITY is not None:
        taken_back = max(raw.QUANTITY - raw.OPEN_QUANTITY, Decimal(0))
    return LineItem(
        external_id=raw.TB_ID,
        sku=raw.SKU or None,
        title=raw.BILLING_TEXT,
        quantity=raw.QUANTITY,
        cancelled_quantity=taken_back,
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
