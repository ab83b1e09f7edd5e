"""One parcel: its number on the delivery, our mark beside it, and the delivery's state.

The shop has no parcels: a delivery holds a list of numbers and one state. What was in each parcel stands in our marks.
"""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.sending.states import reach, word
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment

SENT = frozenset({"shipped", "returned", "returned_partially"})


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Number and mark first, then the state: what broke off in between is seen by the mark and finished."""
    return await one_by_one(commands, lambda command: _fulfil(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the shop knows in full, by our mark and the delivery's state."""
    found: list[PushResult | None] = []
    for command in commands:
        parcel = command.payload.fulfilment
        order = await _order(client, parcel)
        found.append(None if order is None else _known(order, parcel))
    return found


async def _fulfil(client: Client, parcel: Fulfilment) -> PushResult:
    order = await _order(client, parcel)
    if order is None:
        return _refused("the order no longer exists in the shop")
    delivery = shipped_delivery(order)
    if delivery is None:
        return _refused("the order has no delivery in the shop")
    if (known := _known(order, parcel)) is not None:
        return known
    if problem := _too_much(order, delivery, parcel):
        return _refused(problem)
    target = outbound.delivery(parcel, delivery)
    wanted = _wanted(order, delivery | target)
    try:
        if word(delivery) in ("cancelled", ""):
            return _refused(f"the delivery is {word(delivery) or 'in no state'} in the shop")
        await client.put_delivery(delivery["id"], target)
        if problem := await reach(client, "order_delivery", delivery, wanted, mail=parcel.notify_customer):
            return _refused(problem)
    except Rejected as error:
        return _refused(error.detail)
    return PushResult("done", external_id=str(delivery["id"]))


async def _order(client: Client, parcel: Fulfilment) -> dict[str, Any] | None:
    found = await client.orders([parcel.order_external_id])
    return found[0] if found else None


def shipped_delivery(order: dict[str, Any]) -> dict[str, Any] | None:
    """The delivery that goods leave with: the shop's own choice, else the one that does not give money back."""
    rows: list[dict[str, Any]] = order.get("deliveries") or []
    chosen = next((row for row in rows if row["id"] == order.get("primaryOrderDeliveryId")), None)
    return chosen or next((row for row in rows if row["shippingCosts"]["totalPrice"] >= 0), None)


def _known(order: dict[str, Any], parcel: Fulfilment) -> PushResult | None:
    delivery = shipped_delivery(order)
    if delivery is None or outbound.mark(parcel) not in outbound.custom_fields(delivery):
        return None
    if word(delivery) != _wanted(order, delivery):
        return None
    return PushResult("unchanged", external_id=str(delivery["id"]))


def _wanted(order: dict[str, Any], delivery: dict[str, Any]) -> str:
    """Shipped when every piece is in a parcel, in part otherwise; a state further on stays."""
    if word(delivery) in SENT:
        return word(delivery)
    sent = outbound.shipped([delivery])
    return "shipped" if all(sent.get(id, 0) >= count for id, count in _ordered(order).items()) else "shipped_partially"


def _ordered(order: dict[str, Any]) -> dict[str, int]:
    """What is to be shipped: all goods but downloads."""
    return {
        str(line["id"]): int(line["quantity"])
        for line in order.get("lineItems") or ()
        if line["type"] in ("product", "custom") and "is-download" not in (line.get("states") or ())
    }


def _too_much(order: dict[str, Any], delivery: dict[str, Any], parcel: Fulfilment) -> str:
    """The shop itself counts no pieces: whether there are so many is found here."""
    ordered = _ordered(order)
    mine = outbound.mark(parcel)
    others = {name: value for name, value in outbound.custom_fields(delivery).items() if name != mine}
    sent = outbound.shipped([{"customFields": others}])
    for line in parcel.lines:
        left = ordered.get(line.line_external_id, 0) - sent.get(line.line_external_id, 0)
        if line.quantity > left:
            return f"of line {line.line_external_id} {left} are left to ship, not {line.quantity:f}"
    return ""


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "fulfilment_refused", {"detail": detail})
