"""What a new state from the channel takes off an order that we know: asked for, too late, or simply gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.order_import.cancellation import ZERO, CallOff, Holding, Part
from services.order_import.demand import outstanding
from services.order_import.parcel_plan import SHIPPABLE
from services.order_import.upholding import taken_off, upheld
from shared.contracts.order import LineItem, Order
from shared.contracts.repayment import is_ours


@dataclass(slots=True)
class Arrival:
    """`asked` waits for the internal system, `overtaken` is in a parcel of ours, `returned` is on its way back.
    `whole`: the channel cancelled the order as such."""

    asked: list[Part] = field(default_factory=list)
    overtaken: list[Part] = field(default_factory=list)
    returned: list[Part] = field(default_factory=list)
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.asked or self.overtaken or self.returned)


def arriving(
    before: Order,
    after: Order,
    numbers: Sequence[str],
    shipped: Mapping[str, Decimal],
    holding: Holding,
    *,
    handed_over: bool,
) -> Arrival:
    """Compares two states of the channel. `numbers` are the article numbers of the lines of `before`, `shipped` the
    pieces per line in our parcels. Notes echoes and given back pieces in `holding` itself."""
    made = Arrival(whole=after.state == "cancelled" and before.state != "cancelled")
    if after.fulfilled_by_channel:
        return made
    counted, _ = upheld(before, numbers, holding, under_way=True)
    ours = {line.external_id: line for line in counted.line_items}
    facts = dict(zip((line.external_id for line in before.line_items), numbers, strict=True))
    for line_id, difference in taken_off(before, after).items():
        if difference < 0:
            _give_back(holding, line_id, -difference)
            continue
        line = ours[line_id]
        pieces = difference - _echo(holding.call_offs, line_id, difference)
        posted = shipped.get(line_id, ZERO)
        open_pieces = _uncontested(line, posted, holding) if _leaves_a_shelf(line) else pieces
        asked = min(pieces, open_pieces)
        if asked > 0 and handed_over:
            made.asked.append(_part(line, facts.get(line_id, ""), asked))
        left = posted if _leaves_a_shelf(line) else ZERO
        too_late = min(pieces - asked, left - _overtaken(holding, line_id))
        if too_late > 0:
            made.overtaken.append(_part(line, facts.get(line_id, ""), too_late))
    made.returned = _returned(before, after, facts, shipped)
    return made


def overtaking(
    holding: Holding, order: Order, shipped: Mapping[str, Decimal], line_id: str, packed: Decimal
) -> Decimal:
    """How many pieces of a parcel were asked to be cancelled: those nobody asked for are packed first. `order` is as
    we count it, `shipped` what was in parcels before this one."""
    line = next(one for one in order.line_items if one.external_id == line_id)
    return max(packed - _uncontested(line, shipped.get(line_id, ZERO), holding), ZERO)


def _uncontested(line: LineItem, posted: Decimal, holding: Holding) -> Decimal:
    return max(outstanding(line, posted) - holding.asked(line.external_id), ZERO)


def _leaves_a_shelf(line: LineItem) -> bool:
    return line.kind in SHIPPABLE and line.requires_shipping


def _overtaken(holding: Holding, line_id: str) -> Decimal:
    part = holding.kept().get(line_id)
    return ZERO if part is None else part.quantity


def _part(line: LineItem, number: str, pieces: Decimal) -> Part:
    return Part(line.external_id, pieces, pieces, line.kind, line.sku or "", number, line.requires_shipping)


def _echo(call_offs: Sequence[CallOff], line_id: str, pieces: Decimal) -> Decimal:
    """Pieces that an internal system called off itself: the channel only says it, too."""
    found = ZERO
    for one in call_offs:
        if one.state == "failed":
            continue
        seen = min(one.unechoed(line_id), pieces - found)
        if seen > 0:
            one.echoed = {**one.echoed, line_id: one.echoed.get(line_id, ZERO) + seen}
            found += seen
    return found


def _give_back(holding: Holding, line_id: str, pieces: Decimal) -> None:
    """The channel wants pieces again: as many of those we held all along are no longer a difference."""
    for one in sorted(holding.cancellations, key=lambda each: (each.state != "asked", -each.version)):
        parts = []
        for part in one.parts:
            freed = min(part.held, pieces) if part.line_external_id == line_id else ZERO
            pieces -= freed
            parts.append(replace(part, held=part.held - freed))
        one.parts = tuple(parts)


def _returned(before: Order, after: Order, facts: Mapping[str, str], shipped: Mapping[str, Decimal]) -> list[Part]:
    """Pieces newly returned or refunded that were not taken off before shipping: the goods come."""
    old, new = _given_back(before), _given_back(after)
    earlier = {line.external_id: line for line in before.line_items}
    here = _ours(after)
    found = []
    for line in after.line_items:
        known = earlier.get(line.external_id)
        if known is None or not _leaves_a_shelf(line) or after.state == "cancelled":
            continue
        given_back = new.get(line.external_id, ZERO) - old.get(line.external_id, ZERO)
        cancelled = max(line.cancelled_quantity - known.cancelled_quantity, ZERO)
        back_before = max(old.get(line.external_id, ZERO) - known.cancelled_quantity, ZERO)
        left = max(line.fulfilled_quantity, shipped.get(line.external_id, ZERO)) - back_before
        pieces = min(given_back - cancelled, left - here.get(line.external_id, ZERO))
        if pieces > 0:
            found.append(_part(line, facts.get(line.external_id, ""), pieces))
    return found


def _given_back(order: Order) -> dict[str, Decimal]:
    """Per line, pieces of returns that the channel agreed to, and pieces refunded beside any of those. What our own
    returns and refunds say is known here already: no goods are announced by it."""
    agreed = {one.external_id: one for one in order.returns if one.state in ("open", "closed")}
    pieces = [(line.line_external_id, line.quantity) for one in agreed.values() if not one.ours for line in one.lines]
    pieces += [
        (line.line_external_id, line.quantity)
        for one in order.refunds
        if one.return_external_id not in agreed and not is_ours(one.reason)
        for line in one.lines
    ]
    found: dict[str, Decimal] = {}
    for line_id, quantity in pieces:
        found[line_id] = found.get(line_id, ZERO) + quantity
    return found


def _ours(order: Order) -> dict[str, Decimal]:
    """Per line, pieces of which we told the channel that they are here."""
    found: dict[str, Decimal] = {}
    for line in (line for one in order.returns if one.ours for line in one.lines):
        found[line.line_external_id] = found.get(line.line_external_id, ZERO) + line.quantity
    return found
