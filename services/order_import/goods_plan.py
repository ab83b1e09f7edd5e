"""Whether goods can have come back: of lines the order has, and no more pieces than were sent and are still out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.order_import.parcel_plan import Refused
from services.order_import.return_book import Case, ReturnLine
from shared.contracts.order import Order
from shared.contracts.returned import BroughtBack, ReturnTerms

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


def answered(case: Case, before: Sequence[BroughtBack], lines: Sequence[BroughtBack]) -> tuple[ReturnLine, ...]:
    """The lines of a case with what of it lies on the shelf after this answer; `before` is what earlier ones said.
    Raises Refused for pieces that the case does not expect or that were answered, and where the shelf was told of
    otherwise."""
    if case.state == "closed":
        raise Refused("return_closed")
    expected = {line.line_external_id: line for line in case.lines}
    for index, one in enumerate(lines):
        if (line := expected.get(one.line_external_id)) is None:
            raise Refused("return_line_unknown", f"lines.{index}.line_external_id", line=one.line_external_id)
        left = line.quantity - _pieces(one.line_external_id, [*before, *lines[:index]])
        if one.quantity > left:
            raise Refused(
                "return_answered_already", f"lines.{index}.quantity", line=one.line_external_id,
                quantity=f"{one.quantity.normalize():f}", left=f"{left.normalize():f}",
            )  # fmt: skip
        if one.restocked and not one.accepted:
            raise Refused("return_refused_restocked", f"lines.{index}.restocked", line=one.line_external_id)
    found = []
    again, earlier = [one for one in lines if one.restocked], [one for one in before if one.restocked]
    for line in case.lines:
        more = _pieces(line.line_external_id, again)
        if more and line.restocked != _pieces(line.line_external_id, earlier):
            raise Refused("return_received_otherwise")
        found.append(replace(line, restocked=line.restocked + more))
    return tuple(found)


def in_its_words(terms: ReturnTerms, lines: Sequence[BroughtBack]) -> None:
    """Raises Refused, with the field and what is allowed there, for words that the channel does not take."""
    for index, one in enumerate(lines):
        if not (one.accepted or terms.refuses):
            raise Refused("return_refusal_not_offered", f"lines.{index}.accepted")
        _one_of("condition", index, one.condition, terms.conditions)
        reasons = terms.accepted_for if one.accepted else terms.refused_for
        _one_of("reason", index, one.decision_reason, reasons)
        if reasons and not (one.accepted or one.decision_reason):
            raise Refused("return_word_missing", f"lines.{index}.reason", allowed=", ".join(reasons))
        if terms.refusal_note and not (one.accepted or one.note):
            raise Refused("return_note_missing", f"lines.{index}.note")


def _one_of(field: str, index: int, word: str, allowed: Sequence[str]) -> None:
    if word and word not in allowed:
        raise Refused(
            "return_word_unknown", f"lines.{index}.{field}", value=word, allowed=", ".join(allowed) or "–"
        )  # fmt: skip


def _pieces(line: str, told: Sequence[BroughtBack]) -> Decimal:
    return sum((one.quantity for one in told if one.line_external_id == line), ZERO)
