"""Opening a connection: unseal its credentials, give its client the outside world."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from shared.chassis.sealing import KeyRing
from shared.chassis.service import Service
from shared.connector_kit.declaration import Connector
from shared.connector_kit.notes import StoredNotes
from shared.connector_kit.outside import Outside
from shared.connector_kit.tokens import SealedTokens
from shared.connector_kit.turns import Turns
from shared.contracts.connection import Connection
from shared.contracts.errors import Misconfigured
from shared.http.guard import Guard
from shared.http.limits import Bucket


@dataclass
class Opened:
    """A connection with its client. Close it when done."""

    connection: Connection
    credentials: BaseModel
    client: Any
    outside: Outside

    async def close(self) -> None:
        await self.outside.close()


@dataclass
class Opener:
    """Opens connections of one platform in one process."""

    connector: Connector
    service: Service
    timeout: float = 25.0
    transport: Any = None

    def credentials(self, connection: Connection) -> BaseModel:
        """Raises Misconfigured when they cannot be unsealed or no longer fit the connector's form."""
        ring = KeyRing.read(self.service.settings.key_ring)
        secrets = ring.open(connection.sealed, connection.id, connection.platform)
        return self.checked(secrets)

    def checked(self, secrets: dict[str, Any]) -> BaseModel:
        """The typed credentials. Raises Misconfigured that names the field."""
        try:
            return self.connector.credentials.model_validate(secrets)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise Misconfigured(
                f"{field}: {first['msg']}", code="credentials_incomplete", field=field, name=field
            ) from None

    def open(self, connection: Connection, *, deadline: Callable[[], float] | None = None) -> Opened:
        """A client for a stored connection; `deadline` is what is left of its lease in seconds."""
        credentials = self.credentials(connection)
        ring = KeyRing.read(self.service.settings.key_ring)
        outside = self.outside(deadline)
        outside.connection = connection.id
        outside.notes = StoredNotes(self.service.database, connection.id)
        outside.tokens = SealedTokens(self.service.database, ring, connection.id, connection.platform)
        return Opened(connection, credentials, self.connector.client(credentials, outside), outside)

    def open_unsaved(self, secrets: dict[str, Any]) -> Opened:
        """A client for credentials that are only being tested."""
        credentials = self.checked(secrets)
        outside = self.outside()
        unsaved = Connection(id=UUID(int=0), version=0, platform=self.connector.platform, name="")
        return Opened(unsaved, credentials, self.connector.client(credentials, outside), outside)

    def webhook_secret(self, connection: UUID) -> str:
        """A signing secret of our own for one connection; the same for ever, known to nobody else."""
        key = self.service.settings.hash_key.get_secret_value().encode()
        return hmac.new(key, f"webhook:{connection}".encode(), sha256).hexdigest()

    def webhook_address(self, connection: UUID) -> str | None:
        """Where the platform shall send; None while PUBLIC_BASE_URL is unset: polling only."""
        base = self.service.settings.public_base_url
        return None if not base else f"{base.rstrip('/')}/hooks/{self.connector.platform}/{connection}"

    def outside(self, deadline: Callable[[], float] | None = None) -> Outside:
        """The world for one client of this platform; close it when done."""
        return Outside(
            bucket=Bucket(self.connector.limit),
            guard=Guard(allow=frozenset(self.service.settings.allow_hosts)),
            timeout=self.timeout,
            deadline=deadline,
            transport=self.transport,
            turns=Turns(self.service.database, self.timeout).take,
        )
