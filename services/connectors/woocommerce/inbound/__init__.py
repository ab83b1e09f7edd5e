"""From WooCommerce's payloads to ours. Amounts in lines, fees and shipping are net, with tax beside them, whatever the
shop shows its customers; the head's total is gross and has two digits."""

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.inbound.articles import article
from services.connectors.woocommerce.inbound.charges import fee, shipping
from services.connectors.woocommerce.inbound.lines import line
from services.connectors.woocommerce.inbound.meta import is_gift_card, marked, properties
from services.connectors.woocommerce.inbound.money import money, utc
from services.connectors.woocommerce.inbound.parties import address, customer
from services.connectors.woocommerce.inbound.payments import payment_state, payments, refund
from services.connectors.woocommerce.vocabulary import (
    LANGUAGE_META,
    ORDER_STATES,
    PICKUP_METHODS,
    POINT_OF_SALE,
    TAX_EXEMPT_MARKS,
    TEST_MARKS,
)
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Delivery, Order

__all__ = ["article", "order"]

LONGEST_NOTE = 10_000


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    state = ORDER_STATES.get(raw.status)
    if state is None:
        raise Untranslatable(
            f"The order status {raw.status} is unknown", code="unknown_word", field="status", value=raw.status
        )
    rates = {rate.rate_id: rate for rate in raw.tax_lines}
    refunds = tuple(refund(one, raw) for one in raw.refunds)
    note = raw.customer_note or ""
    return Order(
        external_id=str(raw.id),
        number=raw.number,
        placed_at=utc(raw.date_created_gmt),
        changed_at=utc(raw.date_modified_gmt or raw.date_created_gmt),
        state=state,
        state_word=raw.status,
        payment_state=payment_state(raw),
        test=marked(raw.meta_data, TEST_MARKS),
        channel="pos" if raw.created_via in POINT_OF_SALE else "web",
        delivery=_delivery(raw),
        currency=raw.currency,
        prices_include_tax=False,
        tax_exempt=marked(raw.meta_data, TAX_EXEMPT_MARKS),
        customer=customer(raw),
        billing_address=address(raw.billing),
        shipping_address=address(raw.shipping) or address(raw.billing),
        line_items=tuple(line(one, raw, rates, refunds, state) for one in raw.line_items),
        charges=(
            *(shipping(one, raw.currency, rates) for one in raw.shipping_lines),
            *(fee(one, raw.currency, rates) for one in raw.fee_lines),
        ),
        payments=tuple(payments(raw)),
        refunds=refunds,
        total=money(raw.total, raw.currency).rounded(),
        tax_total=money(raw.total_tax, raw.currency).rounded(),
        shipping_method=next((one.method_title for one in raw.shipping_lines), ""),
        payment_method=raw.payment_method,
        locale=next((str(one.value) for one in raw.meta_data if one.key == LANGUAGE_META), ""),
        note=note[:LONGEST_NOTE],
        note_shortened=len(note) > LONGEST_NOTE,
        properties=properties(raw.meta_data),
    )


def _delivery(raw: wire.Order) -> Delivery:
    if any(one.method_id in PICKUP_METHODS for one in raw.shipping_lines):
        return "pickup"
    if raw.created_via in POINT_OF_SALE or all(one.virtual or is_gift_card(one) for one in raw.line_items):
        return "none"
    return "ship"
