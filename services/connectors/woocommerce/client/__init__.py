"""One method per remote call. Lists come back as pages of raw items; nothing is retried or translated here."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from services.connectors.woocommerce.client.catalogue import Catalogue
from services.connectors.woocommerce.client.failures import explain
from services.connectors.woocommerce.client.windows import PER_PAGE as PER_PAGE
from services.connectors.woocommerce.client.windows import window_of
from services.connectors.woocommerce.settings import Credentials
from shared.connector_kit.declaration import Window
from shared.connector_kit.outside import Outside
from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.client import Reply
from shared.http.signing import basic, oauth1

API = "/wp-json/wc/v3"
DIGITS, MOST_IN_A_BATCH = 6, 100


class Client:
    """The shop's REST API: Basic under TLS, OAuth 1.0a without."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        sign = basic if credentials.url.startswith("https://") else oauth1
        auth = sign(credentials.consumer_key, credentials.consumer_secret)
        headers = {"Cache-Control": "no-cache"}
        self._shop = outside.shop(credentials.url, auth=auth, headers=headers, explain=explain)
        self.catalogue = Catalogue(self._shop.request, self._all, self.units, credentials.properties_visible)
        self.pays_out = credentials.api_refund
        self.encrypted = credentials.url.startswith("https://")
        self._virtual: dict[int, bool] = {}
        self._currency = ""
        self._categories: list[dict[str, Any]] | None = None
        self._units: dict[str, str] | None = None
        self.batch = MOST_IN_A_BATCH
        """How many rows this shop has taken in one call."""

    async def now(self) -> datetime:
        """The shop's own clock: windows must not depend on ours."""
        reply = await self._shop.request("GET", f"{API}/orders", params={"per_page": 1, "_fields": "id"})
        return reply.server_time or datetime.now(UTC)

    async def orders(self, window: Window, *, page: int = 1, fields: str = "") -> list[dict[str, Any]]:
        """One page of orders by change time. Both limits are exclusive, in whole seconds of GMT."""
        return await self._list("orders", window_of(window, page, fields) | {"dp": DIGITS, "status": "any"})

    async def order(self, id: str) -> dict[str, Any] | None:
        """One order; None when it was deleted for good."""
        return await self._one(f"orders/{id}", dp=DIGITS)

    async def refunds(self, order_id: int | str) -> list[dict[str, Any]]:
        """An order's refunds in full."""
        return await self._list(f"orders/{order_id}/refunds", {"per_page": PER_PAGE, "dp": DIGITS})

    async def products(self, window: Window, *, page: int = 1) -> list[dict[str, Any]]:
        return self._learned(await self._list("products", window_of(window, page, "") | {"status": "any"}))

    async def product(self, id: str) -> dict[str, Any] | None:
        found = await self._one(f"products/{id}")
        self._learned([] if found is None else [found])
        return found

    async def variations(self, product_id: int) -> list[dict[str, Any]]:
        """All variations of a product."""
        return self._learned(await self._all(f"products/{product_id}/variations"))

    async def categories(self) -> list[dict[str, Any]]:
        """The shop's tree of categories; a product names only the ends of its branches. Asked once."""
        if self._categories is None:
            self._categories = await self._all("products/categories")
        return self._categories

    async def units(self) -> dict[str, str]:
        """In which units the shop weighs and measures; {} where the key may not look at that setting. Asked once."""
        if self._units is None:
            try:
                rows = await self._list("settings/products", {})
            except (Misconfigured, Rejected):
                rows = []
            self._units = {str(row.get("id")): str(row.get("value")) for row in rows}
        return self._units

    async def currency(self) -> str:
        """The shop's currency; products do not name it."""
        if not self._currency:
            reply = await self._shop.request("GET", f"{API}/system_status", params={"_fields": "settings,environment"})
            self._currency = str(reply.json().get("settings", {}).get("currency") or "EUR")
        return self._currency

    async def version(self) -> str:
        reply = await self._shop.request("GET", f"{API}/system_status")
        return str(reply.json().get("environment", {}).get("version", ""))

    async def may_write(self) -> bool:
        """Whether the key has write rights: an empty batch changes nothing, and a read-only key is refused."""
        try:
            await self._shop.request("POST", f"{API}/products/batch", json={}, repeatable=True)
        except KontorError as error:
            if error.code in ("credentials_refused", "scope_missing"):
                return False
            raise
        return True

    async def manages_stock(self) -> bool:
        """Whether the shop keeps stock at all; True where the key may not look at that setting."""
        try:
            setting = await self._one("settings/products/woocommerce_manage_stock")
        except Misconfigured:
            return True
        return setting is None or setting.get("value") != "no"

    async def keeps_shipments(self) -> bool:
        """Whether the shop has shipments of its own: it then knows the route, though not an order of that number."""
        try:
            return await self.fulfilments("0") is not None
        except Rejected:
            return True

    async def update_products(self, parent: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Quantities or prices of simple products (parent "") or of one product's variations; one answer per row."""
        path = f"{API}/products/{parent}/variations/batch" if parent else f"{API}/products/batch"
        reply = await self._shop.request("POST", path, json={"update": list(rows)}, repeatable=True)
        answered: list[dict[str, Any]] = reply.json().get("update", [])
        return answered

    async def fulfilments(self, order_id: str) -> list[dict[str, Any]] | None:
        """The order's fulfilments; None where the shop does not offer them."""
        try:
            return await self._list(f"orders/{order_id}/fulfillments", {})
        except Rejected as error:
            if error.params.get("platform_code") == "rest_no_route":
                return None
            raise

    async def create_fulfilment(self, order_id: str, body: dict[str, Any]) -> str:
        reply = await self._shop.request("POST", f"{API}/orders/{order_id}/fulfillments", json=body)
        return _id_of(reply.json())

    async def create_refund(self, order_id: str, body: dict[str, Any]) -> str:
        """Never repeated by itself: the shop has no key that would make it one refund. Raises Unknown also for a shop
        that broke down over it: the money may be on its way."""
        given = body | {"api_refund": self.pays_out}
        try:
            reply = await self._shop.request("POST", f"{API}/orders/{order_id}/refunds", json=given)
        except Transient as error:
            if error.code == "shop_down":
                raise Unknown(error.detail) from None
            raise
        return _id_of(reply.json())

    async def add_note(self, order_id: str, body: dict[str, Any]) -> None:
        await self._shop.request("POST", f"{API}/orders/{order_id}/notes", json=body)

    async def notes(self, order_id: str) -> list[str]:
        return [str(row.get("note", "")) for row in await self._list(f"orders/{order_id}/notes", {})]

    async def put_order(self, order_id: str, body: dict[str, Any]) -> None:
        await self._shop.request("PUT", f"{API}/orders/{order_id}", json=body)

    async def webhooks(self) -> list[dict[str, Any]]:
        return await self._list("webhooks", {"per_page": PER_PAGE, "status": "all"})

    async def create_webhook(self, topic: str, address: str, secret: str) -> None:
        given = {"name": f"Kontor {topic}", "topic": topic, "delivery_url": address, "secret": secret}
        await self._shop.request("POST", f"{API}/webhooks", json=given)

    async def revive_webhook(self, id: int, secret: str) -> None:
        await self._shop.request("PUT", f"{API}/webhooks/{id}", json={"status": "active", "secret": secret})

    async def is_virtual(self, product_id: int, variation_id: int) -> bool:
        """Whether a product is not shipped; asked once per product and remembered."""
        id = variation_id or product_id
        if id and id not in self._virtual:
            if variation_id:
                await self.variations(product_id)
            else:
                await self.product(str(product_id))
        return self._virtual.setdefault(id, False)

    async def learn_virtual(self, product_ids: Sequence[int]) -> None:
        """Asks for many simple products at once."""
        unknown = sorted({id for id in product_ids if id and id not in self._virtual})
        for start in range(0, len(unknown), PER_PAGE):
            part = unknown[start : start + PER_PAGE]
            params = {"include": ",".join(map(str, part)), "per_page": PER_PAGE, "_fields": "id,virtual"}
            self._learned(await self._list("products", params))
            # Only now: other orders are read meanwhile, and a question without an answer is no "no".
            for id in part:
                self._virtual.setdefault(id, False)

    def _learned(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same products, which orders then need not be asked about."""
        self._virtual.update({int(row["id"]): bool(row["virtual"]) for row in rows if "virtual" in row})
        return rows

    async def _all(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = 1
        while rows := await self._list(path, {"per_page": PER_PAGE, "page": page}):
            found += rows
            page += 1
            if len(rows) < PER_PAGE:
                break
        return found

    async def _list(self, path: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        reply = await self._shop.request("GET", f"{API}/{path}", params=params)
        rows = _parsed(reply)
        if not isinstance(rows, list):
            raise Rejected(f"The shop answered {path} with something that is no list", code="rejected")
        return rows

    async def _one(self, path: str, **params: Any) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = _parsed(await self._shop.request("GET", f"{API}/{path}", params=params))
            return found
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise


def _parsed(reply: Reply) -> Any:
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return reply.json()


def _id_of(answer: Any) -> str:
    return str(answer.get("id", "")) if isinstance(answer, dict) else ""
