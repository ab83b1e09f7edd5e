"""Stock, prices, shipments and cancellations as inputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.connectors.shopify.vocabulary import CANCEL_REASONS, CARRIERS, HELD
from shared.contracts.cancellation import Cancellation
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.price import PricePush

LINES_PER_SHIPMENT = 512
NOT_SENT = frozenset({"CANCELLED", "ERROR", "FAILURE"})
Pieces = Mapping[str, int]
Record = Mapping[str, Any]


@dataclass
class Level:
    """One quantity to be set: `expected` is what the shop is thought to hold, None: whatever it holds."""

    item: str
    location: str
    quantity: int
    expected: int | None


@dataclass(frozen=True)
class Plan:
    """How a parcel's pieces are taken from the order's fulfilment orders: per location, fulfilment order and its part.

    `missing` are pieces that no fulfilment order offers; `waiting` says that some of them are only held back.
    """

    parts: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    waiting: bool = False


def quantities(levels: Sequence[Level]) -> dict[str, Any]:
    """`changeFromQuantity` is always there: null skips the comparison, leaving it out is an error."""
    return {
        "name": "available",
        "reason": "correction",
        "quantities": [
            {
                "inventoryItemId": each.item,
                "locationId": each.location,
                "quantity": each.quantity,
                "changeFromQuantity": each.expected,
            }
            for each in levels
        ],
    }


def price(command: PricePush) -> dict[str, Any]:
    """One variant's price; without `compareAtPrice` the shop's own stays."""
    row: dict[str, Any] = {"id": command.external_id, "price": f"{command.price.amount:f}"}
    if command.sets_strike:
        row["compareAtPrice"] = f"{command.strike.amount:f}" if command.strike else None
    return row


def place_of(problem: Record, rows: str = "quantities") -> int | None:
    """Which row an error is about: `["input", "quantities", "3", "locationId"]`. None: the input as a whole."""
    path = [str(part) for part in problem.get("field") or ()]
    if rows in path[:-1] and path[path.index(rows) + 1].isdigit():
        return int(path[path.index(rows) + 1])
    return None


def pieces(parcel: Fulfilment) -> dict[str, int] | None:
    """Pieces per line of a parcel; None where a quantity is no whole number, which this platform does not have."""
    found: dict[str, int] = {}
    for line in parcel.lines:
        if line.quantity != line.quantity.to_integral_value() or line.quantity <= Decimal(0):
            return None
        found[line.line_external_id] = found.get(line.line_external_id, 0) + int(line.quantity)
    return found


def unreported(parcel: Fulfilment, wanted: Pieces, sent: Sequence[Record]) -> dict[str, int]:
    """What of a parcel the shop does not know yet: a parcel that left from two places is two shipments there.

    Without a tracking number, two like parcels cannot be told apart: only `same_again` looks for those.
    """
    rest = dict(wanted)
    if not parcel.tracking_number:
        return rest
    for one in sent:
        if one["status"] not in NOT_SENT and parcel.tracking_number in _numbers(one):
            for line, quantity in _lines(one).items():
                rest[line] = rest.get(line, 0) - quantity
    return {line: quantity for line, quantity in rest.items() if quantity > 0}


def same_again(wanted: Pieces, sent: Sequence[Record]) -> bool:
    """Whether the shop holds a shipment without tracking number of exactly these pieces."""
    return any(one["status"] not in NOT_SENT and not _numbers(one) and _lines(one) == wanted for one in sent)


def plan(wanted: Pieces, fulfilment_orders: Sequence[Record]) -> Plan:
    """Takes the pieces from where they may be taken, in the shop's own order."""
    made = Plan(missing=dict(wanted))
    waiting = False
    for row in fulfilment_orders:
        allowed = any(each["action"] == "CREATE_FULFILLMENT" for each in row["supportedActions"])
        location = str((row["assignedLocation"].get("location") or {}).get("id", ""))
        for part in row["lineItems"]:
            line = part["lineItem"]["id"]
            taken = min(made.missing.get(line, 0), int(part["remainingQuantity"]))
            if taken <= 0:
                continue
            if not allowed:
                waiting = waiting or HELD.get(row["status"], False)
                continue
            made.parts.setdefault(location, []).append((row["id"], part["id"], taken))
            made.missing[line] -= taken
            if not made.missing[line]:
                del made.missing[line]
    return Plan(made.parts, made.missing, waiting)


