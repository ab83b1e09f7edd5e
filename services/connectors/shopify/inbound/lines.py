"""The lines of an order."""

from decimal import Decimal

from services.connectors.shopify import wire
from services.connectors.shopify.inbound.money import money, reduction, taxes
from services.connectors.shopify.inbound.parties import properties
from services.connectors.shopify.inbound.words import known
from services.connectors.shopify.vocabulary import NEVER_LEFT
from shared.contracts.order import LineItem, LineKind, OrderState


def line(raw: wire.LineItem, order: wire.Order, state: OrderState) -> LineItem:
    """One line, for all pieces that were ever ordered. A removed line stays, with all its pieces cancelled."""
    off = reduction(raw.discount_allocations, order.currency_code)
    return LineItem(
        external_id=raw.id,
        kind=_kind(raw),
        sku=raw.sku or None,
        title=raw.name,
        quantity=Decimal(raw.quantity),
        cancelled_quantity=Decimal(_cancelled(raw, order)),
        fulfilled_quantity=Decimal(_fulfilled(raw)),
        unit_price=money(raw.original_unit_price_set),
        total=money(raw.original_total_set) - off,
        discount=off if off.amount else None,
        taxes=taxes(raw.tax_lines),
        requires_shipping=raw.requires_shipping,
        held=raw.id in order.held,
        listing_external_id=raw.variant.id if raw.variant else None,
        properties=properties(raw.custom_attributes),
    )


def tip_lines(order: wire.Order) -> frozenset[wire.LineItem]:
    """Lines that are the tip once more: nothing to ship, no product, and together worth exactly the order's tip."""
    tip = order.total_tip_received_set.shop_money.amount
    found = [
        one
        for one in order.line_items
        if one.variant is None and not one.sku and not one.requires_shipping and not one.is_gift_card
        and one.non_fulfillable_quantity == one.quantity
    ]  # fmt: skip
    worth = sum((one.original_total_set.shop_money.amount for one in found), Decimal(0))
    return frozenset(found) if tip and worth == tip else frozenset()


def _kind(raw: wire.LineItem) -> LineKind:
    if raw.is_gift_card:
        return "gift_card"
    if raw.variant is None and not raw.sku:
        return "custom"
    return "goods" if raw.requires_shipping else "digital"


def _fulfilled(raw: wire.LineItem) -> int:
    return max(raw.quantity - raw.unfulfilled_quantity - raw.non_fulfillable_quantity, 0)


def _cancelled(raw: wire.LineItem, order: wire.Order) -> int:
    """Pieces taken off before they were sent. Those that came back afterwards were fulfilled, and are refunds."""
    given_back = sum(
        each.quantity
        for refund in order.refunds
        for each in refund.refund_line_items
        if each.line_item.id == raw.id
        and known(NEVER_LEFT, each.restock_type, "refunds.refundLineItems.restockType")
    )  # fmt: skip
    gone = max(raw.quantity - raw.current_quantity, 0)
    # Edits take pieces off without a refund, and a refund without restocking does not say whether they had left.
    return min(max(given_back, min(gone, raw.non_fulfillable_quantity)), gone)
