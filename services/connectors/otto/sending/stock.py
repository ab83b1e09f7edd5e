"""Quantities, two hundred in one call."""

import re
from collections.abc import Sequence
from typing import Any

from services.connectors.otto import outbound
from services.connectors.otto.client import Client
from services.connectors.otto.sending.rows import rows
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected


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


async def set_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Quantities and prices may simply be set again."""
    return [None] * len(commands)


def _judged(sku: str, answer: dict[str, Any]) -> PushResult:
    """A refused row is missing from the results; which error is its own, only the error's text can tell."""
    taken = next((row for row in rows(answer, "results") if row.get("sku") == sku), None)
    if taken is not None:
        actual = taken.get("quantity")
        return PushResult("done", external_id=sku, actual=actual if isinstance(actual, int) else None)
    errors = [str(error.get("detail") or error.get("title") or "") for error in rows(answer, "errors")]
    # The whole number: KR-1 is not what an error says of KR-10.
    own = [error for error in errors if re.search(rf"(?<![\w.-]){re.escape(sku)}(?![\w-])", error)] or errors
    if not own:
        return PushResult("retrying", "stock_unanswered", {"detail": "the platform did not answer this row"})
    return PushResult("failed", "stock_refused", {"detail": "; ".join(own)[:300]})
