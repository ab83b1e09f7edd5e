"""Money that is no article: shipping, and the operator's fees where they are part of the total."""

from collections.abc import Sequence
from decimal import Decimal

from services.connectors.mirakl import wire
from services.connectors.mirakl.inbound.money import merged, money, taxes
from shared.contracts.money import Money, minor_unit, total
from shared.contracts.order import Charge


def shipping(lines: Sequence[wire.Line], head: wire.Order, *, included: bool) -> list[Charge]:
    """Mirakl states it line by line; the customer paid it once."""
    currency = head.currency_iso_code
    amount = sum((line.shipping_price for line in lines), Decimal(0))
    found = [
        tax for line in lines for tax in taxes(line.shipping_taxes, line.shipping_price, currency, included=included)
    ]
    if not amount and not found:
        return []
    title, total = head.shipping_type_label, money(amount, currency)
    return [Charge(kind="shipping", title=title, total=total, taxes=merged(found, currency))]


def fees(lines: Sequence[wire.Line], head: wire.Order) -> list[Charge]:
    """Fees are documented as part of a line's total, and yet not always are: the line's own sum tells."""
    found = []
    for line in lines:
        beside = line.total_price - line.price - line.shipping_price
        if beside and beside == sum((fee.amount for fee in line.fees), Decimal(0)):
            found += [
                Charge(
                    kind="fee",
                    title=fee.code,
                    code=fee.code,
                    external_id=f"{line.order_line_id}:{fee.code}",
                    total=money(fee.amount, head.currency_iso_code),
                )
                for fee in line.fees
            ]
    return found


def order_taxes(head: wire.Order, found: Sequence[Money], *, included: bool) -> tuple[Money | None, tuple[Charge, ...]]:
    """What all taxes come to, and the cents by which an operator who computes them per order differs from his lines.
    The order's own figure counts where the lines name no tax or differ by no more than rounding; what was cancelled
    since may be missing in it."""
    currency = head.currency_iso_code
    by_lines = total(found, currency) if found else None
    if not head.order_taxes:
        return by_lines, ()
    whole = money(sum((tax.total_amount for tax in head.order_taxes), Decimal(0)), currency)
    if by_lines is None:
        return whole, ()
    difference = whole - by_lines
    if abs(difference.amount) > len(found) * minor_unit(currency):
        return by_lines, ()
    if included or not difference.amount:
        return whole, ()
    return whole, (Charge(kind="rounding", title="Tax per order", total=difference),)
