"""One method per remote call. Lists come back as pages of raw items; nothing is retried or translated here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import structlog

from services.connectors.otto.client.answers import explain, next_page, parsed
from services.connectors.otto.client.catalogue import BRANDS, CATEGORIES, PROFILES, STATUSES, Catalogue
from services.connectors.otto.client.shapes import Listed, Task, now_text, task_of
from services.connectors.otto.client.tokens import Tokens
from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import ALL_SCOPES, RECEIPT_TYPES
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.http.client import Reply

ORDERS, PRODUCTS, RETURNED = "/v4/orders", "/v5/products", "/v3/returns"
PRICES, TASKS = f"{PRODUCTS}/prices", f"{PRODUCTS}/update-tasks"
QUANTITIES, SHIPMENTS, PAPERS = "/v1/availability/quantities", "/v1/shipments", "/v3/receipts"
LARGEST_PAGE = {
    ORDERS: 128, PRODUCTS: 100, STATUSES: 1000, QUANTITIES: 200, PAPERS: 128, RETURNED: 50, BRANDS: 1000,
    # Each group brings all its attributes, and the platform gives itself ten seconds: less than the 2,000 allowed.
    CATEGORIES: 200,
}  # fmt: skip
PRODUCT_COST = 2.0
"""Products may be asked for half as often as everything else."""

SHORTEST_LOOK, LONGEST_LOOK, LOOKS = 2.0, 60.0, 12
"""Seconds between two looks at a task, however early or late the platform would have us look again."""

log = structlog.get_logger(room="otto")


class Client:
    """The Partner API of one seller, with tokens of half an hour."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self.merchant = credentials
        self._outside = outside
        self._api = outside.shop(credentials.url, explain=explain)
        self._tokens = Tokens(credentials, outside)
        self._warned: set[str] = set()
        self.catalogue = Catalogue(self._call, self._listed)
        self.returned: dict[str, dict[str, dict[str, Any]]] = {}
        """Returns by order and piece, as far as they were read."""
        self.returns_until: datetime | None = None

    async def orders(self, params: dict[str, str]) -> Listed:
        """One page of orders by the change of their lifecycle, the oldest first."""
        return await self._listed(ORDERS, "resources", params)

    async def order(self, id: str) -> dict[str, Any] | None:
        """One order by its id or its number; None when the platform does not know it."""
        return await self._one(f"{ORDERS}/{quote(id, safe='')}", "orders")

    async def receipts(self, params: dict[str, str]) -> Listed:
        """One page of receipts, the newest first. New types come when they are asked for, not before."""
        return await self._listed(PAPERS, "resources", {"receiptTypes": list(RECEIPT_TYPES), **params})

    async def cancel(self, order_id: str, items: Sequence[str] = ()) -> None:
        """The named pieces, all or none of them; the whole order where none are named."""
        part = f"/positionItems/{','.join(quote(item, safe='') for item in items)}" if items else ""
        path = f"{ORDERS}/{quote(order_id, safe='')}{part}/cancellation"
        # Nothing is cancelled twice, whatever the platform says to a repeated call.
        await self._call("POST", path, "orders", repeatable=True)

    async def products(self, params: dict[str, str]) -> Listed:
        return await self._listed(PRODUCTS, "productVariations", params)

    async def statuses(self, params: dict[str, str]) -> Listed:
        return await self._listed(STATUSES, "marketPlaceStatus", params)

    async def returns(self, params: dict[str, str]) -> Listed:
        """One page of returns, the latest word first."""
        return await self._listed(RETURNED, "positionItems", params)

    async def answer_returns(self, accepted: bool, rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """What the seller says of pieces, at most 200. None: all were taken; otherwise `results` and `errors`."""
        path = f"{RETURNED}/{'acceptance' if accepted else 'rejection'}"
        reply = await self._call("POST", path, "returns", json={"positionItems": list(rows)})
        judged: dict[str, Any] | None = reply.json() if reply.status == 207 else None
        return judged

    async def quantities(self, params: dict[str, str]) -> Listed:
        return await self._listed(QUANTITIES, "resources", params)

    async def quantity(self, sku: str) -> dict[str, Any] | None:
        return await self._one(f"{QUANTITIES}/{quote(sku, safe='')}", "availability")

    async def set_quantities(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """Absolute quantities, at most 200. None: all were taken; otherwise `results` and `errors`."""
        reply = await self._call("POST", QUANTITIES, "availability", json=list(rows), repeatable=True)
        if reply.status != 207:
            return None
        judged: dict[str, Any] = reply.json()
        return judged

    async def set_prices(self, rows: Sequence[dict[str, Any]]) -> Task:
        """At most 500; taken as a task that is worked through later. The moment tells which of two tasks is newer."""
        headers = {"X-Request-Timestamp": now_text()}
        return task_of(await self._call("POST", PRICES, "products", json=list(rows), repeatable=True, headers=headers))

    async def price(self, sku: str) -> dict[str, Any] | None:
        """What the platform shows for one article: `standardPrice` and `sale`."""
        reply = await self._call("GET", PRICES, "products", params={"sku": sku})
        found = [row for row in reply.json().get("variationPrices") or [] if row.get("sku") == sku]
        return found[0] if found else None

    async def finished(self, task: Task) -> bool:
        """Looks at a task until it is done, never before the platform says; False when it takes too long."""
        for _ in range(LOOKS):
            await self._outside.bucket.turn(TASKS, 0)
            await self._outside.bucket.turn(TASKS, min(max(task.wait, SHORTEST_LOOK), LONGEST_LOOK))
            if (task := await self.catalogue.task(task.id)).done:
                return True
        return False

    async def ship(self, body: dict[str, Any]) -> str:
        """A new shipment; answers its id."""
        reply = await self._call("POST", SHIPMENTS, "shipments", json=body)
        answer = reply.json()
        return str(answer.get("shipmentId", "")) if isinstance(answer, dict) else ""

    async def shipment(self, carrier: str, number: str) -> dict[str, Any] | None:
        return await self._one(f"{SHIPMENTS}{_tracking(carrier, number)}", "shipments")

    async def add_to_shipment(self, carrier: str, number: str, items: Sequence[dict[str, Any]]) -> None:
        path = f"{SHIPMENTS}{_tracking(carrier, number)}/positionitems"
        await self._call("POST", path, "shipments", json=list(items))

    async def missing_scopes(self) -> list[str]:
        """Scopes that no token is given for, or whose interface refuses a token that was."""
        missing = []
        for scope in self._tokens.wanted:
            try:
                await self._tokens.grant(scope)
            except Misconfigured as error:
                if error.code != "scope_missing":
                    raise
                missing.append(scope)
        return missing or [scope for scope in self._tokens.wanted if not await self._may(scope)]

    async def _may(self, scope: str) -> bool:
        since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="milliseconds")
        probes: dict[str, tuple[str, dict[str, str]]] = {
            "orders": (ORDERS, {"limit": "1"}),
            "products": (PRODUCTS, {"limit": "1"}),
            "availability": (QUANTITIES, {"limit": "1"}),
            "shipments": (SHIPMENTS, {"limit": "1", "datefrom": since}),
            "receipts": (PAPERS, {"limit": "1", "receiptTypes": "PURCHASE"}),
            "returns": (RETURNED, {"limit": "1"}),
        }
        path, params = probes[scope]
        try:
            await self._call("GET", path, scope, params=params)
        except Misconfigured as error:
            if error.code == "scope_missing":
                return False
            raise
        return True

    async def _listed(self, path: str, name: str, params: Mapping[str, str | list[str]]) -> Listed:
        asked: dict[str, str | list[str]] = {**params}
        if path in LARGEST_PAGE:
            asked.setdefault("limit", str(LARGEST_PAGE[path]))
        reply = await self._call("GET", path, _scope(path), params=asked)
        body = parsed(reply)
        rows = body.get(name) if isinstance(body, dict) else None
        # Quantities come in an object around their list, everything else in the list itself.
        rows = rows.get("variations") if isinstance(rows, dict) else rows
        if not isinstance(rows, list):
            raise Transient(f"{path} was answered without {name}.", code="not_json")
        return Listed(rows, next_page(body.get("links")), reply.server_time or datetime.now(UTC))

    async def _one(self, path: str, scope: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = parsed(await self._call("GET", path, scope))
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise
        return found

    async def _call(self, method: str, path: str, scope: str, **given: Any) -> Reply:
        token = await self._outside.token(self._tokens.all_scopes)
        try:
            reply = await self._sent(method, path, token, scope, given)
        except Misconfigured as error:
            if error.code not in ("scope_missing", "credentials_refused"):
                raise
            # Over, or from before the scope was wanted or granted: a new one tells which.
            fresh = await self._outside.token(self._tokens.all_scopes, refused=token)
            reply = await self._admitted(method, path, fresh, scope, given)
        ending = {name: reply.headers[name] for name in ("sunset", "deprecation", "warning") if name in reply.headers}
        if ending and scope not in self._warned:
            self._warned.add(scope)
            log.warning("this version of an interface ends", interface=scope, **ending)
        return reply

    async def _admitted(self, method: str, path: str, token: str, scope: str, given: dict[str, Any]) -> Reply:
        try:
            return await self._sent(method, path, token, scope, given)
        except Misconfigured as error:
            if error.code != "scope_missing":
                raise
            raise Misconfigured(ALL_SCOPES[scope], code="scope_missing", field=scope) from None

    async def _sent(self, method: str, path: str, token: str, scope: str, given: dict[str, Any]) -> Reply:
        headers = {**given.get("headers", {}), "Authorization": f"Bearer {token}"}
        cost = PRODUCT_COST if scope == "products" and method == "GET" else 1.0
        return await self._api.request(method, path, cost=cost, **(given | {"headers": headers}))


def _scope(path: str) -> str:
    # Nobody documents a scope for the shipping profiles: they belong to what availability says of a product.
    return "availability" if path == PROFILES else next(name for name in ALL_SCOPES if name in path)


def _tracking(carrier: str, number: str) -> str:
    return f"/carriers/{quote(carrier, safe='')}/trackingnumbers/{quote(number, safe='')}"
