"""An order as we count it, where that differs from the channel: what we still hold, and what is called off already."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.order_import.cancellation import ZERO, Holding, Part
from shared.contracts.money import Money
from shared.contracts.order import LineItem, Order


def upheld(
    order: Order, numbers: Sequence[str], holding: Holding, *, under_way: bool = False
) -> tuple[Order, tuple[str, ...]]:
    """The order and its lines' article numbers, corrected. A line that the channel has removed comes back for as long
    as pieces of it are held. `under_way`: pieces count as called off before the channel has agreed."""
    kept = holding.kept()
    off = holding.called_off(under_way=under_way)
    if not kept and not off:
        return order, tuple(numbers)
    lines = [
        _corrected(line, kept.get(line.external_id), off.get(line.external_id, ZERO), order.state == "cancelled")
        for line in order.line_items
    ]
    known = {line.external_id for line in order.line_items}
    removed = [part for id, part in kept.items() if id not in known]
    lines += [_corrected(_removed(part, order.currency), part, ZERO, False) for part in removed]
    state = order.state
    if state == "cancelled" and kept:
        state = "open"
    elif state == "open" and not kept and holding.called_off_whole():
        state = "cancelled"
    changed = order.model_copy(update={"line_items": tuple(lines), "state": state})
    return changed, (*numbers, *(part.article_number for part in removed))


def remaining(order: Order) -> dict[str, Decimal]:
    """Per line, the pieces the channel still counts as ordered, shipped or not."""
    found: dict[str, Decimal] = {}
    if order.state != "cancelled":
        for line in order.line_items:
            pieces = max(line.quantity - line.cancelled_quantity, ZERO)
            found[line.external_id] = found.get(line.external_id, ZERO) + pieces
    return found


def taken_off(before: Order, after: Order) -> Mapping[str, Decimal]:
    """Per line, pieces that the channel counts no more; negative where it counts more than before."""
    old, new = remaining(before), remaining(after)
    differences = {line: old.get(line, ZERO) - new.get(line, ZERO) for line in old | new}
    return {line: pieces for line, pieces in differences.items() if pieces}


def _corrected(line: LineItem, part: Part | None, off: Decimal, cancelled: bool) -> LineItem:
    gone = line.quantity if cancelled else line.cancelled_quantity
    held = ZERO if part is None else part.held
    left = ZERO if part is None else part.quantity
    return line.model_copy(
        update={
            "quantity": line.quantity + max(held - gone, ZERO),
            "cancelled_quantity": min(max(gone - held, ZERO) + off, line.quantity + max(held - gone, ZERO)),
            "fulfilled_quantity": max(line.fulfilled_quantity, left),
        }
    )


def _removed(part: Part, currency: str) -> LineItem:
    nothing = Money(amount=ZERO, currency=currency)
    return LineItem(
        external_id=part.line_external_id,
        kind=part.kind,
        sku=part.sku or None,
        quantity=ZERO,
        unit_price=nothing,
        total=nothing,
        requires_shipping=part.requires_shipping,
    )
