"""From Shopware 5's payloads to ours. Amounts are in the order's own currency: with tax inside, or without where the
order says that it is net; free of tax where it says that, too."""

from services.connectors.shopware5 import wire
from services.connectors.shopware5.inbound.articles import article
from services.connectors.shopware5.inbound.charges import charges
from services.connectors.shopware5.inbound.lines import lines
from services.connectors.shopware5.inbound.money import money
from services.connectors.shopware5.inbound.parties import account, address, customer
from services.connectors.shopware5.inbound.payments import payment_state, payments
from services.connectors.shopware5.inbound.words import known, placed_at, properties
from services.connectors.shopware5.vocabulary import ABANDONED, NO_NUMBERS, ORDER_STATES
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Order

__all__ = ["account", "article", "order"]

LONGEST_NOTE = 10_000


def order(raw: wire.Order) -> Order:
    """One order with everything it says. A basket that was left at the checkout is none."""
    if raw.order_status_id == ABANDONED or raw.number.strip() in NO_NUMBERS:
        said = "A basket that was left at the checkout is no order"
        raise Untranslatable(said, code="basket_abandoned", field="number")
    word, state = known(ORDER_STATES, raw.order_status_id, "orderStatusId")
    if not (len(raw.currency) == 3 and raw.currency.isascii() and raw.currency.isupper()):
        said = f"{raw.currency} is no currency"
        raise Untranslatable(said, code="unknown_word", field="currency", value=raw.currency[:10])
    at = placed_at(raw)
    goods = lines(raw, state)
    shop = raw.language_sub_shop
    return Order(
        external_id=str(raw.id),
        number=raw.number,
        placed_at=at,
        changed_at=wire.moment(raw.changed, raw.shop_timezone) or at,
        state=state,
        state_word=word,
        payment_state=payment_state(raw, state),
        channel=raw.shop.name if raw.shop else "",
        delivery="ship" if any(one.requires_shipping for one in goods) or not goods else "none",
        currency=raw.currency,
        prices_include_tax=not raw.net,
        tax_exempt=bool(raw.tax_free),
        customer=customer(raw),
        billing_address=address(raw.billing),
        shipping_address=address(raw.shipping) or address(raw.billing),
        line_items=goods,
        charges=charges(raw),
        payments=payments(raw, state),
        total=money(raw.invoice_amount, raw.currency),
        shipping_method=raw.dispatch.name if raw.dispatch else "",
        payment_method=raw.payment.name if raw.payment else "",
        locale=shop.locale.locale.replace("_", "-") if shop and shop.locale else "",
        note=raw.customer_comment[:LONGEST_NOTE],
        note_shortened=len(raw.customer_comment) > LONGEST_NOTE,
        properties=properties(raw.attribute),
    )
