"""Returns that customers opened: received (RT25), then judged line by line (RT26), each return as a whole.

RT11 may be asked once in five minutes, so what was read and said stands in memory; it is asked anew where that does not
suffice.
"""

from collections.abc import Sequence
from typing import Any

from services.connectors.mirakl.client import Client, returned
from services.connectors.mirakl.vocabulary import RETURN_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.parts import answer
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import PushedPart
from shared.contracts.returned import BroughtBack, GoodsBack

Row = dict[str, Any]
Judged = dict[int, PushedPart]


async def returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One answer per command; it may concern several returns of its order."""
    await returned.known(client)
    return [await _answer(client, command.payload.goods) for command in commands]


async def find_returns(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Those of which every line is judged as it was to be."""
    await returned.refresh(client)
    found: list[PushResult | None] = []
    for command in commands:
        goods = command.payload.goods
        said: Judged = {}
        for row, places in _concerned(client, goods).values():
            said |= _said(row, goods, places)
        over = {part.outcome for part in said.values()} == {"unchanged"} and len(said) == len(goods.lines)
        found.append(answer(goods, said, goods.order_external_id) if over else None)
    return found


async def _answer(client: Client, goods: GoodsBack) -> PushResult:
    concerned = _concerned(client, goods)
    if sum(len(places) for _, places in concerned.values()) < len(goods.lines):
        await returned.refresh(client)
        concerned = _concerned(client, goods)
    judged: Judged = {}
    for row, places in concerned.values():
        judged |= _said(row, goods, places) or await _tell(client, row, goods, places)
    named = {place for _, places in concerned.values() for place in places}
    unknown = "the operator has no return of this line that could be answered"
    judged |= {place: _failed(place, unknown) for place in range(len(goods.lines)) if place not in named}
    return answer(goods, judged, ", ".join(sorted(concerned)))


async def _tell(client: Client, row: Row, goods: GoodsBack, places: Sequence[int]) -> Judged:
    lines = {one["order_line_id"]: one for one in row["return_lines"]}
    for id, line in lines.items():
        mine = [goods.lines[place] for place in places if goods.lines[place].line_external_id == id]
        ways = {(one.accepted, one.decision_reason) for one in mine}
        if sum(one.quantity for one in mine) != line["quantity"] or len(ways) != 1:
            detail = (
                f"the return {row['id']} is judged as a whole, {line['quantity']} pieces of the line {id} in one way"
            )
            return {place: _failed(place, detail) for place in places}
    told = {goods.lines[place].line_external_id: _compliance(goods.lines[place]) for place in places}
    # Received already, here or there: whether it may be judged the next call says.
    await client.decide_returns("receive", [{"id": row["id"]}])
    body = {"id": row["id"], "return_lines": [{"order_line_id": id} | told[id] for id in told]}
    try:
        reply = await client.decide_returns("compliance", [body])
    except Rejected as error:
        return {place: _failed(place, error.detail) for place in places}
    if refusals := reply.get("return_errors"):
        await returned.refresh(client)
        known = client.returned[row["order_id"]][row["id"]]
        said = str(refusals[0].get("message") or "no reason was given")
        return _said(known, goods, places) or {place: _failed(place, said) for place in places}
    for id in told:
        lines[id]["compliance"] = [told[id]]
    return {place: PushedPart(place=place, outcome="done") for place in places}


def _concerned(client: Client, goods: GoodsBack) -> dict[str, tuple[Row, list[int]]]:
    """The returns that the answer is about, with the places of their lines in it. Of several with the same line it is
    the oldest that nobody has judged."""
    rows = [
        row
        for row in client.returned.get(goods.order_external_id, {}).values()
        if RETURN_STATES.get(row["state"]) in ("open", "closed")
    ]
    rows.sort(key=lambda row: (_judged(row), row["date_created"], row["id"]))
    found: dict[str, tuple[Row, list[int]]] = {}
    for place, line in enumerate(goods.lines):
        for row in rows:
            if any(one["order_line_id"] == line.line_external_id for one in row["return_lines"]):
                found.setdefault(row["id"], (row, []))[1].append(place)
                break
    return found


def _judged(row: Row) -> bool:
    return all(line.get("compliance") for line in row["return_lines"])


def _said(row: Row, goods: GoodsBack, places: Sequence[int]) -> Judged:
    """What stands there already; nothing as long as the return is not judged."""
    if not _judged(row):
        return {}
    kept = {
        line["order_line_id"]: {bool(one["compliant"]) for one in line["compliance"]} for line in row["return_lines"]
    }
    found = {}
    for place in places:
        line = goods.lines[place]
        same = kept[line.line_external_id] == {line.accepted}
        other = f"the return {row['id']} was judged otherwise at the operator"
        found[place] = PushedPart(place=place, outcome="unchanged") if same else _failed(place, other)
    return found


def _compliance(line: BroughtBack) -> Row:
    if line.accepted:
        return {"compliant": True}
    told = {"compliant": False, "non_compliance_reason_code": line.decision_reason}
    return told | ({"non_compliance_additional_info": line.note} if line.note else {})


def _failed(place: int, detail: str) -> PushedPart:
    return PushedPart(place=place, outcome="failed", detail=detail[:300])
