"""One method per remote call. Lists come back as pages of raw rows; nothing is retried or translated here."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.connectors.shopware5.client.answers import data, explain, rows
from services.connectors.shopware5.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Rejected
from shared.http.client import Reply
from shared.http.signing import basic, digest

PER_PAGE = 100
MANY = 1000
Row = dict[str, Any]
Filter = tuple[str, str, str]
"""Field, comparison and value."""


class Client:
    """The REST API below `<shop>/api`, as a backend user."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self.merchant = credentials
        self.encrypted = credentials.url.startswith("https://")
        proof = {"basic": basic, "digest": digest}[credentials.authentication]
        auth = proof(credentials.user, credentials.api_key)
        self._api = outside.shop(f"{credentials.url}/api", auth=auth, explain=explain)
        self._tells_changes: bool | None = None

    async def now(self) -> datetime:
        """The shop's own clock: windows must not depend on ours."""
        reply = await self._api.request("GET", "/version")
        return reply.server_time or datetime.now(UTC)

    async def version(self) -> str:
        return str(data(await self._api.request("GET", "/version")).get("version", ""))

    async def currency(self) -> str:
        """The currency of the shop that is the main one; empty where the shop does not say."""
        shops = rows(await self._api.request("GET", "/shops"))
        main = next((row for row in shops if row.get("default")), None)
        if main is None:
            return ""
        told = data(await self._api.request("GET", f"/shops/{int(main['id'])}")).get("currency")
        return str(told.get("currency", "")) if isinstance(told, dict) else ""

    async def tells_changes(self) -> bool:
        """Whether orders tell when they were changed, which those of old versions do not; asked until there is one."""
        if self._tells_changes is None and (first := await self.orders((), 1)):
            self._tells_changes = "changed" in first[0]
        return bool(self._tells_changes)

    async def orders(self, filters: Sequence[Filter], limit: int = PER_PAGE) -> list[Row]:
        """Heads of orders by their id; lines, addresses, payment and shipping are not told here."""
        return rows(await self._api.request("GET", "/orders", params=_asked(filters, limit)))

    async def order(self, id: int) -> Row | None:
        """One order in full; None when the shop does not know it."""
        return await self._one(f"/orders/{id}")

    async def articles(self, filters: Sequence[Filter], limit: int = PER_PAGE) -> list[Row]:
        """Heads of articles by their id; variants and prices are not told here."""
        return rows(await self._api.request("GET", "/articles", params=_asked(filters, limit)))

    async def article(self, id: int) -> Row | None:
        """One article with its variants and their net prices; None when the shop does not know it."""
        return await self._one(f"/articles/{id}")

    async def customers(self, filters: Sequence[Filter], limit: int = PER_PAGE) -> list[Row]:
        """Heads of customers by their id; numbers and addresses are not told here."""
        return rows(await self._api.request("GET", "/customers", params=_asked(filters, limit)))

    async def customer(self, id: int) -> Row | None:
        """One customer with his addresses; None when the shop does not know him."""
        return await self._one(f"/customers/{id}")

    async def categories(self, start: int) -> list[Row]:
        """Some of the shop's categories, each with that above it, in whatever order it has them."""
        return rows(await self._api.request("GET", "/categories", params={"limit": MANY, "start": start}))

    async def media(self, start: int) -> list[Row]:
        """Some of the shop's files, each with its address."""
        return rows(await self._api.request("GET", "/media", params={"limit": MANY, "start": start}))

    async def medium(self, id: int) -> Row | None:
        """One file with its address; None when the shop does not know it."""
        return await self._one(f"/media/{id}")

    async def _one(self, path: str) -> Row | None:
        try:
            reply: Reply = await self._api.request("GET", path)
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise
        found: Row = data(reply)
        return found


def _asked(filters: Sequence[Filter], limit: int) -> dict[str, str]:
    """Conditions are parameters: a body of a GET call is lost in some proxies."""
    params = {"limit": str(limit), "sort[0][property]": "id", "sort[0][direction]": "ASC"}
    for place, (field, expression, value) in enumerate(filters):
        params |= {
            f"filter[{place}][property]": field,
            f"filter[{place}][expression]": expression,
            f"filter[{place}][value]": value,
        }
    return params
