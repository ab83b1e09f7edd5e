"""Which pieces of which lines go into a parcel. Lines may be named as the shop has them, or as the ERP got them: one
line for several equal ones, and the components of an article instead of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from services.order_import.demand import NO_BILLS, Left, outstanding
from services.order_import.order_rules import Bills, Status
from services.order_import.rules.knowledge import Component
from shared.contracts.fulfilment import ShippedLine
from shared.contracts.order import LineItem, Order

NONE = Decimal(0)
SHIPPABLE = frozenset({"goods", "custom", "deposit"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of one line or of one article number; `quantity` None means all that are outstanding."""

    line_external_id: str = ""
    article_number: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """`lines` are what the shop hears: an article that was taken apart is shipped as often as all its components are.
    `components` are the pieces that left by themselves, per external line id and article."""

    lines: tuple[ShippedLine, ...]
    components: Mapping[tuple[str, str], Decimal]


@dataclass(slots=True)
class _Slot:
    """Pieces that may be packed: of a line, or of one component of it (`per_piece` of it to a piece of the line), with
    the names they answer to."""

    line: LineItem
    lines: frozenset[str]
    articles: frozenset[str]
    left: Decimal
    component: str = ""
    per_piece: Decimal = Decimal(1)


class Refused(Exception):
    """A shipment that cannot be; `field` names the part of the request."""

    def __init__(self, code: str, field: str = "", **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params


def check(order: Order, status: Status) -> None:
    """Raises Refused when nothing of this order may be shipped by us at all."""
    if status == "cancelled":
        raise Refused("shipment_order_cancelled", number=order.number)
    if order.fulfilled_by_channel:
        raise Refused("shipment_fulfilled_by_channel", number=order.number)
    if status == "waiting" and not order.withheld:
        raise Refused("shipment_order_kept_back", number=order.number)
    if status == "waiting":
        raise Refused("shipment_order_waiting", number=order.number, withheld=", ".join(order.withheld))


def plan(
    order: Order,
    numbers: Sequence[str],
    left: Left,
    wanted: Sequence[Wanted] | None,
    bills: Bills = NO_BILLS,
    groups: Mapping[str, str] = {},
    agreed: Mapping[str, Decimal] = {},
) -> Packed:
    """The parcel; `wanted` None means everything outstanding. An article number's pieces are taken from its lines in
    their order. `groups` names the lines that the ERP got as one, by external line id. `agreed` are pieces per line
    whose cancellation is agreed. Raises Refused naming the line."""
    slots = _slots(order, numbers, left, bills, groups)
    whole: dict[str, Decimal] = defaultdict(Decimal)
    components: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    if wanted is None:
        for slot in slots:
            if not slot.component and slot.line.kind in SHIPPABLE and slot.line.requires_shipping and slot.left > 0:
                whole[slot.line.external_id] += slot.left
    else:
        for index, want in enumerate(wanted):
            for slot, quantity in _take(slots, want, index, agreed):
                if slot.component:
                    components[slot.line.external_id, slot.component] += quantity
                else:
                    whole[slot.line.external_id] += quantity
    for line, number in zip(order.line_items, numbers, strict=True):
        if any(external_id == line.external_id for external_id, _ in components):
            done = _complete(line, bills[number], left, components, whole[line.external_id])
            whole[line.external_id] = max(whole[line.external_id], done)
    lines = tuple(ShippedLine(line_external_id=id, quantity=quantity) for id, quantity in whole.items() if quantity)
    if not lines and not components:
        if agreed:
            name, quantity = next(iter(agreed.items()))
            raise Refused("shipment_line_cancelled", line=name, quantity=f"{quantity.normalize():f}")
        raise Refused("shipment_nothing_outstanding", number=order.number)
    return Packed(lines, dict(components))


def call_off_plan(
    order: Order,
    numbers: Sequence[str],
    left: Left,
    wanted: Sequence[Wanted] | None,
    bills: Bills = NO_BILLS,
    groups: Mapping[str, str] = {},
    uncounted: Mapping[str, Decimal] = {},
) -> dict[str, Decimal]:
    """The pieces per line that shall not be shipped; `wanted` None: all of the order, of which nothing may have left.
    Of a piece whose components have left in part nothing can be called off, nor of pieces `uncounted`, which the
    channel has cancelled already. Raises Refused naming the line."""
    begun = {
        line.external_id: _begun(line, bills.get(number, ()), left)
        for line, number in zip(order.line_items, numbers, strict=True)
    }
    slots = _slots(order, numbers, Left(begun), NO_BILLS, groups)
    for slot in slots:
        slot.left = max(slot.left - uncounted.get(slot.line.external_id, NONE), NONE)
    taken: dict[str, Decimal] = defaultdict(Decimal)
    if wanted is None:
        for slot in slots:
            if begun[slot.line.external_id] > 0:
                raise Refused("cancel_partly_shipped", "lines", number=order.number, line=slot.line.external_id)
            taken[slot.line.external_id] += slot.left
    else:
        for index, want in enumerate(wanted):
            for slot, quantity in _take(slots, want, index, {}):
                taken[slot.line.external_id] += quantity
    found = {line: pieces for line, pieces in taken.items() if pieces > 0}
    if not found:
        raise Refused("shipment_nothing_outstanding", number=order.number)
    return found


def _slots(order: Order, numbers: Sequence[str], left: Left, bills: Bills, groups: Mapping[str, str]) -> list[_Slot]:
    whole, parts = [], []
    for line, number in zip(order.line_items, numbers, strict=True):
        shipped = left.lines.get(line.external_id, NONE)
        names = frozenset({line.external_id, groups.get(line.external_id, line.external_id)})
        articles = frozenset({number, line.sku or ""} - {""})
        whole.append(_Slot(line, names, articles, outstanding(line, shipped)))
        for part in bills.get(number, ()):
            gone = left.components.get((line.external_id, part.article_number), NONE)
            gone = max(gone, max(line.fulfilled_quantity, shipped) * part.quantity)
            still = max((line.quantity - line.cancelled_quantity) * part.quantity - gone, NONE)
            keys = frozenset(f"{name}/{part.article_number}" for name in names)
            articles = frozenset({part.article_number})
            parts.append(_Slot(line, keys, articles, still, part.article_number, part.quantity))
    return whole + parts


def _take(
    slots: Sequence[_Slot], want: Wanted, index: int, agreed: Mapping[str, Decimal]
) -> list[tuple[_Slot, Decimal]]:
    name = want.line_external_id or want.article_number
    candidates = [
        slot
        for slot in slots
        if (want.line_external_id and want.line_external_id in slot.lines)
        or (want.article_number and want.article_number in slot.articles)
    ]
    if not candidates:
        field = "line_external_id" if want.line_external_id else "article_number"
        raise Refused("shipment_line_unknown", f"lines.{index}.{field}", line=name)
    available = sum((slot.left for slot in candidates), NONE)
    asked = available if want.quantity is None else want.quantity
    off = sum((agreed.get(slot.line.external_id, NONE) * slot.per_piece for slot in candidates), NONE)
    if off and (asked > available or not available):
        quantity = f"{off.normalize():f}"
        raise Refused("shipment_line_cancelled", f"lines.{index}", line=name, quantity=quantity)
    if asked > available:
        raise Refused(
            "shipment_exceeds_outstanding",
            f"lines.{index}.quantity",
            line=name,
            quantity=f"{asked.normalize():f}",
            outstanding=f"{available.normalize():f}",
        )
    taken = []
    for slot in candidates:
        pieces = min(slot.left, asked)
        if pieces > 0:
            slot.left -= pieces
            asked -= pieces
            taken.append((slot, pieces))
    return taken


def _begun(line: LineItem, bill: Sequence[Component], left: Left) -> Decimal:
    """Pieces of the line that have left, in whole or in part."""
    parts = [(left.components.get((line.external_id, part.article_number), NONE) / part.quantity) for part in bill]
    return max(
        line.fulfilled_quantity,
        left.lines.get(line.external_id, NONE),
        *(pieces.to_integral_value(ROUND_CEILING) for pieces in parts),
    )


def _complete(
    line: LineItem,
    bill: Sequence[Component],
    left: Left,
    packed: Mapping[tuple[str, str], Decimal],
    whole: Decimal,
) -> Decimal:
    """How many pieces of the line are complete with this parcel that were not before; `whole` are in it as such."""
    shipped = left.lines.get(line.external_id, NONE)
    wanted = line.quantity - line.cancelled_quantity
    pieces = []
    for part in bill:
        place = line.external_id, part.article_number
        alone = left.components.get(place, NONE) + packed.get(place, NONE)
        gone = max(alone, (shipped + whole) * part.quantity)
        pieces.append(
            wanted if gone >= wanted * part.quantity else (gone / part.quantity).to_integral_value(ROUND_FLOOR)
        )
    return min(max(min(pieces) - shipped, NONE), outstanding(line, shipped))
