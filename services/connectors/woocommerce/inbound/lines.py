"""The lines of an order."""

from decimal import Decimal

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.inbound.meta import is_gift_card, marked, properties
from services.connectors.woocommerce.inbound.money import Rates, money, taxes
from services.connectors.woocommerce.vocabulary import PREORDER_MARKS
from shared.contracts.order import LineItem, LineKind, OrderState, Refund
from shared.contracts.repayment import is_ours


def line(raw: wire.Line, head: wire.Order, rates: Rates, refunds: tuple[Refund, ...], state: OrderState) -> LineItem:
    currency = head.currency
    # Our own refunds name only pieces that were shipped, which this shop need not know.
    others = [one for one in refunds if not is_ours(one.reason)]
    given_back = sum((r.quantity for one in others for r in one.lines if r.line_external_id == str(raw.id)), Decimal(0))
    shipped = state == "completed"
    kind: LineKind = "digital" if raw.virtual else "goods"
    if is_gift_card(raw):
        kind = "gift_card"
    unit = raw.subtotal / raw.quantity if raw.quantity else raw.subtotal
    return LineItem(
        external_id=str(raw.id),
        kind=kind,
        sku=raw.sku or None,
        title=raw.name,
        quantity=raw.quantity,
        cancelled_quantity=raw.quantity if state == "cancelled" else Decimal(0) if shipped else given_back,
        fulfilled_quantity=raw.quantity if shipped else Decimal(0),
        unit_price=money(round(unit, 6), currency),
        total=money(raw.total, currency),
        discount=money(raw.subtotal - raw.total, currency) if raw.subtotal != raw.total else None,
        taxes=taxes(raw.taxes, rates, currency),
        requires_shipping=kind == "goods",
        held=marked(head.meta_data, PREORDER_MARKS),
        listing_external_id=str(raw.variation_id or raw.product_id) if raw.product_id else None,
        properties=properties(raw.meta_data),
    )
