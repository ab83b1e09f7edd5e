"""Reading listings by their age or their change, and what of them lies with Amazon, which no listing tells."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from services.connectors.amazon.client import Client
from services.connectors.amazon.reading import held
from services.connectors.amazon.reading.beside import stamp
from services.connectors.amazon.reading.held import Held
from shared.connector_kit.declaration import Page, RawItem, Window
from shared.contracts.errors import Transient

MOST_LISTINGS = 1000

Row = dict[str, Any]


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Every listing in each marketplace: all of them, or those that were changed and those of which another quantity
    lies with Amazon."""
    lying = await held.lying(client, window.since)
    met: set[str] = set()
    began: datetime | None = None
    async for rows, until in walk(client, window.since):
        began = began or until
        met |= {str(row["sku"]) for row in rows}
        yield Page(await _items(client, lying, rows))
    rest = sorted(lying.skus - met) if window.since is not None else []
    for start in range(0, len(rest), held.MOST):
        found = await client.listings(rest[start : start + held.MOST])
        yield Page(await _items(client, lying, list(found.values())))
    yield Page([], began)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """A SKU in one marketplace; none when it is no longer listed there."""
    market, _, sku = external_id.partition(":")
    row = await client.listing(sku) if sku else None
    items = await _items(client, held.nothing(client), [row] if row else [])
    return [item for item in items if item.external_id == f"{market}:{sku}"]


async def walk(client: Client, since: datetime | None) -> AsyncIterator[tuple[list[Row], datetime | None]]:
    """All by their age, which does not move while they are read, or those that were changed. A thousand are shown at
    once; the walk goes on from where they end."""
    by = "created" if since is None else "lastUpdated"
    token, count = "", 0
    last = since
    while True:
        page = await client.search_listings(by, since, token)
        last = max([_oldest(row, by) for row in page.rows] + ([last] if last else []), default=None)
        yield page.rows, page.until
        count, token = count + len(page.rows), page.token
        if token:
            continue
        if count < MOST_LISTINGS:
            return
        if last is None or last == since:
            said = f"More than {MOST_LISTINGS} listings share one moment, and the platform shows no more of them."
            raise Transient(said, code="shop_down")
        since, count = last, 0


def _oldest(row: Row, by: str) -> datetime:
    """The earliest of a listing's marketplaces: so far everything was met."""
    found = [stamp(one.get(f"{by}Date")) for one in row.get("summaries") or ()]
    return min(found, default=datetime.fromtimestamp(0, UTC))


async def _items(client: Client, lying: Held, rows: Sequence[Row]) -> list[RawItem]:
    """Listings in each of the connection's marketplaces in which they have a summary."""
    await lying.complete(client, [str(row["sku"]) for row in rows if held.lies_with_amazon(row)])
    return [item for row in rows for item in _of_markets(client, lying, row)]


def _of_markets(client: Client, lying: Held, row: Row) -> list[RawItem]:
    items = []
    for market in client.markets:
        summaries = [one for one in row.get("summaries") or () if one.get("marketplaceId") == market.id]
        if summaries:
            offers = [one for one in row.get("offers") or () if one.get("marketplaceId") == market.id]
            availability = row.get("fulfillmentAvailability") or []
            body = {"marketplaceId": market.id, "sku": row["sku"], "summaries": summaries, "offers": offers,
                    "fulfillmentAvailability": availability}  # fmt: skip
            if held.lies_with_amazon(row):
                body["inventorySummary"] = lying.of(market.id, str(row["sku"]))
            changed = stamp(summaries[0].get("lastUpdatedDate"))
            items.append(RawItem(f"{market.id}:{row['sku']}", changed, orjson.dumps(body)))
    return items
