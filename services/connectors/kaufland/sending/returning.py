"""Returns accepted or rejected, piece by piece; what stands there already is not said again."""

from collections.abc import Sequence

from services.connectors.kaufland.client import Client
from services.connectors.kaufland.sending.units import repeated
from services.connectors.kaufland.vocabulary import RETURN_ACCEPTED, RETURN_REJECTED
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.parts import answer
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import PushedPart
from shared.contracts.returned import BroughtBack, GoodsBack


async def returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One answer per command."""
    found = []
    for command in commands:
        goods = command.payload.goods
        judged = {place: await _tell(client, goods, place) for place in range(len(goods.lines))}
        found.append(answer(goods, judged, goods.order_external_id))
    return found


async def find_returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Those of which every piece stands there as it was to be said."""
    found: list[PushResult | None] = []
    for command in commands:
        goods = command.payload.goods
        said = {}
        for place, line in enumerate(goods.lines):
            id, state, _ = await _return_unit(client, goods, line)
            if id and state == _wanted(line):
                said[place] = PushedPart(place=place, outcome="unchanged")
        found.append(answer(goods, said, goods.order_external_id) if len(said) == len(goods.lines) else None)
    return found


async def _tell(client: Client, goods: GoodsBack, place: int) -> PushedPart:
    line = goods.lines[place]
    id, state, problem = await _return_unit(client, goods, line)
    if problem:
        return PushedPart(place=place, outcome="failed", detail=problem)
    if state == _wanted(line):
        return PushedPart(place=place, outcome="unchanged")
    try:
        if line.accepted:
            await client.accept_return(id)
        else:
            await client.reject_return(id, line.note)
    except Rejected as error:
        if repeated(error):
            return PushedPart(place=place, outcome="unchanged")
        return PushedPart(place=place, outcome="failed", detail=f"{error.detail} ({state})"[:300])
    return PushedPart(place=place, outcome="done")


async def _return_unit(client: Client, goods: GoodsBack, line: BroughtBack) -> tuple[str, str, str]:
    """Its id and state in the platform's words, or why there is none."""
    if line.quantity != 1:
        return "", "", "an order unit is one piece"
    unit = await client.order_unit(line.line_external_id)
    if unit is None or str(unit.get("id_order")) != goods.order_external_id:
        return "", "", f"the order has no unit {line.line_external_id}"
    back = unit.get("return_unit")
    if not back:
        return "", "", f"no return of the order unit {line.line_external_id} was opened"
    return str(back["id_return_unit"]), str(back["status"]), ""


def _wanted(line: BroughtBack) -> str:
    return RETURN_ACCEPTED if line.accepted else RETURN_REJECTED
