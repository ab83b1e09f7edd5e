"""Reading orders and articles page by page, each record complete with its own lists.

Whole records come with the list itself: a list counts by the logarithm of its size, so 250 orders cost twelve times
what one costs. A page's cursor names a stamp and an id, so a row that moves never pushes another off a page's edge.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.connectors.shopify.client import LARGEST_PAGE, Client
from services.connectors.shopify.client.failures import TOO_DEAR
from services.connectors.shopify.vocabulary import HELD, NO_RETURN
from shared.connector_kit.declaration import CLOCKS_APART, CensusEntry, Page, RawItem, Window
from shared.contracts.errors import Misconfigured, Rejected, Transient

SECOND = timedelta(seconds=1)
PRODUCTS_PER_PAGE = 25
MOST_REPEATS = 5
NAMES_PER_QUERY = 50
Listed = Callable[[str, int, str | None], Awaitable[dict[str, Any]]]


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Orders by change time within a fixed window."""
    async for rows, watermark in _changed(client, client.orders, window, LARGEST_PAGE):
        yield Page([await _order_item(client, row) for row in rows], watermark)


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id; none where the shop no longer shows it."""
    row = await client.order(external_id)
    return [] if row is None else [await _order_item(client, row)]


async def found(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """The ids of orders by their names, with or without the mark in front of the number."""
    ids: dict[str, str] = {}
    for start in range(0, len(numbers), NAMES_PER_QUERY):
        asked = numbers[start : start + NAMES_PER_QUERY]
        names = {name: number for number in asked for name in (number, f"#{number}")}
        quoted = [name.replace("\\", "").replace("'", "") for name in names]
        page = await client.order_names(" OR ".join(f"name:'{name}'" for name in quoted), LARGEST_PAGE, None)
        ids |= {names[row["name"]]: row["id"] for row in page["nodes"] if row["name"] in names}
    return ids


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Products by change time, as their variants."""
    async for rows, watermark in _changed(client, client.products, window, PRODUCTS_PER_PAGE):
        yield Page([item for row in rows for item in await _article_items(client, row)], watermark)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One variant, or all variants of a product, by the id of either."""
    if "/ProductVariant/" in external_id:
        variant = await client.variant(external_id)
        return [] if variant is None else [await _article_item(client, variant, variant.pop("product"))]
    product = await client.product(external_id)
    return [] if product is None else await _article_items(client, product)


async def census(client: Client, window: Window) -> AsyncIterator[CensusEntry]:
    """The shop's own list of orders, ids and stamps only."""
    seen: set[str] = set()
    async for rows, _ in _changed(client, client.order_names, window, LARGEST_PAGE):
        for row in rows:
            if row["id"] not in seen:
                seen.add(row["id"])
                yield CensusEntry(row["id"], row["name"], stamp(row))


async def _changed(
    client: Client, listed: Listed, window: Window, size: int
) -> AsyncIterator[tuple[list[dict[str, Any]], datetime | None]]:
    """Pages in ascending order of change, at most `size` rows each, and fewer where the shop finds that too dear."""
    now = await client.now() if window.until is None else window.until
    until = window.until or now + CLOCKS_APART
    terms = _terms(window.since, until)
    after: str | None = None
    seen: set[tuple[str, str]] = set()
    repeats = 0
    while True:
        try:
            page = await listed(terms, size, after)
        except Rejected as error:
            if error.code not in (TOO_DEAR, "payload_too_large") or size == 1:
                raise
            size = max(1, size // 2)
            continue
        rows = [row for row in page["nodes"] if (row["id"], row["updatedAt"]) not in seen]
        seen.update((row["id"], row["updatedAt"]) for row in rows)
        if rows:
            # The index may show a row at its old place with its new stamp: only the oldest stamp is sure to be passed.
            yield rows, min(stamp(row) for row in rows)
        if not page["pageInfo"]["hasNextPage"]:
            break
        repeats = 0 if rows else repeats + 1
        if repeats > MOST_REPEATS:
            raise Transient("The shop serves the same page again and again.", code="shop_down")
        after = page["pageInfo"]["endCursor"]
    if window.until is None:
        # The search index follows the shop's writes some seconds later; the stream's overlap reads those again.
        yield [], now


def _terms(since: datetime | None, until: datetime) -> str:
    """`since` is included, `until` is not; both in whole seconds, rounded so that rather more is read than less."""
    terms = [] if since is None else [f"updated_at:>='{_utc(since)}'"]
    if until.microsecond:
        until += SECOND
    return " ".join([*terms, f"updated_at:<'{_utc(until)}'"])


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["updatedAt"]).astimezone(UTC)


async def _order_item(client: Client, row: dict[str, Any]) -> RawItem:
    """Everything that belongs to the order, in one piece. Most orders need no further call."""
    id = row["id"]
    row["lineItems"] = await client.whole(row["lineItems"], "OrderLines", id, "order.lineItems")
    row["shippingLines"] = await client.whole(row["shippingLines"], "OrderShipping", id, "order.shippingLines")
    row["localizedFields"] = row["localizedFields"]["nodes"]
    if (row.pop("transactionsCount") or {}).get("count", 0) > len(row["transactions"]):
        row["transactions"] = await client.payments(id)
    if row["refunds"]:
        row["refunds"] = await _refunds(client, id)
    if row.pop("returnStatus") != NO_RETURN:
        row["returns"] = await _returns(client, id)
    sending = row["fulfillmentOrders"]
    row["fulfillmentOrders"] = sending["nodes"]
    if sending["pageInfo"]["hasNextPage"] or any(HELD.get(each["status"]) for each in sending["nodes"]):
        row["fulfillmentOrders"] = found = await client.fulfilment_orders(id)
        row["held"] = sorted({part["lineItem"]["id"] for each in found if HELD.get(each["status"])
                              for part in each["lineItems"] if part["remainingQuantity"]})  # fmt: skip
    return RawItem(id, stamp(row), orjson.dumps(row), row["name"])


async def _refunds(client: Client, order_id: str) -> list[dict[str, Any]]:
    found = await client.refunds(order_id)
    for refund in found:
        lines = refund["refundLineItems"]
        refund["refundLineItems"] = await client.whole(lines, "RefundLines", refund["id"], "refund.refundLineItems")
    return found


async def _returns(client: Client, order_id: str) -> list[dict[str, Any]]:
    """None without the right to read them, which the live test names: orders are read all the same."""
    try:
        return await client.returns(order_id)
    except Misconfigured as error:
        if error.code != "scope_missing":
            raise
        return []


async def _article_items(client: Client, product: dict[str, Any]) -> list[RawItem]:
    variants = await client.whole(product.pop("variants"), "ProductVariants", product["id"], "product.variants")
    return [await _article_item(client, variant, product) for variant in variants]


async def _article_item(client: Client, variant: dict[str, Any], product: dict[str, Any]) -> RawItem:
    item = variant["inventoryItem"]
    levels, path = item["inventoryLevels"], "inventoryItem.inventoryLevels"
    item["inventoryLevels"] = await client.whole(levels, "ItemLevels", item["id"], path)
    whole = variant | {"product": product, "shopCurrency": await client.currency()}
    return RawItem(variant["id"], max(stamp(variant), stamp(product)), orjson.dumps(whole))
