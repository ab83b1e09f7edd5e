"""Corrections, each a row: who, when and where in clear, the values encrypted with the order's own key."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.order_import.corrections import Correction
from shared.persistence import archive
from shared.persistence.database import Transaction

_ROW = "id, order_id, path, content, state, made_by, made_at, ended_by, ended_at"


async def add(tx: Transaction, correction: Correction, key: bytes) -> None:
    """Takes a correction down; there is one at work per order and path."""
    values = {"before": correction.before, "after": correction.after, "note": correction.note}
    await tx.execute(
        """INSERT INTO corrections (id, order_id, path, content, made_by, made_at)
           VALUES (:id, :order_id, :path, :content, :made_by, :made_at)""",
        id=correction.id,
        order_id=correction.order_id,
        path=correction.path,
        content=archive.encrypt(key, json.dumps(values).encode(), correction.id.bytes),
        made_by=correction.made_by,
        made_at=correction.made_at,
    )


async def active(tx: Transaction, keys: Mapping[UUID, bytes | None]) -> dict[UUID, list[Correction]]:
    """The corrections at work on these orders, the oldest first. `keys` are the orders' own; without one, none is."""
    if not keys:
        return {}
    driver = await tx.driver()
    rows = await driver.fetch(
        f"""SELECT {_ROW} FROM corrections WHERE order_id = ANY($1::uuid[]) AND state = 'active'
            ORDER BY order_id, made_at, id""",
        [id for id, key in keys.items() if key is not None],
    )
    found: dict[UUID, list[Correction]] = {}
    for row in rows:
        found.setdefault(row["order_id"], []).append(_opened(dict(row), keys[row["order_id"]]))
    return found


async def listing(tx: Transaction, order_id: UUID) -> list[Correction]:
    """Every correction of an order, the newest first, those that are over too."""
    key = (await archive.keys_for(tx, [order_id], create=False)).get(order_id)
    rows = await tx.rows(f"SELECT {_ROW} FROM corrections WHERE order_id = :id ORDER BY made_at DESC, id", id=order_id)
    return [_opened(row, key) for row in rows]


async def end(tx: Transaction, ids: Sequence[UUID], state: str, by: str) -> None:
    """These corrections no longer hold."""
    await tx.execute(
        """UPDATE corrections SET state = :state, ended_by = :by, ended_at = now()
           WHERE id = ANY(:ids) AND state = 'active'""",
        ids=list(ids),
        state=state,
        by=by,
    )


def _opened(row: dict[str, Any], key: bytes | None) -> Correction:
    sealed = row.pop("content")
    values: dict[str, Any] = {"before": None, "after": None, "note": None}
    if key is not None:
        values = json.loads(archive.decrypt(key, sealed, row["id"].bytes))
    return Correction(**row, **values)
