"""The account's folders on its file server: orders are fetched there, everything else is put there."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.connectors.tradebyte.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Transient
from shared.http.sftp import Entry, Server
from shared.http.xml_text import NotXml, records

LISTS = ("ITEMS", "SERVICES", "HISTORY")
DONE = "done"
ORDERS = re.compile(r"ORDERS_[\w.-]+\.xml", re.I)
IGNORED = re.compile(r"progress|test|done", re.I)
"""https://help.tradebyte.com/order-xml-naming.html: names that contain one of these are left alone, by either side."""


class Files:
    """Every file is put beside its name and renamed, so nobody fetches half of one."""

    def __init__(self, settings: Credentials, outside: Outside) -> None:
        self._settings = settings
        server = Server(
            settings.sftp_host, settings.sftp_port, settings.sftp_user, settings.sftp_password, settings.sftp_host_key
        )
        self._sftp = outside.files(server, alone=f"sftp://{server.user}@{server.host}:{server.port}")

    async def missing_folders(self) -> None:
        """Raises Misconfigured for the first folder that cannot be looked into."""
        for name in ("orders", "messages", "stock", "catalogue"):
            await self._sftp.list(self._folder(name), field=f"sftp_{name}")

    async def waiting(self) -> list[Entry]:
        """Files of orders that nobody has moved away yet, by name, which is by time."""
        found = await self._sftp.list(self._folder("orders"), field="sftp_orders")
        return [one for one in found if ORDERS.fullmatch(one.name) and not IGNORED.search(one.name)]

    async def orders(self, name: str) -> list[dict[str, Any]]:
        """The orders of one file; none when it is gone. Raises Transient for one that is no whole file of orders."""
        body = await self._sftp.read(self._folder("orders"), name)
        if body is None:
            return []
        try:
            return list(records(body, "ORDER", roots=("ORDER_LIST",), lists=LISTS))
        except NotXml as error:
            raise Transient(f"{name} is {error}.", code="not_xml") from None

    async def keep(self, name: str) -> None:
        """Out of the way, and still there for who wants to look."""
        await self._sftp.move(self._folder("orders"), name, DONE)

    async def send_messages(self, file: bytes, key: UUID) -> None:
        """The file of one command, which its name tells. What an earlier try left half written is taken away first: it
        would speak for this one."""
        for name in await self._of(key):
            if name.endswith(".xml"):
                return
            await self._sftp.remove(self._folder("messages"), name)
        await self.send("messages", "MESSAGES", file, f"_{key.hex}")

    async def send(self, folder: str, kind: str, file: bytes, more: str = "") -> None:
        """One file. Its name tells when, so that files are read in the order they were made."""
        name = f"{kind}_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}{more}.xml"
        await self._sftp.write(self._folder(folder), name, file, field=f"sftp_{folder}")

    async def messages_sent(self, keys: Sequence[UUID]) -> list[bool | None]:
        """Of each command whether its file is there: True, False when it never will be, None when nobody can tell: it
        may have been fetched already."""
        found: list[bool | None] = []
        for key in keys:
            mine = await self._of(key)
            if any(name.endswith(".xml") for name in mine):
                found.append(True)
            # Taken away, it can no longer be renamed.
            elif mine and all([await self._sftp.remove(self._folder("messages"), name) for name in mine]):
                found.append(False)
            else:
                found.append(None)
        return found

    async def _of(self, key: UUID) -> list[str]:
        listed = await self._sftp.list(self._folder("messages"), field="sftp_messages")
        return [one.name for one in listed if key.hex in one.name]

    def _folder(self, name: str) -> str:
        return str(getattr(self._settings, f"sftp_{name}"))
