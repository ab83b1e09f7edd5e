"""Reading orders by their change with the tickets about them, and offers storefront by storefront."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

import orjson

from services.connectors.kaufland.client import Client
from services.connectors.kaufland.reading import returns, tickets
from services.connectors.kaufland.reading.articles import article, articles
from services.connectors.kaufland.reading.categories import category, suggested, taxonomy
from services.connectors.kaufland.reading.passes import passes
from services.connectors.kaufland.vocabulary import RETURNED
from services.connectors.kaufland.wire import UNDATED, moment
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window

__all__ = [
    "OF_A_UNIT", "article", "articles", "category", "census", "found", "order", "orders", "suggested",
    "taxonomy",
]  # fmt: skip

Row = dict[str, Any]
CHUNK = 40
SECOND = timedelta(seconds=1)
OF_A_UNIT = "unit:"
"""How a notification names an order of which it only knows a piece."""


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders of which a unit or a return changed within the window. Their lists tell who changed and when, which is put
    in order here; each is then read in full. Tickets are told beside the orders they are about. What changed after the
    list was begun may have slipped past it: the watermark does not go beyond that moment."""
    started = await client.now()
    changes = await _changed(client, window)
    if window.until is None and window.since is not None:
        for id, at in (await returns.changed(client, window.since)).items():
            changes[id] = max(at, changes.get(id, at))
    due = sorted(changes.items(), key=lambda entry: (entry[1], entry[0]))
    for first in range(0, len(due), CHUNK):
        part = due[first : first + CHUNK]
        yield Page(await _read(client, [id for id, _ in part]), min(part[-1][1], started))
    if window.until is None:
        # Before the watermark moves: what was not told is asked for again.
        yield Page([], started, remarks=await tickets.changed(client, window.since))


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id, or by that of one of its units."""
    id = external_id
    if external_id.startswith(OF_A_UNIT):
        unit = await client.order_unit(external_id.removeprefix(OF_A_UNIT))
        id = str(unit["id_order"]) if unit else ""
    return await _read(client, [id]) if id else []


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """An order's number is its id."""
    ids = {}
    for number in numbers:
        if number.isascii() and number.isalnum() and await client.order(number) is not None:
            ids[number] = number
    return ids


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The platform's own list of orders."""
    for id, stamp in (await _changed(client, window)).items():
        yield CensusEntry(id, id, stamp)


async def _changed(client: Client, window: Window) -> dict[str, datetime]:
    """Ids of the orders within the window, each with its newest stamp. One whose stamp nobody can read counts as old,
    so that it is read and its own words say what is wrong."""
    # The filter is exclusive and in whole seconds.
    since = None if window.since is None else window.since - SECOND
    known: dict[str, datetime] = {}
    for storefront in client.merchant.named_storefronts or ("",):
        listed = passes(partial(client.orders, since, storefront), itemgetter("id_order", "ts_units_updated_iso"))
        async for rows in listed:
            for row in rows:
                id, stamp = str(row["id_order"]), moment(str(row["ts_units_updated_iso"])) or UNDATED
                known[id] = max(stamp, known.get(id, stamp))
    return {id: stamp for id, stamp in known.items() if window.until is None or stamp < window.until}


async def _read(client: Client, ids: Sequence[str]) -> list[RawItem]:
    """Orders in full, as many at once as the account allows; one that is gone is left out."""
    # Before all of them ask for it at once.
    pieces = await returns.known(client) if ids else set()
    found = await asyncio.gather(*(_whole(client, id, pieces) for id in ids), return_exceptions=True)
    # Only when all have ended: a call that goes on by itself would use up a lease that is no longer ours.
    if failures := [one for one in found if isinstance(one, BaseException)]:
        raise failures[0]
    return [one for one in found if isinstance(one, RawItem)]


async def _whole(client: Client, id: str, pieces: Collection[str]) -> RawItem | None:
    row = await client.order(id)
    if row is None or row.get("id_order") != id:
        return None
    units = row.get("order_units")
    stamps = []
    for unit in units if isinstance(units, list) else []:
        stamps.append(moment(str(unit.get("ts_updated_iso"))) or UNDATED)
        if unit.get("status") in RETURNED or str(unit.get("id_order_unit")) in pieces:
            told = await client.order_unit(str(unit.get("id_order_unit")))
            unit["return_unit"] = told.get("return_unit") if told else None
    return RawItem(id, max(stamps, default=UNDATED), orjson.dumps(row), id)
