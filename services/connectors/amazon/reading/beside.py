"""What reports say about orders is kept beside them, by their ids, and put into every reading of them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from services.connectors.amazon import wire
from services.connectors.amazon.client import Client, moment
from services.connectors.amazon.vocabulary import ORDER_ID
from shared.connector_kit.declaration import RawItem
from shared.contracts.errors import Rejected


async def keep(client: Client, order_id: str, note: str, said: wire.Returned | wire.PaidBack) -> None:
    """Once: the same note again changes nothing."""
    await client.notes.add(order_id, note, said.model_dump_json())


async def order(client: Client, id: str) -> dict[str, Any] | None:
    """An order that a report names; None where the platform has none for it."""
    try:
        return await client.order(id) if re.fullmatch(ORDER_ID, id) else None
    except Rejected:
        return None


async def put_in(client: Client, items: Sequence[RawItem]) -> Sequence[RawItem]:
    """These orders with all that was ever said beside them."""
    notes = await client.notes.of([one.external_id for one in items])
    if not notes:
        return items
    return [_with(one, notes[one.external_id]) if one.external_id in notes else one for one in items]


def item(row: dict[str, Any]) -> RawItem:
    return RawItem(str(row["orderId"]), changed(row), orjson.dumps(row), str(row["orderId"]))


def changed(row: dict[str, Any]) -> datetime:
    return stamp(row.get("lastUpdatedTime"))


def stamp(text: Any) -> datetime:
    """A record whose stamp cannot be read is handed out all the same, so that its translation says so: as if it had
    changed just now."""
    try:
        return moment(str(text))
    except ValueError:
        return datetime.now(UTC)


def _with(raw: RawItem, said: Sequence[str]) -> RawItem:
    body = orjson.loads(raw.body) | {"beside": [orjson.loads(one) for one in said]}
    return replace(raw, body=orjson.dumps(body))
