"""From Shopify's payloads to ours. Amounts are the shop's own currency, as they were before anything was taken back:
a returned or removed piece stays in quantities and totals, and is told as cancelled or refunded."""

from services.connectors.shopify import wire
from services.connectors.shopify.inbound.articles import article
from services.connectors.shopify.inbound.charges import charges
from services.connectors.shopify.inbound.lines import line, tip_lines
from services.connectors.shopify.inbound.money import money
from services.connectors.shopify.inbound.parties import address, customer, properties
from services.connectors.shopify.inbound.payments import payments, refunds
from services.connectors.shopify.inbound.returns import returns
from services.connectors.shopify.inbound.words import known
from services.connectors.shopify.vocabulary import (
    DELIVERIES,
    FULFILMENT_STATES,
    GIFT_CARD_GATEWAY,
    HELD,
    PAYMENT_STATES,
    POINT_OF_SALE,
)
from shared.contracts.money import Money
from shared.contracts.order import Delivery, Order, OrderState, Payment, Property

__all__ = ["article", "order"]

LONGEST_NOTE = 10_000


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    for each in raw.fulfillment_orders:
        known(HELD, each.status, "fulfillmentOrders.status")
    tips = tip_lines(raw)
    state = _state(raw)
    lines = tuple(line(one, raw, state) for one in raw.line_items if one not in tips)
    paid = payments(raw.transactions)
    shown = raw.total_price_set.presentment_money
    note = raw.note or ""
    return Order(
        external_id=raw.id,
        number=raw.name,
        placed_at=raw.processed_at,
        changed_at=raw.updated_at,
        state=state,
        payment_state=known(PAYMENT_STATES, raw.display_financial_status, "displayFinancialStatus"),
        test=raw.test,
        channel=raw.source_name or "",
        delivery=_delivery(raw),
        currency=raw.currency_code,
        presentment=Money.of(shown.amount, shown.currency_code)
        if shown and raw.presentment_currency_code != raw.currency_code
        else None,
        prices_include_tax=raw.taxes_included,
        tax_exempt=raw.tax_exempt,
        customer=customer(raw),
        billing_address=address(raw.billing_address),
        shipping_address=address(raw.shipping_address),
        line_items=lines,
        charges=charges(raw, lines),
        payments=paid,
        refunds=refunds(raw),
        returns=returns(raw),
        total=money(raw.total_price_set),
        tax_total=money(raw.total_tax_set) if raw.total_tax_set else None,
        shipping_method=next((one.title for one in raw.shipping_lines if not one.is_removed), ""),
        payment_method=_method(paid),
        locale=raw.customer_locale or "",
        note=note[:LONGEST_NOTE],
        note_shortened=len(note) > LONGEST_NOTE,
        purchase_number=raw.po_number or "",
        tags=raw.tags,
        properties=(
            *properties(raw.custom_attributes),
            *(Property(name="discount_code", value=code) for code in raw.discount_codes),
        ),
    )


def _state(raw: wire.Order) -> OrderState:
    by_fulfilment: OrderState = known(FULFILMENT_STATES, raw.display_fulfillment_status, "displayFulfillmentStatus")
    if raw.cancelled_at is not None:
        return "cancelled"
    return "completed" if raw.closed else by_fulfilment


def _delivery(raw: wire.Order) -> Delivery:
    if raw.source_name == POINT_OF_SALE:
        return "none"
    ways = {
        known(DELIVERIES, one.delivery_method.method_type, "fulfillmentOrders.deliveryMethod.methodType")
        for one in raw.fulfillment_orders
        if one.delivery_method is not None
    }
    if not ways:
        return "ship" if any(one.requires_shipping for one in raw.line_items) else "none"
    return "ship" if "ship" in ways else "pickup" if "pickup" in ways else "none"


def _method(paid: tuple[Payment, ...]) -> str:
    """What the rest was paid with, where a gift card did not pay for everything."""
    words = [one.method for one in paid]
    return next((word for word in words if word != GIFT_CARD_GATEWAY), words[0] if words else "")
