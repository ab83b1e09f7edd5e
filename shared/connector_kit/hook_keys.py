"""Public keys that platforms sign their calls with: asked for by their name, and kept for an hour."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.connector_kit.declaration import Connector
from shared.connector_kit.opening import Opener
from shared.contracts.connection import Connection
from shared.contracts.errors import Rejected, Transient

KEPT_SECONDS = 3600.0
REFUSED_SECONDS = 60.0
PAUSE_SECONDS = 1.0
MOST_KEPT = 1000


@dataclass
class HookKeys:
    """The keys one process knows. An unknown name costs a call to the platform, and anybody may send one: so each
    account is asked for one key a second at most, and for a name that the platform does not know not again soon."""

    connector: Connector
    opener: Opener
    _kept: dict[tuple[UUID, str], tuple[float, str]] = field(default_factory=dict)
    _asked: dict[UUID, float] = field(default_factory=dict)

    async def of(self, connection: Connection, headers: Mapping[str, str]) -> list[str]:
        """The key that a call says it is signed with; none where the platform has no such key. Raises Transient when it
        cannot be asked for now: the platform calls again then."""
        keys = self.connector.webhooks.keys if self.connector.webhooks else None
        name = keys.named(headers) if keys else ""
        if keys is None or not name:
            return []
        until, key = self._kept.get((connection.id, name), (0.0, ""))
        if until <= time.monotonic():
            key = await self._fetch(connection, name)
        return [key] if key else []

    async def _fetch(self, connection: Connection, name: str) -> str:
        assert self.connector.webhooks is not None
        assert self.connector.webhooks.keys is not None
        now = time.monotonic()
        if now < self._asked.get(connection.id, 0.0) + PAUSE_SECONDS:
            raise Transient("Another key was asked for a moment ago.", code="paused")
        self._asked[connection.id] = now
        opened = self.opener.open(connection)
        try:
            key, seconds = await self.connector.webhooks.keys.fetch(opened.client, name), KEPT_SECONDS
        except Rejected:
            key, seconds = "", REFUSED_SECONDS
        finally:
            await opened.close()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[connection.id, name] = time.monotonic() + seconds, key
        return key
