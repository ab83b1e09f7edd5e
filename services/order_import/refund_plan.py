"""Whether a refund may be: of lines the order has, for pieces that were shipped, and no more money than is left."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.order_import.parcel_plan import Refused
from services.order_import.refund_book import MoneyBack
from shared.contracts.money import Money, minor_unit, total
from shared.contracts.order import Order
from shared.contracts.repayment import mark

ZERO = Decimal(0)
# The channel may have paid such a one after all: nobody could find out.
PERHAPS_PAID = frozenset({"retries_ended", "refund_unsure"})


def check(order: Order, shipped: Mapping[str, Decimal], known: Sequence[MoneyBack], wish: MoneyBack) -> None:
    """Raises Refused for what the order cannot bear beside what the channel shows and the other refunds in `known`.
    `shipped` are the pieces per line in our parcels."""
    if wish.currency != order.currency:
        raise Refused("refund_currency_other", "currency", currency=wish.currency, order=order.currency)
    amounts = (wish.shipping, wish.goodwill, *(line.amount for line in wish.lines))
    if uneven := [one for one in amounts if one % minor_unit(order.currency)]:
        raise Refused("refund_amount_uneven", amount=f"{uneven[0]:f}", currency=order.currency)
    if not wish.total.amount:
        raise Refused("refund_of_nothing", number=order.number)
    others = [one for one in known if one.id != wish.id]
    _pieces(order, shipped, others, wish)
    left = open_money(order, others)
    if wish.total.amount > left.amount:
        raise Refused("refund_exceeds_order", number=order.number, total=str(wish.total), left=str(left))


def open_money(order: Order, known: Sequence[MoneyBack]) -> Money:
    """What of the order's total nobody has given back or is about to."""
    shown = total((one.total for one in order.refunds), order.currency)
    ours = total((one.total for one in known if _unseen(order, one)), order.currency)
    return order.total - shown - ours


def _pieces(order: Order, shipped: Mapping[str, Decimal], known: Sequence[MoneyBack], wish: MoneyBack) -> None:
    lines = {line.external_id: line for line in order.line_items}
    back: dict[str, Decimal] = {}
    shown = ((line.line_external_id, line.quantity) for one in order.refunds for line in one.lines)
    ours = ((line.line_external_id, line.quantity) for one in known if _unseen(order, one) for line in one.lines)
    for name, quantity in (*shown, *ours):
        back[name] = back.get(name, ZERO) + quantity
    for index, wanted in enumerate(wish.lines):
        line = lines.get(wanted.line_external_id)
        if line is None:
            raise Refused("refund_line_unknown", f"lines.{index}", line=wanted.line_external_id, number=order.number)
        gone = max(line.fulfilled_quantity, shipped.get(line.external_id, ZERO))
        given = back.get(line.external_id, ZERO) - line.cancelled_quantity
        left = gone - max(given, ZERO)
        if wanted.quantity > left:
            raise Refused(
                "refund_exceeds_line", f"lines.{index}", line=line.external_id,
                quantity=f"{wanted.quantity.normalize():f}", left=f"{max(left, ZERO).normalize():f}",
            )  # fmt: skip
        back[line.external_id] = back.get(line.external_id, ZERO) + wanted.quantity


def _unseen(order: Order, one: MoneyBack) -> bool:
    """Whether a refund of ours has flowed, or may yet, and the channel's order does not show it so far."""
    if one.state == "failed" and one.code not in PERHAPS_PAID:
        return False
    return not any(shown.external_id == one.external_id or mark(one.id) in shown.reason for shown in order.refunds)
