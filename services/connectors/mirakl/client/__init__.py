"""One method per remote call, named by its operation. Nothing is retried or translated here.

Calls whose frequency Mirakl publishes wait for their turn: too often is not always answered, and then without advice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from services.connectors.mirakl.client.files import FILES, HOUR, MINUTE, QUARTER, RETURNS, FileKind, form
from services.connectors.mirakl.client.listed import Listed, listed
from services.connectors.mirakl.settings import Credentials
from shared.connector_kit.declaration import Window
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Rejected
from shared.http.reply import Reply

__all__ = ["MOST", "Client", "FileKind", "Listed"]

MOST = 100
DAY = timedelta(days=1)


class Client:
    """The seller API of one operator for one shop. A key without any scheme word is how Mirakl wants it."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._shop = outside.shop(credentials.url, headers={"Authorization": credentials.api_key})
        self._bucket = outside.bucket
        self._shop_id = credentials.shop_id or None
        self._known: dict[str, tuple[datetime, Any]] = {}
        self.encrypted = credentials.url.startswith("https://")
        self.cancellation_reason = credentials.cancellation_reason
        self.accepts = credentials.accept_orders == "yes"
        self.document_types = {"invoice": credentials.invoice_type, "credit_note": credentials.credit_note_type}
        self.unfinished: dict[FileKind, str] = {"stock": "", "price": ""}
        """The imports that were still running when we last looked."""
        self.returned: dict[str, dict[str, dict[str, Any]]] = {}
        """The returns we know, by order and id, as they were up to `returns_until`."""
        self.returns_until: datetime | None = None

    async def now(self) -> datetime:
        """V01: the operator's own clock, in whole seconds; only whether it answers matters to Mirakl."""
        reply = await self._get("version")
        return reply.server_time or datetime.now(UTC)

    async def order_run(self) -> None:
        """Waits until a walk through the orders may begin; its pages belong to it."""
        await self._bucket.turn("OR11", MINUTE)

    async def orders(self, window: Window, created_from: datetime | None, offset: int) -> Listed:
        """OR11 by change, sorted by creation: Mirakl knows no other order."""
        params: dict[str, Any] = {"sort": "dateCreated", "order": "asc", "max": MOST, "offset": offset}
        for name, moment in (
            ("start_update_date", window.since),
            ("end_update_date", window.until),
            ("start_date", created_from),
        ):
            if moment is not None:
                params[name] = zulu(moment)
        return listed(await self._get("orders", **params), "orders")

    async def orders_by_id(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """OR11 for at most a hundred orders by their ids."""
        return listed(await self._get("orders", order_ids=",".join(ids), max=MOST), "orders").rows

    async def orders_in(self, state: str, offset: int) -> Listed:
        """OR11 by state: of these there are few, and none is missed however long it has waited."""
        return listed(await self._get("orders", order_state_codes=state, max=MOST, offset=offset), "orders")

    async def accept_order(self, order_id: str, lines: Sequence[str]) -> None:
        """OR21: every line must be decided about."""
        body = {"order_lines": [{"id": line, "accepted": True} for line in lines]}
        await self._write("PUT", f"orders/{quote(order_id, safe='')}/accept", body)

    async def offers(self, *, offset: int = 0, sku: str | None = None) -> Listed:
        """OF21."""
        return listed(await self._get("offers", max=MOST, offset=offset, sku=sku), "offers")

    async def configuration(self) -> Any:
        """PC01: what the operator decided."""
        return await self._for_a_day("platform/configuration")

    async def carriers(self) -> Any:
        """SH21: the carriers that the operator has registered; once a day is what Mirakl allows."""
        return await self._for_a_day("shipping/carriers")

    async def account(self) -> Any:
        """A01: the shop as the operator keeps it; once a day is what Mirakl allows."""
        return await self._for_a_day("account")

    async def reasons(self) -> Any:
        """RE01."""
        return (await self._get("reasons")).json()

    async def import_file(self, kind: FileKind, file: str) -> str:
        """STO01, PRI01; answers the id under which the import can be asked about."""
        await self._bucket.turn(FILES[kind].send, MINUTE)
        part = ("file", f'; filename="{kind}.csv"', "text/csv; charset=utf-8", file.encode())
        return str((await self._form(FILES[kind].path, [part])).json()["import_id"])

    async def import_state(self, kind: FileKind, id: str) -> dict[str, Any]:
        """STO02, PRI02. Raises Rejected when nobody knows the import."""
        files = FILES[kind]
        await self._bucket.turn(files.look, files.pause)
        if kind == "stock":
            state: dict[str, Any] = (await self._get(f"{files.path}/{quote(id, safe='')}/status")).json()
            return state
        for row in (await self._get(files.path, import_id=id)).json()["data"]:
            if row["import_id"] == id:
                return dict(row)
        raise Rejected(f"The operator's Mirakl knows no import {id}", code="not_found")

    async def import_errors(self, kind: FileKind, id: str) -> str:
        """STO03, PRI03: the lines that were refused, as a file."""
        files = FILES[kind]
        await self._bucket.turn(files.report, MINUTE)
        reply = await self._get(f"{files.path}/{quote(id, safe='')}/error_report")
        return reply.body.decode("utf-8-sig", "replace")

    async def hierarchies(self) -> Any:
        """H11: all categories."""
        await self._bucket.turn("H11", HOUR)
        return (await self._get("hierarchies")).json()

    async def attributes(self) -> Any:
        """PM11: the attributes of all categories."""
        await self._bucket.turn("PM11", HOUR)
        return (await self._get("products/attributes")).json()

    async def value_lists(self) -> Any:
        """VL11: all lists with their values."""
        await self._bucket.turn("VL11", HOUR)
        return (await self._get("values_lists")).json()

    async def import_products(self, file: str, *, operator_format: bool) -> str:
        """P41; answers the id under which the import can be asked about."""
        await self._bucket.turn("P41", QUARTER)
        parts = (
            ("file", '; filename="products.csv"', "text/csv; charset=utf-8", file.encode()),
            ("operator_format", "", "text/plain", str(operator_format).lower().encode()),
        )
        return str((await self._form("products/imports", parts)).json()["import_id"])

    async def product_import(self, id: str) -> Any:
        """P42."""
        await self._bucket.turn(f"P42 {id}", MINUTE)
        return (await self._get(f"products/imports/{quote(id, safe='')}")).json()

    async def product_report(self, id: str, report: str) -> str:
        """P44 `error_report`, P47 `transformation_error_report`: products that were refused, as a file."""
        reply = await self._get(f"products/imports/{quote(id, safe='')}/{report}")
        return reply.body.decode("utf-8-sig", "replace")

    async def types(self) -> Any:
        """DO01: the types of documents that the operator knows for orders."""
        return await self._for_a_day("documents", entities="ORDER")

    async def documents(self, order_id: str) -> Any:
        """OR72: what lies beside an order."""
        return (await self._get("orders/documents", order_ids=order_id)).json()

    async def add_document(self, order_id: str, file_name: str, described: bytes, pdf: bytes) -> Any:
        """OR74 with one file and its description; a good answer may hold its refusal."""
        parts = (
            ("files", f'; filename="{file_name}"', "application/pdf", pdf),
            ("order_documents", "", "application/json", described),
        )
        return (await self._form(f"orders/{quote(order_id, safe='')}/documents", parts)).json()

    async def track(self, order_id: str, body: dict[str, Any]) -> None:
        """OR23: the one tracking number of an order."""
        await self._write("PUT", f"orders/{quote(order_id, safe='')}/tracking", body)

    async def ship(self, order_id: str) -> None:
        """OR24: the order as a whole is shipped."""
        await self._write("PUT", f"orders/{quote(order_id, safe='')}/ship")

    async def create_shipment(self, body: dict[str, Any]) -> Any:
        """ST01 with one shipment; a good answer may hold its refusal."""
        return (await self._write("POST", "shipments", {"shipments": [body]})).json()

    async def shipments(self, order_id: str) -> list[dict[str, Any]]:
        """ST11: all shipments of an order."""
        found: list[dict[str, Any]] = []
        token = None
        while True:
            page = (await self._get("shipments", order_id=order_id, limit=MOST, page_token=token)).json()
            found += page["data"]
            token = page.get("next_page_token")
            if not token:
                return found

    async def returns(self, since: datetime | None) -> list[dict[str, Any]]:
        """RT11: all returns, or those changed since then; once in five minutes, its pages belong to it."""
        await self._bucket.turn("RT11", RETURNS)
        params = {} if since is None else {"return_last_updated_from": zulu(since)}
        found: list[dict[str, Any]] = []
        token = None
        while True:
            page = (await self._get("returns", limit=MOST, page_token=token, **params)).json()
            found += page["data"]
            token = page.get("next_page_token")
            if not token:
                return found

    async def decide_returns(self, step: str, rows: Sequence[dict[str, Any]]) -> Any:
        """RT25 ("receive"), RT26 ("compliance"); a good answer may hold their refusals."""
        return (await self._write("PUT", f"returns/{step}", {"returns": list(rows)})).json()

    async def cancel_order(self, order_id: str) -> None:
        """OR29."""
        await self._write("PUT", f"orders/{quote(order_id, safe='')}/cancel")

    async def cancel_lines(self, body: dict[str, Any]) -> None:
        """OR30."""
        await self._write("PUT", "orders/cancel", body)

    async def _get(self, path: str, **params: Any) -> Reply:
        return await self._shop.request("GET", f"/api/{path}", params=self._params(**params))

    async def _write(self, method: str, path: str, body: dict[str, Any] | None = None) -> Reply:
        # Not repeatable: a second time is refused as the wrong state, or done twice.
        return await self._shop.request(method, f"/api/{path}", params=self._params(), json=body, repeatable=False)

    async def _form(self, path: str, parts: Sequence[tuple[str, str, str, bytes]]) -> Reply:
        """Not repeatable."""
        body, kind = form(parts)
        return await self._shop.request("POST", f"/api/{path}", params=self._params(), content=body, headers=kind)

    async def _for_a_day(self, path: str, **params: Any) -> Any:
        now = datetime.now(UTC)
        known = self._known.get(path)
        if known is None or known[0] + DAY <= now:
            known = self._known[path] = (now, (await self._get(path, **params)).json())
        return known[1]

    def _params(self, **params: Any) -> dict[str, Any]:
        return {"shop_id": self._shop_id} | params


def zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
