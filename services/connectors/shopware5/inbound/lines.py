"""The positions of an order that are articles; what only moves money is a charge."""

from decimal import Decimal

from services.connectors.shopware5 import wire
from services.connectors.shopware5.inbound.money import money, taxes, worth
from services.connectors.shopware5.inbound.words import properties
from services.connectors.shopware5.vocabulary import GOODS, MODES
from shared.contracts.errors import Untranslatable
from shared.contracts.order import LineItem, OrderState, Property

NONE = Decimal(0)


def lines(raw: wire.Order, state: OrderState) -> tuple[LineItem, ...]:
    """In the order in which the shop has them."""
    for place, one in enumerate(raw.details):
        if one.mode not in MODES:
            field = f"details.{place}.mode"
            said = f"{field} says {one.mode}, which is unknown"
            raise Untranslatable(said, code="unknown_word", field=field, value=str(one.mode))
    return tuple(_line(one, raw, state) for one in raw.details if one.mode in GOODS)


def _line(raw: wire.Detail, order: wire.Order, state: OrderState) -> LineItem:
    total = worth(raw, order.currency)
    sent = raw.quantity if state == "completed" else min(raw.shipped, raw.quantity)
    config = (Property(name="config", value=raw.config),) if raw.config else ()
    return LineItem(
        external_id=str(raw.id),
        kind="digital" if raw.esd_article else "goods",
        sku=raw.article_number or None,
        title=raw.article_name,
        quantity=raw.quantity,
        cancelled_quantity=raw.quantity if state == "cancelled" else NONE,
        fulfilled_quantity=NONE if state == "cancelled" else sent,
        unit_price=money(raw.price, order.currency),
        total=total,
        taxes=taxes(total, raw.tax_rate, order),
        requires_shipping=not raw.esd_article,
        properties=(*config, *properties(raw.attribute)),
    )
