"""Offers storefront by storefront, each with what the platform and the seller say about its product."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from operator import itemgetter
from typing import Any

import orjson

from services.connectors.kaufland.client import Client
from services.connectors.kaufland.client.answers import NOT_CONFIGURED
from services.connectors.kaufland.reading.categories import paths
from services.connectors.kaufland.reading.passes import passes
from services.connectors.kaufland.wire import UNDATED, moment
from shared.connector_kit.declaration import Page, RawItem, Window
from shared.contracts.errors import Rejected

Row = dict[str, Any]


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """All offers of all storefronts: there is no filter by their change. A storefront that is not open is left out."""
    for storefront in await client.storefronts():
        try:
            async for rows in passes(partial(client.units, storefront), itemgetter("id_unit")):
                yield Page(await _items(client, storefront, rows))
        except Rejected as error:
            if error.params.get("platform_code") != NOT_CONFIGURED:
                raise


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One offer by its storefront and id; none when it is no longer there."""
    storefront, _, id = external_id.partition(":")
    if not id.isdecimal():
        return []
    row = await client.unit(storefront, id)
    return [] if row is None else await _items(client, storefront, [row])


async def _items(client: Client, storefront: str, rows: list[Row]) -> list[RawItem]:
    named = paths(await client.products.tree(storefront))
    told = await asyncio.gather(*(client.products.told(_ean(row), storefront) for row in rows), return_exceptions=True)
    # Only when all have ended: a call that goes on by itself would use up a lease that is no longer ours.
    if failures := [one for one in told if isinstance(one, BaseException)]:
        raise failures[0]
    return [_item(row, storefront, named, attributes) for row, attributes in zip(rows, told, strict=True)]


def _item(row: Row, storefront: str, named: dict[int, str], told: Any) -> RawItem:
    changed = moment(str(row.get("date_lastchange_iso"))) or moment(str(row.get("date_inserted_iso"))) or UNDATED
    path = named.get((row.get("product") or {}).get("id_category") or 0, "")
    body = row | {"category_path": path, "told": told if isinstance(told, dict) else None}
    return RawItem(f"{storefront}:{row['id_unit']}", changed, orjson.dumps(body))


def _ean(row: Row) -> str:
    eans = (row.get("product") or {}).get("eans") or ()
    return str(eans[0]) if eans else ""
