"""Who may call, with which scopes, and how often: tokens for half an hour, 20 calls a second, 10 for products."""

import secrets
import zlib
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from services.sandbox.otto.errors import ApiError

LIVES = timedelta(seconds=1800)
SECOND = timedelta(seconds=1)
SCOPES = frozenset({"orders", "products", "availability", "shipments", "returns", "receipts"})
DEVELOPER = "developer"
SCOPE_OF = {"orders": "orders", "products": "products", "availability": "availability", "shipments": "shipments",
            "receipts": "receipts", "returns": "returns", "shipping-profiles": "availability"}  # fmt: skip


def _made_up(seed: str) -> str:
    """Looks like a credential, is the same on every start, and opens nothing but this sandbox."""
    return "".join(f"{zlib.crc32(f'{seed}/{part}'.encode()):08x}" for part in range(4))


class Refused(Exception):
    """A token request that is turned down, in the words of RFC 6749."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


class Access:
    """One app. `granted` are the scopes that the seller agreed to; a token may nevertheless be asked for fewer, and
    `silent` scopes are left out of a token without a word. With `installed`, the app belongs to a service partner and
    every token for the seller's data is made from a token of the developer's."""

    def __init__(self, name: str, clock: Callable[[], datetime], revoked: Callable[[], bool], installed: bool) -> None:
        self._clock, self._revoked, self.installed = clock, revoked, installed
        self.client_id, self.client_secret = f"app-{_made_up(f'{name}/id')[:12]}", _made_up(f"{name}/secret")
        self.app_id, self.installation_id = _made_up(f"{name}/app")[:16], _made_up(f"{name}/installation")[:16]
        self.granted, self.silent = set(SCOPES), set[str]()
        self._tokens: dict[str, tuple[frozenset[str], datetime]] = {}
        self._calls: deque[datetime] = deque()
        self._product_calls: deque[datetime] = deque()

    def token(self, form: dict[str, str], *, developer: bool) -> dict[str, object]:
        """The client credentials grant: of the seller's own app, or (`developer`) of a service partner."""
        if self._revoked() or (form.get("client_id"), form.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            raise Refused(401, "invalid_client", "Invalid client or Invalid client credentials")
        if form.get("grant_type") != "client_credentials":
            raise Refused(400, "unsupported_grant_type", "Unsupported grant_type")
        if developer is not self.installed:
            raise Refused(401, "unauthorized_client", "This client may not use this grant here")
        return self._issue(form.get("scope", ""), {DEVELOPER} if developer else self.granted)

    def installation_token(self, bearer: str, app: str, installation: str, scope: str) -> dict[str, object]:
        """A token for the data of the seller who installed the app."""
        if DEVELOPER not in self.scopes(bearer):
            raise ApiError(403, "FORBIDDEN", "The developer scope is missing")
        if (app, installation) != (self.app_id, self.installation_id):
            raise ApiError(404, "RESOURCE_NOT_FOUND", "There is no such installation")
        return self._issue(scope, self.granted)

    def _issue(self, asked: str, allowed: set[str]) -> dict[str, object]:
        scopes = frozenset(asked.split())
        if not scopes or scopes - allowed:
            raise Refused(400, "invalid_scope", f"Invalid scopes: {asked}")
        scopes -= self.silent
        token = secrets.token_urlsafe(32)
        self._tokens[token] = (scopes, self._clock() + LIVES)
        seconds = int(LIVES.total_seconds())
        return {"access_token": token, "expires_in": seconds, "token_type": "Bearer", "scope": " ".join(sorted(scopes))}

    def scopes(self, bearer: str) -> frozenset[str]:
        """Raises ApiError for a token that is unknown or over."""
        scopes, until = self._tokens.get(bearer.removeprefix("Bearer "), (frozenset[str](), self._clock()))
        if self._revoked() or until <= self._clock():
            raise ApiError(401, "UNAUTHORIZED", "The access token is missing, wrong or expired")
        return scopes

    def admit(self, bearer: str, interface: str, method: str) -> None:
        """Raises ApiError for a call without the interface's scope, or beyond the limits."""
        if SCOPE_OF[interface] not in self.scopes(bearer):
            raise ApiError(403, "FORBIDDEN", "The token does not have the scope of this interface")
        _count(self._calls, self._clock(), 20)
        if interface == "products" and method == "GET":
            _count(self._product_calls, self._clock(), 10)


def _count(calls: deque[datetime], now: datetime, most: int) -> None:
    """Raises ApiError beyond `most` calls within any second."""
    while calls and calls[0] <= now - SECOND:
        calls.popleft()
    if len(calls) >= most:
        raise ApiError(429, "TOO_MANY_REQUESTS", "The rate limit is exceeded")
    calls.append(now)
