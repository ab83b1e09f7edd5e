"""What an order still wants from the merchant's own stock, and what left it. Of a line that is taken apart these are
its components."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.order_import.order_rules import Bills
from services.order_import.rules.knowledge import Component
from shared.contracts.order import DemandLine, LineItem, Order

# Deposits are money, digital goods and gift cards leave no shelf.
FROM_STOCK = frozenset({"goods", "custom"})
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Left:
    """What internal systems reported as shipped: pieces per external line id, and per line and component."""

    lines: Mapping[str, Decimal] = field(default_factory=dict)
    components: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


NOTHING = Left()
NO_BILLS: Bills = {}


def demand(
    order: Order, numbers: Sequence[str], left: Left = NOTHING, bills: Bills = NO_BILLS
) -> tuple[DemandLine, ...]:
    """Whatever the order's status: pieces of known articles that are neither cancelled nor shipped.

    `numbers` are the lines' article numbers, `bills` those by which they are taken apart.
    """
    if order.test or order.fulfilled_by_channel or order.state != "open":
        return ()
    return tuple(
        DemandLine(line_external_id=line.external_id, article_number=number, quantity=pieces)
        for line, number, per_piece, shipped in _from_stock(order, numbers, left, bills)
        if (pieces := max((line.quantity - line.cancelled_quantity) * per_piece - shipped, NONE)) > 0
    )


def left_the_shelf(
    order: Order, numbers: Sequence[str], left: Left = NOTHING, bills: Bills = NO_BILLS
) -> tuple[DemandLine, ...]:
    """Pieces shipped from the merchant's own stock so far, whoever reported them."""
    if order.test or order.fulfilled_by_channel:
        return ()
    return tuple(
        DemandLine(line_external_id=line.external_id, article_number=number, quantity=shipped)
        for line, number, _, shipped in _from_stock(order, numbers, left, bills)
        if shipped > 0
    )


def back_on_the_shelf(returned: Sequence[DemandLine], bills: Bills) -> tuple[DemandLine, ...]:
    """What came back, as what had left: a set that was taken apart lies there as its components again."""
    return tuple(
        DemandLine(
            line_external_id=one.line_external_id,
            article_number=part.article_number,
            quantity=one.quantity * part.quantity,
        )
        for one in returned
        for part in bills.get(one.article_number, (Component(one.article_number, Decimal(1)),))
    )


def outstanding(line: LineItem, shipped: Decimal) -> Decimal:
    """Pieces still to be shipped. The channel's count and ours overlap as soon as a shipment was reported, so the
    larger one counts: until then a piece the channel shipped by itself may be counted as open, never the reverse."""
    return max(line.quantity - line.cancelled_quantity - max(line.fulfilled_quantity, shipped), NONE)


def _from_stock(
    order: Order, numbers: Sequence[str], left: Left, bills: Bills
) -> Iterator[tuple[LineItem, str, Decimal, Decimal]]:
    """Line, article, pieces of it per piece of the line, and how many have left."""
    for line, number in zip(order.line_items, numbers, strict=True):
        if not number or line.kind not in FROM_STOCK or not line.requires_shipping:
            continue
        whole = max(line.fulfilled_quantity, left.lines.get(line.external_id, NONE))
        if number not in bills:
            yield line, number, Decimal(1), whole
        for part in bills.get(number, ()):
            alone = left.components.get((line.external_id, part.article_number), NONE)
            yield line, part.article_number, part.quantity, max(whole * part.quantity, alone)
