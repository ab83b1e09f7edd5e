"""Access tokens of connections, sealed, shared by all replicas."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.chassis.sealing import KeyRing
from shared.contracts.errors import Misconfigured
from shared.persistence.database import Database


@dataclass
class SealedTokens:
    """The token of one connection, in `connectors.tokens`."""

    database: Database
    ring: KeyRing
    connection: UUID
    platform: str

    async def load(self) -> tuple[str, datetime] | None:
        async with self.database.transaction() as tx:
            row = await tx.row("SELECT sealed, expires_at FROM tokens WHERE connection = :id", id=self.connection)
        if row is None:
            return None
        try:
            secrets = self.ring.open(row["sealed"].decode(), self.connection, self.platform)
        except Misconfigured:
            return None
        return str(secrets["token"]), row["expires_at"]

    async def save(self, token: str, expires_at: datetime) -> None:
        sealed = self.ring.seal({"token": token}, self.connection, self.platform).encode()
        async with self.database.transaction() as tx:
            await tx.execute(
                """INSERT INTO tokens (connection, sealed, expires_at) VALUES (:id, :sealed, :expires_at)
                   ON CONFLICT (connection) DO UPDATE SET sealed = :sealed, expires_at = :expires_at""",
                id=self.connection,
                sealed=sealed,
                expires_at=expires_at,
            )
