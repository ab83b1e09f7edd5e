"""Whole products: what is asked of them, sending them, and what the platform makes of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from services.connectors.otto.client.answers import parsed
from services.connectors.otto.client.pages import pages
from services.connectors.otto.client.shapes import Listed, Task, now_text, task_of
from shared.contracts.errors import Rejected
from shared.http.client import Reply

PRODUCTS, PROFILES = "/v5/products", "/v1/shipping-profiles"
CATEGORIES, BRANDS, STATUSES = f"{PRODUCTS}/categories", f"{PRODUCTS}/brands", f"{PRODUCTS}/marketplace-status"
SWITCH = f"{PRODUCTS}/active-status"
TASKS, DELIVERY = f"{PRODUCTS}/update-tasks", "/v1/availability/product-delivery-information"
OVERLAP = timedelta(minutes=10)
Row = dict[str, Any]


class Catalogue:
    """The calls about products of one seller. What is on the market is read whole once, then by change: it is asked
    about as long as anything waits for a judgement."""

    def __init__(self, call: Callable[..., Awaitable[Reply]], listed: Callable[..., Awaitable[Listed]]) -> None:
        self._call, self._listed = call, listed
        self._market: dict[str, Row] = {}
        self._market_until: datetime | None = None

    async def categories(self, params: dict[str, str]) -> Listed:
        return await self._listed(CATEGORIES, "categoryGroups", params)

    async def brands(self, params: dict[str, str]) -> Listed:
        return await self._listed(BRANDS, "brands", params)

    async def profiles(self, params: dict[str, str]) -> Listed:
        """How the seller ships."""
        return await self._listed(PROFILES, "results", params)

    async def variation(self, sku: str) -> Row | None:
        """A product as the platform has it."""
        page = await self._listed(PRODUCTS, "productVariations", {"sku": sku})
        return next((row for row in page.rows if row.get("sku") == sku), None)

    async def send(self, rows: Sequence[Row]) -> Task:
        """At most 500 whole products; taken as a task that is worked through later."""
        headers = {"X-Request-Timestamp": now_text()}
        reply = await self._call("POST", PRODUCTS, "products", json=list(rows), repeatable=True, headers=headers)
        return task_of(reply)

    async def switch(self, active: Mapping[str, bool]) -> Task:
        """Which articles are on sale, at most 500; taken as a task, too."""
        body = {"status": [{"sku": sku, "active": on} for sku, on in active.items()]}
        headers = {"X-Request-Timestamp": now_text()}
        return task_of(await self._call("POST", SWITCH, "products", json=body, repeatable=True, headers=headers))

    async def task(self, id: str) -> Task:
        """How far a task is. Raises Rejected (not_found) for one that nobody knows any more."""
        return task_of(await self._call("GET", f"{TASKS}/{quote(id, safe='')}", "products"), id)

    async def task_results(self, id: str, which: str) -> list[Row]:
        """The articles of a finished task that are `succeeded`, `failed` or `unchanged`."""
        reply = await self._call("GET", f"{TASKS}/{quote(id, safe='')}/{which}", "products")
        found: list[Row] = reply.json().get("results") or []
        return found

    async def market(self) -> tuple[Mapping[str, Row], datetime]:
        """What the platform says of every product that it lists or refused, by SKU, and its clock."""
        asked, until = dict[str, str](), self._market_until
        if until is not None:
            asked["fromDate"] = (until - OVERLAP).astimezone(UTC).isoformat(timespec="milliseconds")
        until = None
        # The newest first: whatever changes meanwhile pushes rows onto the next page, and none past it.
        async for page in pages(self._statuses, asked):
            until = until or page.server_time
            for row in page.rows:
                known = self._market.get(row["sku"])
                if known is None or known["lastModified"] <= row["lastModified"]:
                    self._market[row["sku"]] = row
        self._market_until = until or datetime.now(UTC)
        return self._market, self._market_until

    async def _statuses(self, params: dict[str, str]) -> Listed:
        return await self._listed(STATUSES, "marketPlaceStatus", params)

    async def tell_delivery(self, rows: Sequence[Row]) -> dict[str, str]:
        """Which shipping profile holds for a product, at most 200 at once; answers why, for each that was refused."""
        try:
            reply = await self._call("POST", DELIVERY, "availability", json=list(rows), repeatable=True)
        except Rejected as error:
            return {row["sku"]: error.detail for row in rows}
        if reply.status != 207:
            return {}
        answer = parsed(reply)
        taken = {row.get("sku") for row in answer.get("results") or ()}
        said = [str(one.get("detail", "")) for one in (answer.get("errors") or {}).get("validationErrors") or ()]
        return {
            row["sku"]: next((one for one in said if row["sku"] in one.split()), "; ".join(said))
            or "no reason was given"
            for row in rows
            if row["sku"] not in taken
        }
