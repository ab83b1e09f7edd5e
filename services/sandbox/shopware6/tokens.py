"""Access tokens for integrations: client credentials, 600 seconds, and a brake on wrong attempts.

The brake counts per address of the caller, whatever integration he names: 10 failures close the door for 10 seconds,
15 for 30, 20 for 60; one success forgets them.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.shopware6.errors import ApiError

LIFETIME = 600
BRAKE = ((20, 60), (15, 30), (10, 10))


@dataclass(frozen=True)
class Integration:
    """`privileges` None: an administrator."""

    access_key: str
    secret: str
    label: str
    privileges: frozenset[str] | None = None

    def lacks(self, privilege: str) -> bool:
        return self.privileges is not None and privilege not in self.privileges


@dataclass
class Attempts:
    failures: int = 0
    closed_until: datetime | None = None


@dataclass
class Door:
    """Everybody who may call the API of one shop."""

    integrations: list[Integration]
    clock: Callable[[], datetime]
    revoked: Callable[[], bool]
    _tokens: dict[str, tuple[Integration, datetime]] = field(default_factory=dict)
    _attempts: dict[str, Attempts] = field(default_factory=dict)

    def grant(self, given: dict[str, Any], caller: str) -> dict[str, Any]:
        """A token for an integration's key and secret."""
        attempts = self._attempts.setdefault(caller, Attempts())
        now = self.clock()
        if attempts.closed_until is not None and now < attempts.closed_until:
            seconds = int((attempts.closed_until - now).total_seconds()) + 1
            raise ApiError(429, "FRAMEWORK__AUTH_THROTTLED", f"Auth throttled for {seconds} seconds.", seconds=seconds)
        if given.get("grant_type") != "client_credentials":
            raise ApiError(400, "2", "The authorization grant type is not supported by the authorization server.")
        known = next((one for one in self.integrations if one.access_key == given.get("client_id")), None)
        if known is None or known.secret != given.get("client_secret") or self.revoked():
            attempts.failures += 1
            wait = next((seconds for count, seconds in BRAKE if attempts.failures >= count), 0)
            attempts.closed_until = now + timedelta(seconds=wait) if wait else None
            raise ApiError(401, "4", None)
        self._attempts.pop(caller)
        token = secrets.token_urlsafe(40)
        self._tokens[token] = (known, now + timedelta(seconds=LIFETIME))
        return {"token_type": "Bearer", "expires_in": LIFETIME, "access_token": token}

    def admitted(self, authorization: str) -> Integration:
        """Who calls. 401 with code 9 for a missing, unknown or expired token."""
        token = authorization.removeprefix("Bearer ")
        found = self._tokens.get(token)
        if found is None or self.clock() >= found[1] or self.revoked():
            detail = "Access token could not be verified" if authorization else 'Missing "Authorization" header'
            raise ApiError(401, "9", detail)
        return found[0]

    def expire(self) -> None:
        """All tokens end, as when the shop changes how it signs them."""
        self._tokens.clear()
