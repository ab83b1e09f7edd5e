"""Returns lie beside orders and do not change them: which pieces have one is remembered, and told with their order."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from services.connectors.kaufland.client import Client
from services.connectors.kaufland.reading.passes import passes
from services.connectors.kaufland.wire import UNDATED, moment

SECOND = timedelta(seconds=1)


async def known(client: Client) -> set[str]:
    """The pieces that are part of a return; all of them are listed once."""
    if client.returned is None:
        client.returned = {
            str(row["id_order_unit"])
            for storefront in client.merchant.named_storefronts or ("",)
            async for rows in passes(partial(client.return_units, storefront), itemgetter("id_return_unit"))
            for row in rows
        }
    return client.returned


async def changed(client: Client, since: datetime) -> dict[str, datetime]:
    """The orders of which a return changed since then, each with its newest stamp."""
    pieces = await known(client)
    found: dict[str, datetime] = {}
    for storefront in client.merchant.named_storefronts or ("",):
        # The filter is exclusive and in whole seconds.
        listed = partial(client.returns, since - SECOND, storefront)
        async for rows in passes(listed, itemgetter("id_return", "ts_updated_iso")):
            for row in rows:
                units = [str(unit["id_order_unit"]) for unit in await client.units_of_return(str(row["id_return"]))]
                pieces.update(units)
                at = moment(str(row["ts_updated_iso"])) or UNDATED
                for order in await orders_of(client, units[:1]):
                    found[order] = max(at, found.get(order, at))
    return found


async def orders_of(client: Client, units: Iterable[str]) -> list[str]:
    """The orders that these pieces belong to; a piece that the platform does not know belongs to none."""
    rows = [await client.order_unit(unit) for unit in units]
    return list(dict.fromkeys(str(row["id_order"]) for row in rows if row))
