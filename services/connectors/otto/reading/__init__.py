"""Reading orders by their change, and articles put together from three interfaces."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from services.connectors.otto import inbound, wire
from services.connectors.otto.client import Client
from services.connectors.otto.client import returned as returns
from services.connectors.otto.client.pages import pages
from shared.connector_kit.declaration import CensusEntry, Page, RawItem, Window
from shared.contracts.errors import Misconfigured
from shared.contracts.taxonomy import Taxonomy

Rows = list[dict[str, Any]]


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders that changed within the window, in the order in which their lifecycle changed.

    Which of an order's two stamps the platform's filter looks at is not documented. What holds either way: an order
    whose stamps both lie at or before the last lifecycle stamp handed out has been handed out too.
    """
    started: datetime | None = None
    seen: set[str] = set()
    if window.until is None:
        await returns.refresh(client)
    async for page in pages(client.orders, _since(window)):
        started = started or page.server_time
        if page.rows:
            last = lifecycle(page.rows[-1])
            yield Page(await _order_items(client, page.rows), last)
            seen.update(str(row["salesOrderId"]) for row in page.rows)
            if window.until is not None and last >= window.until:
                return
    if window.until is None and started is not None:
        # Neither a receipt nor a return changes the order it is about: such orders are read beside the walk.
        for id in await _changed_beside(client, window.since):
            if id not in seen:
                yield Page(await _one_order(client, id))
        yield Page([], started)


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id."""
    await returns.refresh(client)
    return await _one_order(client, external_id)


async def _one_order(client: Client, id: str) -> list[RawItem]:
    row = await client.order(id)
    return [] if row is None or row.get("salesOrderId") != id else await _order_items(client, [row])


async def _changed_beside(client: Client, since: datetime | None) -> list[str]:
    """Orders that are on no list for what happened to them. From the beginning every order is read anyway."""
    if since is None:
        return []
    return list(dict.fromkeys([*await _with_new_receipts(client, since), *returns.changed(client, since)]))


async def _with_new_receipts(client: Client, since: datetime) -> list[str]:
    """Orders that a receipt was written for since then. The list knows days only, and begins with the newest."""
    if client.merchant.read_receipts != "yes":
        return []
    found: dict[str, None] = {}
    async for page in pages(client.receipts, {"from": f"{since.astimezone(UTC):%Y-%m-%d}"}):
        fresh = [row for row in page.rows if _moment(row["creationDate"]) >= since]
        found |= {str(row["salesOrderId"]): None for row in fresh}
        if len(fresh) < len(page.rows):
            break
    return list(found)


async def _order_items(client: Client, rows: Rows) -> list[RawItem]:
    """Orders with all receipts that were written for them, and all returns; before the first piece was sent there are
    none."""
    await returns.known(client)
    if client.merchant.read_receipts == "yes":
        await asyncio.gather(*(_add_receipts(client, row) for row in rows if _left(row)))
    return [_order_item(returns.with_returns(client, row)) for row in rows]


async def _add_receipts(client: Client, row: dict[str, Any]) -> None:
    row["receipts"] = [
        one async for page in pages(client.receipts, {"salesOrderId": str(row["salesOrderId"])}) for one in page.rows
    ]


def _left(row: dict[str, Any]) -> bool:
    pieces = row.get("positionItems")
    return any(one.get("sentDate") or one.get("fulfillmentStatus") in ("SENT", "RETURNED") for one in pieces or ())


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The ids of orders by the numbers that customers see."""
    ids = {}
    for number in numbers:
        row = await client.order(number) if number.isalnum() else None
        if row is not None and row.get("orderNumber") == number:
            ids[number] = str(row["salesOrderId"])
    return ids


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The platform's own list of orders."""
    seen: set[str] = set()
    async for page in pages(client.orders, _since(window)):
        for row in page.rows:
            if row["salesOrderId"] not in seen:
                seen.add(row["salesOrderId"])
                yield CensusEntry(str(row["salesOrderId"]), str(row["orderNumber"]), stamp(row))


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """All product variations: none of the interfaces tells what has changed since. Their statuses and quantities are
    read first, because both are asked for in larger pages."""
    statuses = {row["sku"]: row async for page in pages(client.statuses, {}) for row in page.rows}
    quantities = {row["sku"]: row async for page in pages(client.quantities, {}) for row in page.rows}
    async for page in pages(client.products, {}):
        yield Page([
            _article_item(_on_sale(row, page.server_time), statuses.get(row["sku"]), quantities.get(row["sku"]))
            for row in page.rows
        ])  # fmt: skip


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One product variation by its SKU; none when it is no longer listed."""
    named = {"sku": external_id}
    page = await client.products(named)
    rows = [_on_sale(row, page.server_time) for row in page.rows]
    statuses = (await client.statuses(named)).rows if rows else []
    status = next(iter(statuses), None)
    return [_article_item(row, status, await _quantity(client, external_id)) for row in rows]


async def taxonomy(client: Client) -> Taxonomy:
    """What the platform asks of products: its categories with their attributes, the brands that the seller may use, and
    his shipping profiles, where he may read them."""
    catalogue = client.catalogue
    groups = [row async for page in pages(catalogue.categories, {}) for row in page.rows]
    brands = [row async for page in pages(catalogue.brands, {}) for row in page.rows]
    return inbound.taxonomy(
        [wire.CategoryGroup.model_validate(row) for row in groups],
        [wire.Brand.model_validate(row) for row in brands],
        await shipping_profiles(client) or [],
    )


async def shipping_profiles(client: Client) -> list[wire.ShippingProfile] | None:
    """The seller's shipping profiles; None where his app may not read them."""
    try:
        rows = [row async for page in pages(client.catalogue.profiles, {}) for row in page.rows]
    except Misconfigured as error:
        if error.code != "scope_missing":
            raise
        return None
    return [wire.ShippingProfile.model_validate(row) for row in rows]


