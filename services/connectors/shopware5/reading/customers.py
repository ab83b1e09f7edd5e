"""Accounts of customers: the shop tells no change of them, so all are read, by their id."""

from collections.abc import AsyncIterator

import orjson

from services.connectors.shopware5.client import Client, Row
from services.connectors.shopware5.reading.lists import CHUNK, UNDATED, everything, listed
from services.connectors.shopware5.reading.secrets import without_secrets
from services.connectors.shopware5.vocabulary import GUEST
from shared.connector_kit.declaration import LeftOut, Page, RawItem, Window


async def customers(client: Client, window: Window) -> AsyncIterator[Page]:
    """All accounts; guests, of whom the shop makes a customer with every order, are named and left out."""
    async for rows in listed(client.customers, ()):
        guests = [str(row["id"]) for row in rows if row.get("accountMode") == GUEST]
        yield Page([], left_out=[LeftOut(id, "customer_guest") for id in guests])
        due = [int(row["id"]) for row in rows if row.get("accountMode") != GUEST]
        for start in range(0, len(due), CHUNK):
            yield Page(await everything([_item(client, id) for id in due[start : start + CHUNK]]))


async def customer(client: Client, external_id: str) -> list[RawItem]:
    """One account by its id."""
    if not (external_id.isascii() and external_id.isdecimal()):
        return []
    found = await _item(client, int(external_id))
    return [] if found is None else [found]


async def _item(client: Client, id: int) -> RawItem | None:
    row: Row | None = await client.customer(id)
    if row is None:
        return None
    body = without_secrets(row) | {"shopTimezone": client.merchant.timezone}
    return RawItem(str(row["id"]), UNDATED, orjson.dumps(body))
