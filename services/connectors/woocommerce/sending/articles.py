"""Stock and prices: batches per parent, each row of an answer judged by itself."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from services.connectors.woocommerce import outbound
from services.connectors.woocommerce.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected, Transient

FEWEST_IN_A_BATCH = 25
TOO_MUCH = {"timed_out", "connection_lost", "shop_down"}
ENTITY_TOO_LARGE = "woocommerce_rest_request_entity_too_large"
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
    """What the shop answered for each product, or that it refused it. A hundred rows are what a shop takes by itself;
    one with a limit of its own, or a web server that waits no longer, is asked for less once that has helped."""
    answers: dict[str, PushResult | dict[str, Any]] = {}
    size = client.batch
    for parent, rows in grouped.items():
        waiting = list(rows)
        while waiting:
            part = waiting[:size]
            try:
                answered = await client.update_products(parent, part)
            except (Rejected, Transient) as error:
                if _too_much(error) and len(part) > FEWEST_IN_A_BATCH:
                    size = max(FEWEST_IN_A_BATCH, len(part) // 2)
                    continue
                if isinstance(error, Transient):
                    if not answers:
                        raise
                    # What was answered is done; the rest is tried again later.
                    return answers
                answers |= {str(row["id"]): PushResult("failed", refused, {"detail": error.detail}) for row in part}
                answered = []
            client.batch = size
            # Answers come in the order of the request; a failed row may carry id 0.
            for row, given in zip(part, answered, strict=False):
                answers[str(row["id"])] = _refused(refused, given) or given | {"id": row["id"]}
            waiting = waiting[len(part) :]
    return answers


def _too_much(error: Rejected | Transient) -> bool:
    refused = error.params.get("platform_code") or error.params.get("status")
    return error.code in TOO_MUCH or refused in (ENTITY_TOO_LARGE, str(int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)))


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
