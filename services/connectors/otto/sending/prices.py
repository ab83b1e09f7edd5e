"""Prices: taken as a task, worked through later, and judged number by number when it is done."""

from collections.abc import Sequence
from typing import Any

from services.connectors.otto import outbound
from services.connectors.otto.client import Client
from services.connectors.otto.sending.rows import named, words
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.price import PricePush

Row = dict[str, Any]


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Up to 500 in one call. What cannot be sent is refused here; the rest is judged by the task, row by row."""
    results: dict[int, PushResult] = {}
    waiting: dict[int, Row] = {}
    sales: dict[int, Row] = {}
    for place, command in enumerate(commands):
        push = command.payload
        try:
            if not push.sets_strike and (sale := await _sale(client, push)):
                sales[place] = sale
            waiting[place] = outbound.price(push, sales.get(place))
        except Rejected as error:
            results[place] = _refused(error.detail)
    if waiting:
        judged = await _told(client, list(waiting.values()))
        results |= {place: judged[row["sku"]] for place, row in waiting.items()}
    return [_beside_sale(results[place], sales.get(place)) for place in range(len(commands))]


async def _told(client: Client, wanted: Sequence[Row]) -> dict[str, PushResult]:
    try:
        task = await client.set_prices(wanted)
    except Rejected as error:
        # Row by row would be a task each: one refused call is every row's failure.
        return {row["sku"]: _refused(error.detail) for row in wanted}
    if not await client.finished(task):
        late = PushResult("retrying", "price_unanswered", {"detail": f"task {task.id} is still running"})
        return {row["sku"]: late for row in wanted}
    failed = {named(one): words(one) for one in await client.catalogue.task_results(task.id, "failed")}
    unchanged = {named(one) for one in await client.catalogue.task_results(task.id, "unchanged")}
    succeeded = {named(one) for one in await client.catalogue.task_results(task.id, "succeeded")}
    found = {}
    for row in wanted:
        sku = row["sku"]
        if sku in failed:
            found[sku] = _refused(failed[sku])
        elif sku in succeeded:
            found[sku] = PushResult("done", external_id=sku)
        elif sku in unchanged:
            found[sku] = await _compared(client, row)
        else:
            missing = {"detail": f"task {task.id} does not name the article"}
            found[sku] = PushResult("retrying", "price_unanswered", missing)
    return found


async def _compared(client: Client, wanted: Row) -> PushResult:
    """ "Unchanged" is also what was refused before and sent once more as it was: only what is shown tells."""
    shown = await client.price(wanted["sku"])
    if shown is not None and outbound.same_price(shown, wanted):
        return PushResult("unchanged", external_id=wanted["sku"])
    amount = (shown or {}).get("standardPrice", {}).get("amount", "no price")
    return _refused(f"it was refused before and is still the same; the platform shows {amount}")


async def _sale(client: Client, push: PricePush) -> Row | None:
    """A sale of the platform's own that is to stay: a price that is told without it might end it."""
    shown = await client.price(push.external_id) or {}
    sale = shown.get("sale")
    return sale if isinstance(sale, dict) and sale.get("salePrice") else None


def _beside_sale(result: PushResult, sale: Row | None) -> PushResult:
    if sale is None or result.outcome not in ("done", "unchanged"):
        return result
    shown = {"shown": str(sale["salePrice"].get("amount", ""))}
    return PushResult(result.outcome, "price_of_sale_stays", shown, result.external_id)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "price_refused", {"detail": detail[:300]})
