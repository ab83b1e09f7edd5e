"""What changed between two states of an order, in words for people. Never what a person wrote or where he lives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.order_import.upholding import remaining
from shared.contracts.order import Address, LineItem, Order, Refund, RefundedLine, ReturnedLine

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Alteration:
    """One thing that changed: a code of the sentences with its words. `key` tells it from its neighbours."""

    code: str
    key: str
    params: dict[str, str]


def alterations(before: Order, after: Order) -> list[Alteration]:
    """Everything about lines, addresses, returns, refunds and cancellation that differs, in the order of the record."""
    return [
        *_state(before, after),
        *_lines(before, after),
        *_addresses(before, after),
        *_returns(before, after),
        *_refunds(before, after),
    ]


def _state(before: Order, after: Order) -> Iterator[Alteration]:
    if before.state != "cancelled" and after.state == "cancelled":
        yield Alteration("order_cancelled_in_shop", "state", {})
    elif before.state == "cancelled" and after.state != "cancelled":
        yield Alteration("order_reopened_in_shop", "state", {})


def _lines(before: Order, after: Order) -> Iterator[Alteration]:
    if "cancelled" in (before.state, after.state):
        return
    old, new = remaining(before), remaining(after)
    named = {line.external_id: _name(line) for line in (*before.line_items, *after.line_items)}
    for id in dict.fromkeys([*old, *new]):
        words = {"article": named[id], "before": _plain(old.get(id)), "after": _plain(new.get(id))}
        if id not in old:
            yield Alteration("order_line_added", id, words)
        elif not new.get(id):
            if old[id]:
                yield Alteration("order_line_removed", id, words)
        elif new[id] < old[id]:
            yield Alteration("order_quantity_lowered", id, words)
        elif new[id] > old[id] and after.state != "completed":
            # Some platforms forget on completion what was cancelled before: nobody has raised anything then.
            yield Alteration("order_quantity_raised", id, words)


def _addresses(before: Order, after: Order) -> Iterator[Alteration]:
    """Platforms tell addresses late, and take them away after some time: nobody has changed one then."""
    for name, code in (("shipping_address", "order_shipping_address_changed"),
                       ("billing_address", "order_billing_address_changed")):  # fmt: skip
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and new is not None and old != new:
            fields = [field for field in Address.model_fields if getattr(old, field) != getattr(new, field)]
            yield Alteration(code, name, {"fields": ", ".join(fields)})


def _returns(before: Order, after: Order) -> Iterator[Alteration]:
    known = {one.external_id: one.state for one in before.returns}
    named = {line.external_id: _name(line) for line in after.line_items}
    for one in after.returns:
        if known.get(one.external_id) != one.state:
            yield Alteration(f"order_return_{one.state}", one.external_id, {"pieces": _pieces(one.lines, named)})


def _refunds(before: Order, after: Order) -> Iterator[Alteration]:
    known = {refund.external_id for refund in before.refunds}
    for refund in after.refunds:
        if refund.external_id not in known:
            yield _refund(refund, {line.external_id: _name(line) for line in after.line_items})


def _refund(refund: Refund, named: dict[str, str]) -> Alteration:
    """Lines may say for what money went back without any pieces of it."""
    lines = _pieces([line for line in refund.lines if line.quantity], named)
    restocked = sum((line.quantity for line in refund.lines if line.restocked), Decimal(0))
    words = {"amount": str(refund.total), "pieces": lines, "restocked": _plain(restocked)}
    return Alteration("order_refunded_pieces" if lines else "order_refunded", refund.external_id, words)


def _pieces(lines: Sequence[RefundedLine | ReturnedLine], named: dict[str, str]) -> str:
    return ", ".join(
        f"{named.get(line.line_external_id, line.line_external_id)} × {_plain(line.quantity)}"
        for line in lines[:MOST_LINES]
    )


def _name(line: LineItem) -> str:
    return line.sku or line.external_id


def _plain(quantity: Decimal | None) -> str:
    return "0" if not quantity else f"{quantity.normalize():f}"
