"""From Shopware's payloads to ours. Every amount is in the order's own currency already, and counted as the order says:
gross with tax inside, net with tax beside it, or free of tax."""

from services.connectors.shopware6 import wire
from services.connectors.shopware6.inbound.articles import article
from services.connectors.shopware6.inbound.charges import charges
from services.connectors.shopware6.inbound.lines import lines
from services.connectors.shopware6.inbound.money import money
from services.connectors.shopware6.inbound.parties import address, customer
from services.connectors.shopware6.inbound.payments import current, method_key, payment_state, payments, refunds
from services.connectors.shopware6.inbound.words import changed_at, known, main_delivery, name, texts
from services.connectors.shopware6.vocabulary import ORDER_STATES, PICKUP_METHODS, TAX_STATES
from shared.contracts.order import Delivery, Order

__all__ = ["article", "order"]

LONGEST_NOTE = 10_000


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    word = raw.state_machine_state.technical_name
    state = known(ORDER_STATES, word, "stateMachineState.technicalName")
    with_tax, exempt = known(TAX_STATES, raw.tax_status, "taxStatus")
    currency = raw.currency.iso_code
    main = main_delivery(raw)
    billing = address(raw.billing_address)
    method = None if main is None else main.shipping_method
    paid_with = current(raw)
    note = raw.customer_comment or ""
    tax = sum((one.tax for one in raw.price.calculated_taxes), start=type(raw.amount_total)(0))
    return Order(
        external_id=raw.id,
        number=raw.order_number,
        placed_at=raw.order_date_time,
        changed_at=changed_at(raw),
        state=state,
        state_word=word,
        payment_state=payment_state(raw),
        channel="" if raw.sales_channel is None else name(raw.sales_channel),
        delivery=_delivery(raw, method),
        currency=currency,
        prices_include_tax=with_tax,
        tax_exempt=exempt,
        customer=customer(raw),
        billing_address=billing,
        shipping_address=(None if main is None else address(main.shipping_order_address)) or billing,
        line_items=lines(raw, state),
        charges=charges(raw),
        payments=payments(raw),
        refunds=refunds(raw),
        total=money(raw.amount_total, currency),
        tax_total=money(tax, currency),
        shipping_method="" if method is None else name(method),
        payment_method="" if paid_with is None else method_key(paid_with.payment_method),
        locale="" if raw.language is None or raw.language.locale is None else raw.language.locale.code,
        note=note[:LONGEST_NOTE],
        note_shortened=len(note) > LONGEST_NOTE,
        tags=tuple(name(one) for one in raw.tags),
        properties=texts(raw.custom_fields),
    )


def _delivery(raw: wire.Order, method: wire.Method | None) -> Delivery:
    """An order of downloads has no delivery at all."""
    if not raw.deliveries:
        return "none"
    return "pickup" if method is not None and method.technical_name in PICKUP_METHODS else "ship"
