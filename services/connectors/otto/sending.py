"""Sending stock, shipments and cancellations, and finding out whether a lost answer was a success."""

import re
from collections.abc import Sequence
from typing import Any

from services.connectors.otto import outbound
from services.connectors.otto.client import Client
from services.connectors.otto.vocabulary import ITEM_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment

DUPLICATE, ELSEWHERE = "DUPLICATE_TRACKING_KEY", "POSITION_ITEM_INCLUDED_IN_OTHER_SHIPMENT"


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities in one call; a mixed answer is judged row by row."""
    try:
        answer = await client.set_quantities(outbound.quantities([command.payload for command in commands]))
    except Rejected as error:
        if len(commands) > 1:
            # Refused as a whole, for one row's sake: the kit sends them one by one.
            raise
        return [PushResult("failed", "stock_refused", {"detail": error.detail})]
    if answer is None:
        return [PushResult("done", external_id=command.payload.external_id) for command in commands]
    return [_judged(command.payload.external_id, answer) for command in commands]


async def stock_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities may simply be set again."""
    return [None] * len(commands)


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command."""
    return [await _ship(client, command.payload.fulfilment) for command in commands]


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the platform already has."""
    found = []
    for command in commands:
        try:
            found.append(await _shipped(client, command.payload.fulfilment))
        except Rejected as error:
            found.append(_refused(error))
    return found


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders, or single pieces of them."""
    return [await _cancel(client, command.payload.cancellation) for command in commands]


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of it is cancelled already."""
    wishes = [command.payload.cancellation for command in commands]
    return [_cancelled(await _states(client, wanted), wanted) for wanted in wishes]


async def _ship(client: Client, parcel: Fulfilment) -> PushResult:
    if parcel.ready_for_pickup:
        return PushResult("failed", "fulfilment_refused", {"detail": "the platform knows no pick-up by the customer"})
    try:
        return PushResult("done", external_id=await client.ship(outbound.shipment(parcel, client.merchant)))
    except Rejected as error:
        refused = error
    # A conflict is a success only where the platform has this parcel with these pieces.
    if refused.params.get("platform_code") in (DUPLICATE, ELSEWHERE):
        if (known := await _shipped(client, parcel)) is not None:
            return known
        if refused.params["platform_code"] == DUPLICATE:
            return await _add(client, parcel)
    return _refused(refused)


async def _add(client: Client, parcel: Fulfilment) -> PushResult:
    """The parcel is known without these pieces: they came into it later, or belong to another order."""
    code = outbound.carrier(parcel)
    try:
        missing = await _missing(client, parcel)
        await client.add_to_shipment(code, parcel.tracking_number, missing)
    except Rejected as error:
        return _refused(error)
    return PushResult("done", external_id=parcel.tracking_number)


async def _shipped(client: Client, parcel: Fulfilment) -> PushResult | None:
    """Whether all pieces of the parcel are told already. Raises Rejected for a parcel that cannot be told at all."""
    if parcel.tracking_number:
        row = await client.shipment(outbound.carrier(parcel), parcel.tracking_number)
        told = {(one.get("salesOrderId"), one.get("positionItemId")) for one in _rows(row, "positionItems")}
        ours = {(parcel.order_external_id, line.line_external_id) for line in parcel.lines}
        return PushResult("unchanged", external_id=str(row.get("shipmentId", ""))) if row and ours <= told else None
    # Without a number only the order tells who took a piece.
    code, order = outbound.carrier(parcel), await client.order(parcel.order_external_id)
    sent = {one["positionItemId"]: one.get("trackingInfo") or {} for one in _rows(order, "positionItems")}
    ours_sent = [sent.get(line.line_external_id, {}) for line in parcel.lines]
    found = bool(ours_sent) and all(one.get("carrier") == code for one in ours_sent)
    return PushResult("unchanged") if found else None


async def _missing(client: Client, parcel: Fulfilment) -> list[dict[str, Any]]:
    row = await client.shipment(outbound.carrier(parcel), parcel.tracking_number)
    told = {one.get("positionItemId") for one in _rows(row, "positionItems")}
    return [item for item in outbound.items(parcel, client.merchant) if item["positionItemId"] not in told]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    states = await _states(client, wanted)
    if (known := _cancelled(states, wanted)) is not None:
        return known
    # A piece that the platform cancelled itself would spoil a call that names it.
    pieces = [line.line_external_id for line in wanted.lines if states[line.line_external_id] == "PROCESSABLE"]
    refused: PushResult | None = None
    try:
        await client.cancel(wanted.order_external_id, pieces)
    except Rejected as error:
        refused = PushResult("failed", "cancellation_refused_by_shop", {"detail": error.detail})
    # Of a whole order the platform skips what left in this very moment, and a repeated call finds nothing to cancel.
    known = _cancelled(await _states(client, wanted), wanted)
    if known is not None and known.outcome == "failed":
        return known
    if refused is not None:
        return known or refused
    return PushResult("done", external_id=wanted.order_external_id)


async def _states(client: Client, wanted: Cancellation) -> dict[str, str]:
    """The state of every piece of the order, in the platform's words; none where it does not know the order."""
    order = await client.order(wanted.order_external_id)
    return {str(one["positionItemId"]): str(one["fulfillmentStatus"]) for one in _rows(order, "positionItems")}


def _cancelled(states: dict[str, str], wanted: Cancellation) -> PushResult | None:
    """What is not to be sent: because it is cancelled already, or because part of it cannot be cancelled any more. The
    platform would cancel the rest of an order without a word."""
    named = [line.line_external_id for line in wanted.lines] or list(states)
    several = next((line for line in wanted.lines if line.quantity != 1), None)
    closed = next((id for id in named if not _cancellable(states.get(id, ""))), None)
    detail = ""
    if not states:
        detail = "the order no longer exists"
    elif several is not None:
        detail = f"the position item {several.line_external_id} is one piece, not {several.quantity:f}"
    elif closed is not None:
        detail = f"the position item {closed} is {states.get(closed, 'not of this order')}"
    if detail:
        return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})
    if all(states[id] != "PROCESSABLE" for id in named):
        return PushResult("unchanged", external_id=wanted.order_external_id)
    return None


def _cancellable(word: str) -> bool:
    return word == "PROCESSABLE" or ITEM_STATES.get(word) == "cancelled"


def _refused(error: Rejected) -> PushResult:
    if error.code == "carrier_unknown":
        return PushResult("failed", error.code, error.params)
    if error.params.get("json_path", "").endswith("returnTrackingKey"):
        return PushResult("failed", "return_number_missing", {"detail": error.detail})
    return PushResult("failed", "fulfilment_refused", {"detail": error.detail})


def _rows(record: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    rows = record.get(name) if record else None
    return rows if isinstance(rows, list) else []


def _judged(sku: str, answer: dict[str, Any]) -> PushResult:
    """A refused row is missing from the results; which error is its own, only the error's text can tell."""
    taken = next((row for row in _rows(answer, "results") if row.get("sku") == sku), None)
    if taken is not None:
        actual = taken.get("quantity")
        return PushResult("done", external_id=sku, actual=actual if isinstance(actual, int) else None)
    errors = [str(error.get("detail") or error.get("title") or "") for error in _rows(answer, "errors")]
    # The whole number: KR-1 is not what an error says of KR-10.
    own = [error for error in errors if re.search(rf"(?<![\w.-]){re.escape(sku)}(?![\w-])", error)] or errors
    if not own:
        return PushResult("retrying", "stock_unanswered", {"detail": "the platform did not answer this row"})
    return PushResult("failed", "stock_refused", {"detail": "; ".join(own)[:300]})
