"""API keys: who calls, what he may do, and which connections he may see."""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, get_args
from uuid import UUID

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.chassis.problems import Problem
from shared.persistence.database import Database

Role = Literal["read", "support", "operate", "admin", "service"]
ROLES: tuple[Role, ...] = get_args(Role)
_RANK = {"read": 0, "support": 1, "operate": 2, "admin": 3}
CACHE_SECONDS = 30.0
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="`Authorization: Bearer kontor_…` or `X-API-Key: kontor_…`; each route names the role it needs.",
)


@dataclass(frozen=True)
class Principal:
    """The holder of a key. `connections` None means all; project limits are already resolved to connections."""

    id: UUID
    name: str
    role: Role
    connections: frozenset[UUID] | None = None

    def allows(self, connection: UUID | None) -> bool:
        return self.connections is None or connection in self.connections

    @property
    def scope(self) -> list[UUID] | None:
        """For SQL: `(CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))`."""
        return None if self.connections is None else sorted(self.connections)

    def scope_within(self, connection: UUID | None) -> list[UUID] | None:
        """The scope, narrowed to one connection where the caller names one; empty when that is not the caller's."""
        if connection is None:
            return self.scope
        return [connection] if self.connections is None or connection in self.connections else []

    def may(self, needed: Role) -> bool:
        """Machines of our own (service) may read and operate; only they may what is asked of "service"."""
        if self.role == "service":
            return needed != "admin"
        return needed != "service" and _RANK[self.role] >= _RANK[needed]


def new_key() -> str:
    """A fresh key: 256 random bits, shown once."""
    return f"kontor_{secrets.token_urlsafe(32)}"


def key_hash(key: str) -> bytes:
    """What is stored of a key. A plain hash is enough: the key is random, nobody can guess it."""
    return sha256(key.encode()).digest()


class Access:
    """Looks keys up in `access.api_keys` through the service's own login; cached for half a minute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: dict[bytes, tuple[float, Principal | None]] = {}

    async def principal(self, key: str) -> Principal | None:
        """Who holds this key; None when nobody does (any more)."""
        hashed = key_hash(key)
        known = self._cache.get(hashed)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        found = await self._look_up(hashed)
        if len(self._cache) > 1000:
            self._cache.clear()
        self._cache[hashed] = (time.monotonic() + CACHE_SECONDS, found)
        return found

    async def _look_up(self, hashed: bytes) -> Principal | None:
        async with self._database.transaction() as tx:
            row = await tx.row(
                """SELECT id, name, role, projects, connections FROM access.api_keys
                   WHERE hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())""",
                hash=hashed,
            )
            if row is None:
                return None
            if row["projects"] is None and row["connections"] is None:
                return Principal(row["id"], row["name"], row["role"])
            by_project = await tx.rows(
                "SELECT connection FROM access.connection_projects WHERE project = ANY(:projects)",
                projects=row["projects"] or [],
            )
        allowed = frozenset(row["connections"] or []) | {one["connection"] for one in by_project}
        return Principal(row["id"], row["name"], row["role"], allowed)


def presented_key(request: Request) -> str:
    """The key a request carries, as a bearer token or in X-API-Key."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def require(role: Role) -> Callable[..., Awaitable[Principal]]:
    """A FastAPI dependency that answers the caller, or a 401 or 403 problem; the API's document names the role."""

    async def authenticated(
        request: Request, _: HTTPAuthorizationCredentials | None = Security(BEARER, scopes=[role])
    ) -> Principal:
        key = presented_key(request)
        access: Any = request.app.state.service.access
        principal: Principal | None = await access.principal(key) if key else None
        if principal is None:
            raise Problem(401, "key_missing")
        if not principal.may(role):
            raise Problem(403, "role_missing", name=principal.name, role=principal.role, needed=role)
        return principal

    return authenticated
