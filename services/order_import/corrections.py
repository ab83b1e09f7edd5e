"""Which fields of an order a person may correct, and what an order is with corrections. Pure.

A path names one field: `shipping_address.city`, `note`, `line_items[external_id=7].sku`. Lines are kept by their
external id, since their position may change; `line_items.0.sku`, as reasons name it, is understood too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.order import Address, Customer, LineItem, Order

PARTIES: dict[str, tuple[type[Address] | type[Customer], frozenset[str]]] = {
    "billing_address": (Address, frozenset(Address.model_fields)),
    "shipping_address": (Address, frozenset(Address.model_fields)),
    "customer": (
        Customer,
        frozenset({"number", "email", "phone", "first_name", "last_name", "company", "vat_id"}),
    ),
}
OF_A_LINE = frozenset({"sku", "title"})
OF_THE_ORDER = frozenset({"shipping_method", "payment_method", "note", "purchase_number", "locale"})
_LINE = re.compile(r"line_items(?:\.(?P<position>\d{1,6})|\[external_id=(?P<id>.+)\])\.(?P<field>\w+)", re.DOTALL)
_COUNTRY = re.compile(r"([A-Z]{2})?")


class Refused(Exception):
    """A correction that cannot be; `part` of the change is wrong, its path or its value."""

    def __init__(self, code: str, path: str, part: Literal["path", "value"] = "path") -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.part = part


@dataclass(frozen=True, slots=True)
class Place:
    """One field of an order: of a party, of a line, or of the order itself."""

    path: str
    field: str
    party: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """`before` is the channel's own value. The correction holds until the channel says something else there; `before`,
    `after` and `note` are None once the order was erased."""

    id: UUID
    order_id: UUID
    path: str
    before: str | None
    after: str | None
    note: str | None
    made_by: str
    made_at: datetime
    state: Literal["active", "replaced", "undone", "overtaken"] = "active"
    ended_by: str = ""
    ended_at: datetime | None = None


def place(path: str, order: Order) -> Place:
    """The field a path names in this order. Raises Refused for one that is not there or not to be corrected."""
    if (line := _LINE.fullmatch(path)) is not None:
        return _in_line(path, line["position"], line["id"], line["field"], order)
    party, _, field = path.rpartition(".")
    if party in PARTIES:
        kind, fields = PARTIES[party]
        if field in fields:
            return Place(path, field, party=party)
        raise Refused("correction_field_closed" if field in kind.model_fields else "correction_path_unknown", path)
    if path in OF_THE_ORDER:
        return Place(path, path)
    known = re.split(r"[.\[]", path, maxsplit=1)[0] in Order.model_fields
    raise Refused("correction_field_closed" if known else "correction_path_unknown", path)


def _in_line(path: str, position: str | None, id: str | None, field: str, order: Order) -> Place:
    if field not in LineItem.model_fields:
        raise Refused("correction_path_unknown", path)
    if field not in OF_A_LINE:
        raise Refused("correction_field_closed", path)
    if position is not None and int(position) < len(order.line_items):
        id = order.line_items[int(position)].external_id
    if not id or [line.external_id for line in order.line_items].count(id) != 1:
        raise Refused("correction_line_unknown", path)
    return Place(f"line_items[external_id={id}].{field}", field, line=id)


def check(where: Place, value: str) -> None:
    """Raises Refused for a value the field cannot have."""
    if where.field == "country" and not _COUNTRY.fullmatch(value):
        raise Refused("correction_country_invalid", where.path, "value")


def value_at(order: Order, where: Place) -> str:
    """What stands there; empty text where there is nothing."""
    if where.line:
        line = next(line for line in order.line_items if line.external_id == where.line)
        return getattr(line, where.field) or ""
    owner = getattr(order, where.party) if where.party else order
    return getattr(owner, where.field) if owner is not None else ""


def with_value(order: Order, where: Place, value: str) -> Order:
    """The order with another value there. A party without any value is none."""
    if where.line:
        lines = tuple(
            line.model_copy(update={where.field: value or (None if where.field == "sku" else "")})
            if line.external_id == where.line
            else line
            for line in order.line_items
        )
        return order.model_copy(update={"line_items": lines})
    if where.party:
        empty = PARTIES[where.party][0]()
        party = (getattr(order, where.party) or empty).model_copy(update={where.field: value})
        return order.model_copy(update={where.party: None if party == empty else party})
    return order.model_copy(update={where.field: value})


def applied(order: Order, corrections: Sequence[Correction]) -> tuple[Order, list[Correction]]:
    """What the channel states with the corrections on top, and those that the channel has overtaken: its own value has
    changed there, or the line is gone, so it wins."""
    overtaken = []
    for one in corrections:
        try:
            where = place(one.path, order)
        except Refused:
            overtaken.append(one)
            continue
        if one.after is None or value_at(order, where) != one.before:
            overtaken.append(one)
        else:
            order = with_value(order, where, one.after)
    return order, overtaken
