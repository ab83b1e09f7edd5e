"""Whether goods can have come back: of lines the order has, and no more pieces than were sent and are still out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.order_import.parcel_plan import Refused
from services.order_import.return_book import Case
from shared.contracts.order import Order
from shared.contracts.returned import BroughtBack

ZERO = Decimal(0)


def check(order: Order, shipped: Mapping[str, Decimal], cases: Sequence[Case], lines: Sequence[BroughtBack]) -> None:
    """Raises Refused for what was never sent, or is here or expected by one of the order's `cases` already. `shipped`
    are the pieces per line in our parcels."""
    known = {line.external_id: line for line in order.line_items}
    back: dict[str, Decimal] = {}
    for case in cases:
        for part in case.lines if case.state != "closed" else ():
            back[part.line_external_id] = back.get(part.line_external_id, ZERO) + part.quantity
    for index, wanted in enumerate(lines):
        name = wanted.line_external_id
        line = known.get(name)
        if line is None:
            raise Refused("returned_line_unknown", f"lines.{index}", line=name, number=order.number)
        left = max(line.fulfilled_quantity, shipped.get(name, ZERO)) - back.get(name, ZERO)
        if wanted.quantity > left:
            raise Refused(
                "returned_exceeds_line", f"lines.{index}", line=name, quantity=f"{wanted.quantity.normalize():f}",
                left=f"{max(left, ZERO).normalize():f}",
            )  # fmt: skip
        back[name] = back.get(name, ZERO) + wanted.quantity
