"""Stock and prices: batches per parent, each row of an answer judged by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.connectors.woocommerce import outbound
from services.connectors.woocommerce.client import Client
from shared.connector_kit.declaration import Command, PushResult
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
