"""Sending stock, prices, shipments and cancellations, and finding out whether a lost answer was a success."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.connectors.woocommerce import outbound
from services.connectors.woocommerce.client import Client
from services.connectors.woocommerce.vocabulary import ORDER_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected

MOST_IN_A_BATCH = 50
UNANSWERED = "the shop did not answer this row"


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities in batches per parent; each row of an answer is judged by itself."""
    grouped = outbound.quantities([command.payload for command in commands])
    answers = await _in_batches(client, grouped, "stock_refused")
    missing = PushResult("retrying", "stock_unanswered", {"detail": UNANSWERED})
    return [_counted(answers.get(command.payload.external_id, missing)) for command in commands]


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Prices in batches per parent. A sale of the shop's own that goes on is told."""
    answers = await _in_batches(client, outbound.prices([command.payload for command in commands]), "price_refused")
    missing = PushResult("retrying", "price_unanswered", {"detail": UNANSWERED})
    return [_priced(command, answers.get(command.payload.external_id, missing)) for command in commands]


async def _in_batches(
    client: Client, grouped: Mapping[str, Sequence[dict[str, Any]]], refused: str
) -> dict[str, PushResult | dict[str, Any]]:
    """What the shop answered for each product, or that it refused it."""
    answers: dict[str, PushResult | dict[str, Any]] = {}
    for parent, rows in grouped.items():
        for start in range(0, len(rows), MOST_IN_A_BATCH):
            part = rows[start : start + MOST_IN_A_BATCH]
            try:
                answered = await client.update_products(parent, part)
            except Rejected as error:
                answers |= {str(row["id"]): PushResult("failed", refused, {"detail": error.detail}) for row in part}
                continue
            # Answers come in the order of the request; a failed row may carry id 0.
            for row, given in zip(part, answered, strict=False):
                answers[str(row["id"])] = _refused(refused, given) or given | {"id": row["id"]}
    return answers


async def set_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities and prices may simply be set again."""
    return [None] * len(commands)


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command: as an order fulfilment where the shop has them, as note and meta data otherwise."""
    return [await _fulfil(client, command) for command in commands]


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the shop already knows, by our own id in its meta data."""
    return [await _known(client, command) for command in commands]


async def _fulfil(client: Client, command: Command) -> PushResult:
    parcel = command.payload.fulfilment
    order_id = parcel.order_external_id
    if (known := await _known(client, command)) is not None:
        return known
    try:
        if await client.fulfilments(order_id) is not None:
            external_id = await client.create_fulfilment(order_id, outbound.fulfilment(parcel))
            return PushResult("done", external_id=external_id)
        # The meta data first: it is what tells later that this parcel was reported.
        await client.put_order(order_id, outbound.parcel_meta(parcel))
        await client.add_note(order_id, outbound.note(parcel))
    except Rejected as error:
        return PushResult("failed", "fulfilment_refused", {"detail": error.detail})
    return PushResult("done", external_id=str(parcel.id))


async def _known(client: Client, command: Command) -> PushResult | None:
    parcel = command.payload.fulfilment
    try:
        made = await client.fulfilments(parcel.order_external_id)
    except Rejected as error:
        return PushResult("failed", "fulfilment_refused", {"detail": error.detail})
    if made is not None:
        for one in made:
            if _meta(one).get(outbound.PARCEL_META) == str(parcel.id):
                return PushResult("unchanged", external_id=str(one.get("id", "")))
        return None
    order = await client.order(parcel.order_external_id)
    if order is None:
        return PushResult("failed", "fulfilment_refused", {"detail": "the order no longer exists in the shop"})
    if f"{outbound.PARCEL_META}_{parcel.id}" not in _meta(order):
        return None
    # The meta data were written before the note that people read: a call that broke off left only the first.
    words = parcel.tracking_number or outbound.note(parcel)["note"]
    noted = any(words in text for text in await client.notes(parcel.order_external_id))
    return PushResult("unchanged", external_id=str(parcel.id)) if noted else None


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders only: the REST API has no cancellation of single lines that keeps what was ordered."""
    return [await _cancel(client, command.payload.cancellation) for command in commands]


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which orders are cancelled in the shop already."""
    return [await _cancelled(client, command.payload.cancellation) for command in commands]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    if (known := await _cancelled(client, wanted)) is not None:
        return known
    try:
        await client.put_order(wanted.order_external_id, outbound.CANCELLED)
    except Rejected as error:
        return PushResult("failed", "cancellation_refused_by_shop", {"detail": error.detail})
    return PushResult("done", external_id=wanted.order_external_id)


async def _cancelled(client: Client, wanted: Cancellation) -> PushResult | None:
    if wanted.lines:
        return PushResult("failed", "cancellation_of_lines_not_offered", {"line": wanted.lines[0].line_external_id})
    order = await client.order(wanted.order_external_id)
    detail = "the order no longer exists in the shop"
    if order is not None:
        state = ORDER_STATES.get(str(order.get("status")), "open")
        if state == "cancelled":
            return PushResult("unchanged", external_id=wanted.order_external_id)
        if state == "open":
            return None
        detail = "the order is completed in the shop"
    return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})


def _meta(record: dict[str, Any]) -> dict[str, Any]:
    return {row.get("key", ""): row.get("value") for row in record.get("meta_data", []) if isinstance(row, dict)}


def _refused(code: str, answer: dict[str, Any]) -> PushResult | None:
    if error := answer.get("error"):
        words = {"detail": str(error.get("message", ""))[:300], "platform_code": str(error.get("code", ""))}
        return PushResult("failed", code, words)
    return None


def _counted(answer: PushResult | dict[str, Any]) -> PushResult:
    if isinstance(answer, PushResult):
        return answer
    actual = answer.get("stock_quantity")
    return PushResult("done", external_id=str(answer["id"]), actual=actual if isinstance(actual, int) else None)


def _priced(command: Command, answer: PushResult | dict[str, Any]) -> PushResult:
    if isinstance(answer, PushResult):
        return answer
    shown = str(answer.get("sale_price") or "")
    if shown and not command.payload.sets_strike:
        return PushResult("done", "price_of_sale_stays", {"shown": shown}, str(answer["id"]))
    return PushResult("done", external_id=str(answer["id"]))
