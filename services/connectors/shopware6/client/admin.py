"""One method per remote call, with a token that works. Nothing is translated here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.connectors.shopware6.client.failures import explain, explain_grant
from services.connectors.shopware6.queries import ORDER, ORDER_INCLUDES, Criteria, by_ids
from services.connectors.shopware6.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.http.client import Reply

RENEW_BEFORE = timedelta(seconds=30)
"""A token lives for ten minutes, or as the shop has it."""
INHERIT = {"sw-inheritance": "1"}


class Client:
    """The Admin API below `<shop>/api`, as an integration."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._credentials = credentials
        self._outside = outside
        # Any other Accept gets another shape, none at all a refusal.
        headers = {"Accept": "application/json"}
        self._shop = outside.shop(credentials.url, headers=headers, explain=explain)
        self._door = outside.shop(credentials.url, headers=headers, explain=explain_grant)
        self.encrypted = credentials.url.startswith("https://")
        self.marks_documents = credentials.mark_documents == "sent"
        self.entry_category, self.media_folder = credentials.entry_category, credentials.media_folder
        self.page_layout, self.variants_in_lists = credentials.page_layout, credentials.variants_in_lists
        self._version = ""
        self._currency: tuple[str, str] | None = None
        self._readable: dict[str, bool] = {}

    async def now(self) -> datetime:
        """The shop's own clock: windows must not depend on ours."""
        reply = await self._send("GET", "/api/_info/version")
        return reply.server_time or datetime.now(UTC)

    async def version(self) -> str:
        """The shop's version, asked once."""
        if not self._version:
            self._version = str(_parsed(await self._send("GET", "/api/_info/version")).get("version", ""))
        return self._version

    async def search(self, entity: str, criteria: Criteria, *, inherit: bool = False) -> list[dict[str, Any]]:
        """The rows of one page. `inherit`: a variant shows what its parent has."""
        headers = INHERIT if inherit else {}
        reply = await self._send("POST", f"/api/search/{entity}", json=criteria, headers=headers, repeatable=True)
        rows = _parsed(reply).get("data")
        if not isinstance(rows, list):
            raise Transient(f"The shop answered a search for {entity} without data.", code="not_json")
        return rows

    async def orders(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Orders with everything that hangs on them; those that the shop no longer has are missing."""
        return await self.search("order", by_ids(ids, ORDER, ORDER_INCLUDES))

    async def currency(self) -> tuple[str, str]:
        """Id and code of the shop's own currency, in which every product has a price."""
        if self._currency is None:
            includes = {"currency": ["id", "isoCode", "isSystemDefault"]}
            rows = await self.search("currency", {"limit": 100, "includes": includes})
            own = next((row for row in rows if row.get("isSystemDefault")), None)
            if own is None:
                raise Rejected("The shop names no currency of its own.", code="rejected")
            self._currency = str(own["id"]), str(own["isoCode"])
        return self._currency

    async def may_read(self, entity: str, associations: dict[str, Any]) -> bool:
        """Whether the integration's role may read an entity with what hangs on it. Asked once per entity."""
        if entity not in self._readable:
            try:
                await self.search(entity, {"limit": 1, "associations": associations})
                self._readable[entity] = True
            except Misconfigured as error:
                if error.code != "scope_missing":
                    raise
                self._readable[entity] = False
        return self._readable[entity]

    async def privileges(self) -> frozenset[str] | None:
        """What the integration may do: "admin" for everything; None where it may not look at itself."""
        mine = {"type": "equals", "field": "accessKey", "value": self._credentials.access_key}
        try:
            rows = await self.search("integration", {"limit": 1, "filter": [mine], "associations": {"aclRoles": {}}})
        except Misconfigured as error:
            if error.code != "scope_missing":
                raise
            return None
        if not rows:
            return None
        if rows[0].get("admin"):
            return frozenset({"admin"})
        return frozenset(str(one) for role in rows[0].get("aclRoles") or () for one in role.get("privileges") or ())

    async def set_stock(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Absolute quantities, all or none. Raises Rejected, whose `pointers` name the bad rows by their place."""
        body = {"stock": {"entity": "product", "action": "upsert", "payload": list(rows)}}
        await self._send("POST", "/api/_action/sync", json=body, repeatable=True)

    async def set_prices(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Whole lists of prices, all or none. Raises Rejected, whose `pointers` name the bad rows by their place."""
        body = {"price": {"entity": "product", "action": "upsert", "payload": list(rows)}}
        await self._send("POST", "/api/_action/sync", json=body, repeatable=True)

    async def sync(self, operations: Sequence[tuple[str, str, Sequence[Mapping[str, Any]]]]) -> None:
        """Operations (action, entity, rows) in their order, all or none; the key of each is its entity's name and
        its place. Raises Rejected, whose `pointers` begin with that key."""
        body = [
            {"key": f"{entity}_{place}", "entity": entity, "action": action, "payload": list(rows)}
            for place, (action, entity, rows) in enumerate(operations)
        ]
        await self._send("POST", "/api/_action/sync", json=body, repeatable=True)

    async def upload_media(self, id: str, url: str, file_name: str, extension: str) -> None:
        """Has the shop fetch the file of a medium from an address; names are the whole shop's."""
        params = {"extension": extension, "fileName": file_name}
        await self._send("POST", f"/api/_action/media/{id}/upload", params=params, json={"url": url}, repeatable=True)

    async def put_delivery(self, id: str, body: Mapping[str, Any]) -> None:
        await self._send("PATCH", f"/api/order-delivery/{id}", json=body, repeatable=True)

    async def document(self, id: str) -> dict[str, Any] | None:
        """A document without its file; None if the shop has none of this id."""
        includes = {"document": ["id", "sent", "documentMediaFileId"]}
        rows = await self.search("document", by_ids([id], {}, includes))
        return rows[0] if rows else None

    async def document_type(self, technical_name: str) -> str | None:
        """The id of a type of documents."""
        named = {"type": "equals", "field": "technicalName", "value": technical_name}
        rows = await self.search("document-type", {"limit": 1, "filter": [named]})
        return str(rows[0]["id"]) if rows else None

    async def add_document(self, body: Mapping[str, Any]) -> None:
        await self._send("POST", "/api/document", json=body)

    async def upload_document(self, id: str, file_name: str, pdf: bytes) -> None:
        """The file of a document that has none yet; names are the whole shop's."""
        params = {"extension": "pdf", "fileName": file_name}
        headers = {"Content-Type": "application/pdf"}
        await self._send("POST", f"/api/_action/document/{id}/upload", params=params, content=pdf, headers=headers)

    async def put_document(self, id: str, body: Mapping[str, Any]) -> None:
        await self._send("PATCH", f"/api/document/{id}", json=body, repeatable=True)

    async def transitions(self, machine: str, id: str) -> list[dict[str, str]]:
        """What may be done next; every shop may have its own states."""
        reply = await self._send("GET", f"/api/_action/state-machine/{machine}/{id}/state")
        found: list[dict[str, str]] = _parsed(reply).get("transitions") or []
        return found

    async def move(self, machine: str, id: str, action: str, *, mail: bool) -> None:
        body = {"sendMail": mail, "documentIds": [], "mediaIds": []}
        await self._send("POST", f"/api/_action/{machine}/{id}/state/{action}", json=body)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Reply:
        async def send(token: str) -> Reply:
            allowed = {"Authorization": f"Bearer {token}", **(headers or {})}
            return await self._shop.request(
                method, path, params=params, json=json, content=content, headers=allowed, repeatable=repeatable
            )

        token = await self._token()
        try:
            return await send(token)
        except Misconfigured as error:
            if error.code != "credentials_refused":
                raise
        # Tokens end early, too: when the shop changes how it signs them.
        return await send(await self._token(refused=token))

    async def _token(self, refused: str = "") -> str:
        return await self._outside.token(self._grant, refused=refused, renew_before=RENEW_BEFORE)

    async def _grant(self) -> tuple[str, datetime]:
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.access_key,
            "client_secret": self._credentials.secret_access_key,
        }
        reply = await self._door.request("POST", "/api/oauth/token", json=wanted, repeatable=True)
        granted = reply.json()
        try:
            return str(granted["access_token"]), reply.received_at + timedelta(seconds=int(granted["expires_in"]))
        except (KeyError, TypeError, ValueError):
            raise Transient("The shop answered a token request without a token.", code="not_json") from None


def _parsed(reply: Reply) -> dict[str, Any]:
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        body = reply.json()
    if not isinstance(body, dict):
        raise Transient("The shop answered with something that is no object.", code="not_json")
    return body
