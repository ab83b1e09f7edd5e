"""One method per remote call. Lists come back record by record; nothing is retried or translated here."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from weakref import WeakValueDictionary

from services.connectors.tradebyte.client.files import LISTS, Files
from services.connectors.tradebyte.client.known import Known
from services.connectors.tradebyte.settings import Credentials
from services.connectors.tradebyte.vocabulary import NOT_TAKEN, TAKEN
from shared.connector_kit.outside import Outside
from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.client import Reply
from shared.http.redaction import redact_text
from shared.http.signing import basic

AFTER_A_FAULT = timedelta(minutes=10)
"""TB.One wants no call that it answered with 5xx repeated sooner."""
XML = {"Content-Type": "application/xml"}
CHANNEL_REFUSED = frozenset({"scope_missing", "channel_refused"})
PRODUCT_LISTS = ("P_NAME", "P_TEXT", "ARTICLEDATA")

_TURNS: WeakValueDictionary[tuple[object, str], asyncio.Lock] = WeakValueDictionary()
"""An account takes one call at a time, and every client of this process takes turns, repetitions included; those of
other processes wait for each other by `alone`. By event loop and address; a turn that nobody wants is forgotten."""


def explain(reply: Reply) -> KontorError | None:
    """TB.One's own words, and its rule for faults. A write that must not be repeated may have happened."""
    if reply.status >= 500:
        said = f"TB.One answered with status {reply.status}"
        if not reply.repeatable:
            return Unknown(f"{said}; nobody knows whether it took the messages.")
        return Transient(f"{said}.", code="shop_down", retry_after=AFTER_A_FAULT)
    if reply.status < 400 or reply.status in (401, 403, 408, 425, 429):
        return None
    code = "not_found" if reply.status == 404 else "rejected"
    return Rejected(_said(reply) or f"TB.One answered with status {reply.status}", code=code, status=str(reply.status))


class Client:
    """The REST interface of one account, and its folders of files where those are the way (`files`)."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        auth = basic(credentials.user, credentials.password)
        address = f"{credentials.url.rstrip('/')}/{credentials.account}"
        headers = {"Accept": "application/xml"}
        self._address = address
        self._shop = outside.shop(address, auth=auth, headers=headers, explain=explain, alone=address)
        self.settings = credentials
        self.notes = outside.notes
        self.files = Files(credentials, outside) if credentials.delivery == "sftp" else None
        self.known = Known(self._catalogue)

    async def open_orders(self, channel: str) -> tuple[Iterator[dict[str, Any]], datetime]:
        """What was not flagged as exported yet, all in one answer, and the account's time."""
        reply = await self._list("/orders/", {"channel": channel})
        return reply.xml("ORDER", roots=("ORDER_LIST",), lists=LISTS), reply.server_time or reply.sent_at

    async def order(self, tb_id: str) -> dict[str, Any] | None:
        """One order, flagged or not; None when the account does not know it."""
        try:
            reply = await self._call("GET", f"/orders/{tb_id}")
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise
        found = list(reply.xml("ORDER", roots=("ORDER_LIST", "ORDER"), lists=LISTS))
        return found[0] if found else None

    async def exported(self, tb_id: str, *, pending: bool) -> bool:
        """Takes an order off the open list; False when it is not in this state any more and is listed again."""
        try:
            await self._call("POST", f"/orders/{tb_id}/exported", params={"pending": int(pending)}, repeatable=True)
        except Rejected as error:
            if error.params.get("status") in ("404", "412"):
                return False
            raise
        return True

    async def open_messages(self, channel: str) -> list[dict[str, Any]]:
        """What the channel said and nobody has flagged yet, all in one answer."""
        return list((await self._list("/messages/", {"channel": channel})).xml("MESSAGE", roots=("MESSAGES_LIST",)))

    async def heard(self, message_id: str) -> None:
        """Takes a message off the open list; twice is harmless, and so is one that is gone."""
        try:
            path = f"/messages/{quote(message_id, safe='')}/exported"
            await self._call("POST", path, repeatable=True)
        except Rejected as error:
            if error.code != "not_found":
                raise

    async def products(self, channel: str, since: datetime | None) -> tuple[Iterator[dict[str, Any]], datetime]:
        """What a channel is given of the catalogue, changed since then, and the account's time."""
        delta = None if since is None else int(since.timestamp())
        reply = await self._list("/products/", {"channel": channel, "delta": delta})
        return reply.xml("PRODUCT", roots=("TBCATALOG",), lists=PRODUCT_LISTS), reply.server_time or reply.sent_at

    async def _catalogue(self, since: datetime | None) -> AsyncIterator[tuple[dict[str, Any], datetime]]:
        for channel in self.settings.channel_ids:
            listed, asked_at = await self.products(channel, since)
            for product in listed:
                yield product, asked_at

    async def send_stock(self, file: bytes) -> None:
        """Absolute quantities, so the same file may be sent twice."""
        if self.files is not None:
            return await self.files.send("stock", "TBSTOCK", file)
        await self._call("POST", "/articles/stock", content=file, headers=XML, repeatable=True)

    async def send_catalogue(self, file: bytes) -> None:
        """A catalogue file, read in later. It says how things are, so the same file may be sent twice."""
        if self.files is not None:
            return await self.files.send("catalogue", "TBCAT", file)
        name = f"TBCAT_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}.xml"
        await self._call("POST", f"/sync/in/{name}", content=file, headers=XML, repeatable=True)

    async def send_messages(self, file: bytes, key: UUID) -> None:
        """Messages add up on the other side: never repeated. Raises Rejected in TB.One's words, Unknown."""
        if self.files is not None:
            return await self.files.send_messages(file, key)
        reply = await self._call("POST", "/messages/", content=file, headers=XML, repeatable=False)
        state = next((str(one.get("state", "")) for one in reply.xml("tradebyte", roots=("tradebyte",))), "")
        if not state:
            raise Unknown("TB.One did not say whether it took the messages.")
        if not TAKEN.search(state) or NOT_TAKEN.search(state):
            raise Rejected(state[:300])

    async def admitted(self, channel: str) -> bool:
        """Whether the user is approved for a channel. Raises Misconfigured for wrong credentials."""
        try:
            await self.open_orders(channel)
        except Misconfigured as error:
            if error.code in CHANNEL_REFUSED:
                return False
            raise
        return True

    async def _list(self, path: str, params: dict[str, Any]) -> Reply:
        """Raises Misconfigured for a refusal: TB.One wants no such call repeated, and only the merchant can mend it."""
        try:
            return await self._call("GET", path, params=params)
        except Rejected as error:
            raise Misconfigured(
                f"TB.One refuses {path}: {error.detail}", code="channel_refused", field="channels",
                channel=str(params["channel"]),
            ) from None  # fmt: skip

    async def _call(self, method: str, path: str, **more: Any) -> Reply:
        async with _TURNS.setdefault((asyncio.get_running_loop(), self._address), asyncio.Lock()):
            return await self._shop.request(method, path, **more)


def _said(reply: Reply) -> str:
    try:
        words = [str(value) for one in reply.xml("tradebyte", roots=("tradebyte",)) for value in one.values()]
    except (Transient, Unknown):
        return ""
    return redact_text(" ".join(" ".join(words).split()))[:300]
