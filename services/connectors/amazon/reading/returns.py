"""Returns lie beside orders and do not change them: each is kept once in each state, and its order is read again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from pydantic import ValidationError

from services.connectors.amazon import wire
from services.connectors.amazon.client import Client
from services.connectors.amazon.inbound import returned
from services.connectors.amazon.inbound.returned import ToldReturn
from services.connectors.amazon.reading import beside
from shared.connector_kit.declaration import LeftOut, Page, RawItem, Remark

AT_ONCE = 20


async def tell(client: Client, rows: Sequence[ToldReturn]) -> AsyncIterator[Page]:
    """Puts returns beside their orders, and reads these again."""
    strange = [row for row in rows if row.state is None]
    if strange:
        yield Page([], remarks=[_remark(row, "return_state_unknown") for row in strange])
    by_order: dict[str, list[ToldReturn]] = {}
    for row in await _news(client, [row for row in rows if row.state is not None]):
        by_order.setdefault(row.order_id, []).append(row)
    ids = sorted(by_order)
    for start in range(0, len(ids), AT_ONCE):
        yield await _page(client, {id: by_order[id] for id in ids[start : start + AT_ONCE]})


async def _news(client: Client, rows: Sequence[ToldReturn]) -> list[ToldReturn]:
    """Those that an earlier report did not tell: two reports overlap."""
    notes = await client.notes.of(sorted({row.order_id for row in rows}))
    known = {
        (id, said.get("id"), said.get("state")) for id, bodies in notes.items() for said in map(orjson.loads, bodies)
    }
    return [row for row in rows if (row.order_id, row.id, row.state) not in known]


async def _page(client: Client, by_order: dict[str, list[ToldReturn]]) -> Page:
    items: list[RawItem] = []
    left_out: list[LeftOut] = []
    remarks: list[Remark] = []
    for id, rows in by_order.items():
        found = await beside.order(client, id)
        if found is None:
            left_out.append(LeftOut(id, "return_of_unknown_order"))
            continue
        items.append(beside.item(found))
        for row in rows:
            line = _line(found, row)
            if line is None:
                remarks.append(_remark(row, "return_sku_unknown"))
                continue
            said = wire.Returned(id=row.id, state=row.state or "open", line=line, quantity=row.quantity)
            await beside.keep(client, id, f"return:{row.id}:{line}:{row.state}", said)
    return Page(await beside.put_in(client, items), left_out=left_out, remarks=remarks)


def _line(found: dict[str, Any], row: ToldReturn) -> str | None:
    """None for a row that means no item of the order, also of an order that cannot be read at all."""
    try:
        return returned.line_of(wire.Order.model_validate(found), row)
    except ValidationError:
        return None


def _remark(row: ToldReturn, code: str) -> Remark:
    words = {"number": row.order_id, "return": row.id, "sku": row.sku, "quantity": str(row.quantity), "word": row.word}
    return Remark(row.order_id, f"{code}:{row.id}:{row.word}", code, words, "warning")