def _on_sale(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The article with the sale that holds now beside it: not one that is over or has not begun."""
    pricing = row.get("pricing")
    if not isinstance(pricing, dict) or not isinstance(sale := pricing.get("sale"), dict):
        return row
    starts, ends = (_moment(sale[name]) if sale.get(name) else None for name in ("startDate", "endDate"))
    holds = (starts is None or starts <= now) and (ends is None or now < ends)
    return {**row, "sale": sale} if holds else row


async def _quantity(client: Client, sku: str) -> dict[str, Any] | None:
    """A SKU with a slash or a dot cannot stand in a path: it is looked for in the list."""
    if not {"/", "."} & set(sku):
        return await client.quantity(sku)
    async for page in pages(client.quantities, {}):
        for row in page.rows:
            if row["sku"] == sku:
                return row
    return None


def _since(window: Window) -> dict[str, str]:
    if window.since is None:
        return {}
    since = window.since.astimezone(UTC)
    return {"fromDate": since.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def lifecycle(row: dict[str, Any]) -> datetime:
    return _moment(row["orderLifecycleInformation"]["lifecycleChangeDate"])


def stamp(row: dict[str, Any]) -> datetime:
    """The latest of an order's stamps, those of its receipts and returns among them."""
    modified = row.get("lastModifiedDate")
    moments = [_moment(one["creationDate"]) for one in row.get("receipts", ())]
    moments += [_moment(one["occurredTime"]) for one in row.get("returns", ())]
    return max([lifecycle(row), *([_moment(modified)] if modified else []), *moments])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _order_item(row: dict[str, Any]) -> RawItem:
    return RawItem(str(row["salesOrderId"]), stamp(row), orjson.dumps(row), str(row.get("orderNumber", "")))


def _article_item(row: dict[str, Any], status: dict[str, Any] | None, quantity: dict[str, Any] | None) -> RawItem:
    moments = [_moment(one["lastModified"]) for one in (status, quantity) if one]
    body = {**row, "marketPlaceStatus": status, "availability": quantity}
    # What was never put on the market has no stamp of its own.
    changed = max(moments, default=datetime.fromtimestamp(0, UTC))
    return RawItem(str(row["sku"]), changed, orjson.dumps(body))
