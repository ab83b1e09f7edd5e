"""Who may call and how often: Login with Amazon, the application's roles, and a bucket of tokens for each operation."""

import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.sandbox.amazon.errors import ApiError

LIVES = timedelta(seconds=3600)
ROLES = ("orders", "listings", "personal", "invoices", "fba", "reports")
# The usage plan of every operation: tokens a second, and how many may be saved up.
PLANS: dict[str, tuple[float, int]] = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2, 10),
    "searchListingsItems": (5, 5),
    "getListingsItem": (5, 10),
    "patchListingsItem": (5, 5),
    "createFeedDocument": (0.5, 15),
    "createFeed": (0.0083, 15),
    "getFeed": (2, 15),
    "getFeeds": (0.0222, 10),
    "getFeedDocument": (0.0222, 10),
    "getInventorySummaries": (2, 2),
    "createReport": (0.0167, 15),
    "getReports": (0.0222, 10),
    "getReportDocument": (0.0167, 15),
    "getMarketplaceParticipations": (0.016, 15),
    "createRestrictedDataToken": (1, 10),
}
ROLE_OF = {
    "searchOrders": "orders", "getOrder": "orders", "confirmShipment": "orders",
    "searchListingsItems": "listings", "getListingsItem": "listings", "patchListingsItem": "listings",
    "createRestrictedDataToken": "personal", "getInventorySummaries": "fba",
    "createReport": "reports", "getReports": "reports", "getReportDocument": "reports",
}  # fmt: skip
SLACK = 1e-6


def made_up(seed: str, parts: int = 4) -> str:
    """Looks like a credential, is the same on every start, and opens nothing but this sandbox."""
    return "".join(f"{zlib.crc32(f'{seed}/{part}'.encode()):08x}" for part in range(parts))


class Refused(Exception):
    """A token request that is turned down, in the words of RFC 6749."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


@dataclass
class _Tokens:
    """What is left of one operation's plan."""

    left: float
    at: datetime


@dataclass
class Access:
    """One application that one seller has authorised. `roles` are what the application was given."""

    name: str
    clock: Callable[[], datetime]
    revoked: Callable[[], bool]
    roles: set[str]
    plans: dict[str, tuple[float, int]] = field(default_factory=lambda: dict(PLANS))
    _issued: dict[str, datetime] = field(default_factory=dict)
    _spent: dict[str, _Tokens] = field(default_factory=dict)
    _restricted: dict[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return f"amzn1.application-oa2-client.{made_up(f'{self.name}/id')}"

    @property
    def client_secret(self) -> str:
        return f"amzn1.oa2-cs.v1.{made_up(f'{self.name}/secret', 8)}"

    @property
    def refresh_token(self) -> str:
        return f"Atzr|{made_up(f'{self.name}/refresh', 12)}"

    @property
    def seller_id(self) -> str:
        return f"A{made_up(f'{self.name}/seller', 2)[:13].upper()}"

    def token(self, form: dict[str, str]) -> dict[str, object]:
        """The grant `refresh_token`: an hour of access."""
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            raise Refused(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") != "refresh_token":
            raise Refused(400, "unsupported_grant_type", "The authorization grant type is not supported")
        if self.revoked() or form.get("refresh_token") != self.refresh_token:
            raise Refused(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token")
        token = f"Atza|{secrets.token_urlsafe(32)}"
        self._issued[token] = self.clock() + LIVES
        seconds = int(LIVES.total_seconds())
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": seconds,
            "refresh_token": self.refresh_token,
        }

    def restrict(self, path: str) -> str:
        """A token that opens this path alone, also where it names buyers."""
        token = f"Atz.sprdt|{secrets.token_urlsafe(32)}"
        self._restricted[token], self._issued[token] = path, self.clock() + LIVES
        return token

    def opens(self, token: str, path: str) -> bool:
        """Whether it is a restricted token made for this path."""
        return self._restricted.get(token) == path

    def admit(self, token: str, operation: str) -> float:
        """The operation's rate. Raises ApiError for a token that has ended, a missing role, or an empty bucket."""
        until = self._issued.get(token)
        if self.revoked() or until is None or until <= self.clock():
            details = "The access token you provided has expired." if until else "The access token is not valid."
            raise ApiError(403, "Unauthorized", "Access to requested resource is denied.", details)
        if ROLE_OF.get(operation, "") not in {"", *self.roles}:
            raise ApiError(403, "Unauthorized", "Access to requested resource is denied.")
        rate, burst = self.plans[operation]
        now = self.clock()
        held = self._spent.setdefault(operation, _Tokens(burst, now))
        held.left = min(burst, held.left + (now - held.at).total_seconds() * rate)
        held.at = now
        if held.left < 1 - SLACK:
            raise ApiError(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
        held.left -= 1
        return rate
