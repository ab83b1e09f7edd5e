"""Goods that came back: a return is opened and closed at once. Our id in the note of its lines tells whether it was.

No stock moves by it: what lies on the shelf again is told with the stock.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.connectors.shopify.client import Client
from services.connectors.shopify.vocabulary import RETURN_REASONS
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.returned import BroughtBack, GoodsBack

LONGEST_NOTE = 255
Record = Mapping[str, Any]


async def returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One return per command; what an earlier try has opened is only closed."""
    return [await _take_back(client, command.payload.goods) for command in commands]


async def find_returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the shop knows to their end. One that is open still is sent again, which closes it."""
    found: list[PushResult | None] = []
    for command in commands:
        goods = command.payload.goods
        state = await client.returning.state(goods.order_external_id)
        if state is None:
            found.append(_refused("the order no longer exists in the shop"))
            continue
        mine = _mine(state, goods)
        closed = mine is not None and mine["status"] != "OPEN"
        found.append(PushResult("unchanged", external_id=str(mine["id"])) if mine is not None and closed else None)
    return found


async def _take_back(client: Client, goods: GoodsBack) -> PushResult:
    state = await client.returning.state(goods.order_external_id)
    if state is None:
        return _refused("the order no longer exists in the shop")
    mine = _mine(state, goods)
    if mine is not None and mine["status"] != "OPEN":
        return PushResult("unchanged", external_id=str(mine["id"]))
    if mine is None:
        try:
            listed = list(parts(goods, state["parcels"]))
        except Rejected as error:
            return _refused(error.detail)
        given = {
            "orderId": goods.order_external_id,
            "requestedAt": goods.received_at.isoformat(),
            "returnLineItems": listed,
        }
        id, problems = await client.returning.make(given)
        if problems:
            return _refused(str(problems[0].get("message", "")))
    else:
        id = str(mine["id"])
    problems = await client.returning.close(id)
    return _refused(str(problems[0].get("message", ""))) if problems else PushResult("done", external_id=id)


def parts(goods: GoodsBack, parcels: Sequence[Record]) -> Iterator[dict[str, Any]]:
    """The pieces by the parcels they left in, the oldest first. Raises Rejected for more than may come back."""
    left = [
        [part["fulfillmentLineItem"]["lineItem"]["id"], part["fulfillmentLineItem"]["id"], int(part["quantity"])]
        for parcel in parcels
        for part in parcel["returnableFulfillmentLineItems"]["nodes"]
    ]
    for line in goods.lines:
        if line.quantity != line.quantity.to_integral_value():
            raise Rejected("the shop knows no parts of pieces")
        wanted = int(line.quantity)
        for row in left:
            taken = min(wanted, row[2]) if row[0] == line.line_external_id else 0
            if taken:
                row[2] -= taken
                wanted -= taken
                yield {
                    "fulfillmentLineItemId": row[1],
                    "quantity": taken,
                    "returnReason": RETURN_REASONS[line.reason],
                    "returnReasonNote": note(line, goods.mark),
                }
        if wanted:
            raise Rejected(f"{wanted} pieces of line {line.line_external_id} more than can come back in the shop")


def note(line: BroughtBack, mark: str) -> str:
    """What the merchant says, as far as there is room beside the mark."""
    room = LONGEST_NOTE - len(mark) - 3
    return f"{line.note[:room]} ({mark})" if line.note else mark


def _mine(state: Record, goods: GoodsBack) -> Record | None:
    for row in state["returns"]:
        if any(goods.mark in part["returnReasonNote"] for part in row["returnLineItems"]["nodes"]):
            found: Record = row
            return found
    return None


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "return_refused_by_shop", {"detail": detail[:300]})
