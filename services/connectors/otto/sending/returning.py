"""Returns accepted or refused, piece by piece. What was said of a piece is read before anything is said, so that saying
it again is harmless: each acceptance pays the customer back."""

import re
from collections.abc import Sequence
from typing import Any

from services.connectors.otto.client import Client, returned
from services.connectors.otto.sending.rows import rows
from services.connectors.otto.vocabulary import ACCEPTED, RECEIVED, REJECTED
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.parts import answer
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import PushedPart
from shared.contracts.returned import BroughtBack, GoodsBack

MOST = 200


async def returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Pieces that came back, whether or not the customer announced them."""
    if client.merchant.read_returns != "yes":
        return [PushResult("failed", "returns_not_read") for _ in commands]
    await returned.refresh(client)
    return [await _answer(client, command.payload.goods) for command in commands]


async def find_returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Those that the platform knows to their last piece; of the others only what it does not know is sent again."""
    await returned.refresh(client)
    found: list[PushResult | None] = []
    for command in commands:
        goods = command.payload.goods
        said = _said(client, goods)
        found.append(answer(goods, said, goods.order_external_id) if len(said) == len(goods.lines) else None)
    return found


async def _answer(client: Client, goods: GoodsBack) -> PushResult:
    judged = _said(client, goods)
    several = {place for place, line in enumerate(goods.lines) if line.quantity != 1}
    judged |= {place: _failed(place, "a position item is one piece") for place in several}
    for accepted in (True, False):
        places = [place for place, line in enumerate(goods.lines) if line.accepted == accepted and place not in judged]
        for first in range(0, len(places), MOST):
            judged |= await _tell(client, goods, places[first : first + MOST], accepted=accepted)
    if refused := {place for place, part in judged.items() if part.outcome == "failed"}:
        # Perhaps because somebody else said it first.
        await returned.refresh(client)
        judged |= {place: part for place, part in _said(client, goods).items() if place in refused}
    return answer(goods, judged, goods.order_external_id)


async def _tell(client: Client, goods: GoodsBack, places: list[int], *, accepted: bool) -> dict[int, PushedPart]:
    try:
        reply = await client.answer_returns(accepted, [_row(goods, goods.lines[place]) for place in places])
    except Rejected as error:
        if len(places) == 1:
            return {places[0]: _failed(places[0], error.detail)}
        # Refused as a whole, for one piece's sake.
        alone = [await _tell(client, goods, [place], accepted=accepted) for place in places]
        return {place: part for one in alone for place, part in one.items()}
    if reply is None:
        return {place: PushedPart(place=place, outcome="done") for place in places}
    taken = {str(row.get("positionItemId")) for row in rows(reply, "results")}
    errors = [str(error.get("detail") or error.get("title") or "") for error in rows(reply, "errors")]
    judged = {}
    for place in places:
        piece = goods.lines[place].line_external_id
        # A refused piece is missing from the results; which error is its own, only the error's text can tell.
        own = [error for error in errors if re.search(rf"(?<![\w-]){re.escape(piece)}(?![\w-])", error)] or errors
        done = PushedPart(place=place, outcome="done")
        judged[place] = done if piece in taken else _failed(place, "; ".join(own) or "no reason was given")
    return judged


def _said(client: Client, goods: GoodsBack) -> dict[int, PushedPart]:
    """What the platform has on record of it already, as it was to be said."""
    states = {piece: row["status"] for piece, row in client.returned.get(goods.order_external_id, {}).items()}
    return {
        place: PushedPart(place=place, outcome="unchanged")
        for place, line in enumerate(goods.lines)
        if states.get(line.line_external_id) == (ACCEPTED if line.accepted else REJECTED)
    }


def _row(goods: GoodsBack, line: BroughtBack) -> dict[str, Any]:
    reason = line.decision_reason or (RECEIVED if line.accepted else "")
    told = {"positionItemId": line.line_external_id, "salesOrderId": goods.order_external_id, "reason": reason}
    return told | ({"condition": line.condition} if line.condition else {})


def _failed(place: int, detail: str) -> PushedPart:
    return PushedPart(place=place, outcome="failed", detail=detail[:300])