def shipments(parcel: Fulfilment, made: Plan) -> Iterator[dict[str, Any]]:
    """One input per location, and more where a parcel has more lines than one shipment may have."""
    for parts in made.parts.values():
        for start in range(0, len(parts), LINES_PER_SHIPMENT):
            yield _shipment(parcel, parts[start : start + LINES_PER_SHIPMENT])


def pickup_orders(wanted: Pieces, fulfilment_orders: Sequence[Record]) -> list[Record]:
    """The fulfilment orders whose goods of this parcel are fetched at the shop."""
    return [
        row
        for row in fulfilment_orders
        if (row["deliveryMethod"] or {}).get("methodType") == "PICK_UP"
        and any(part["lineItem"]["id"] in wanted for part in row["lineItems"])
    ]


def ready(rows: Sequence[Record]) -> dict[str, Any]:
    """The goods of these fulfilment orders lie ready."""
    return {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": row["id"]} for row in rows]}


def cancellation(wanted: Cancellation) -> dict[str, Any]:
    """A whole order cancelled; our id in the note for the staff."""
    return {
        "id": wanted.order_external_id,
        "reason": CANCEL_REASONS[wanted.reason],
        "notify": wanted.notify_customer,
        "note": _note(wanted),
    }


def taken_off(wanted: Cancellation) -> dict[str, int] | None:
    """Pieces per line of a cancellation; None where a quantity is no whole number."""
    found: dict[str, int] = {}
    for line in wanted.lines:
        if line.quantity != line.quantity.to_integral_value() or line.quantity <= Decimal(0):
            return None
        found[line.line_external_id] = found.get(line.line_external_id, 0) + int(line.quantity)
    return found


def open_pieces(fulfilment_orders: Sequence[Record]) -> dict[str, int]:
    """Pieces per line that are still to be sent."""
    found: dict[str, int] = {}
    for row in fulfilment_orders:
        for part in row["lineItems"] if row["status"] not in ("CLOSED", "CANCELLED") else ():
            line = part["lineItem"]["id"]
            found[line] = found.get(line, 0) + int(part["remainingQuantity"])
    return found


def removal(wanted: Cancellation, removed: Pieces) -> dict[str, Any]:
    """Units taken off an order: a refund without money. Our id in its note tells later that it was made."""
    return {
        "orderId": wanted.order_external_id,
        "note": _note(wanted),
        "notify": wanted.notify_customer,
        "refundLineItems": [
            {"lineItemId": line, "quantity": quantity, "restockType": "CANCEL"} for line, quantity in removed.items()
        ],
    }


def _note(wanted: Cancellation) -> str:
    return f"Kontor {wanted.id}"


def carrier(word: str) -> str:
    """The carrier as the shop spells it; one it does not know stays as it is."""
    return CARRIERS.get(word.strip().lower(), word)


def _shipment(parcel: Fulfilment, parts: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    by_order: dict[str, list[dict[str, Any]]] = {}
    for order, part, quantity in parts:
        by_order.setdefault(order, []).append({"id": part, "quantity": quantity})
    given: dict[str, Any] = {
        "lineItemsByFulfillmentOrder": [
            {"fulfillmentOrderId": order, "fulfillmentOrderLineItems": lines} for order, lines in by_order.items()
        ],
        "notifyCustomer": parcel.notify_customer,
    }
    tracking = {"company": carrier(parcel.carrier), "number": parcel.tracking_number, "url": parcel.tracking_url}
    if parcel.tracking_number or parcel.tracking_url:
        given["trackingInfo"] = {name: value for name, value in tracking.items() if value}
    return given


def _numbers(sent: Record) -> set[str]:
    return {each["number"] for each in sent["trackingInfo"] if each["number"]}


def _lines(sent: Record) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in sent["fulfillmentLineItems"]:
        line = part["lineItem"]["id"]
        found[line] = found.get(line, 0) + int(part["quantity"])
    return found
