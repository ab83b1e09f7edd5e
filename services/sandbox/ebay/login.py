"""Consent by a code and the app's RuName, access tokens of two hours, a refresh token that stays the same."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from services.sandbox.ebay.errors import ApiError

ACCESS_LIVES = timedelta(seconds=7200)
REFRESH_SECONDS = 47_304_000
CODE_LIVES = timedelta(minutes=5)
PREFIX = "https://api.ebay.com/oauth/api_scope"
SELLER = (
    f"{PREFIX}/sell.fulfillment",
    f"{PREFIX}/sell.inventory",
    f"{PREFIX}/sell.finances",
    f"{PREFIX}/sell.account.readonly",
    f"{PREFIX}/commerce.notification.subscription",
)


@dataclass
class Login:
    """One app and one seller. `consented` are the scopes the seller agreed to."""

    name: str
    clock: Callable[[], datetime]
    revoked: Callable[[], bool]
    consented: tuple[str, ...] = SELLER
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    tokens: dict[str, tuple[frozenset[str], datetime]] = field(default_factory=dict)
    granted: int = 0

    def __post_init__(self) -> None:
        self.client_id = f"Kramladen-{self._made('app')[:8]}"
        self.client_secret = f"PRD-{self._made('cert')[:32]}"
        self.ru_name = f"Kramladen-Kramlade-{self._made('ru')[:8]}"
        self.refresh_token = f"v^1.1#i^1#r^1#f^0#{self._made('refresh')}"

    def _made(self, what: str) -> str:
        return hashlib.sha256(f"{self.name} {what}".encode()).hexdigest()

    def admit(self, request: Request, *scopes: str, scheme: str = "Bearer") -> None:
        """Raises ApiError for a token that is unknown, has ended, or does not reach so far."""
        word, _, token = request.headers.get("authorization", "").partition(" ")
        held, until = self.tokens.get(token, (frozenset(), self.clock()))
        if self.revoked() or word != scheme or until <= self.clock():
            raise ApiError(401, 1001, "OAuth", "Invalid access token")
        if scopes and not held.intersection(scopes):
            raise ApiError(403, 1100, "ACCESS", "Access denied: insufficient permissions to fulfill the request.")

    def decide(self, asked: dict[str, str], *, agreed: bool) -> str | None:
        """Where the seller's browser goes; None where the app or its RuName is not known."""
        if asked.get("client_id") != self.client_id or asked.get("redirect_uri") != self.ru_name:
            return None
        answer = {"state": asked.get("state", "")}
        if not agreed or asked.get("response_type") != "code":
            return f"?{urlencode(answer | {'error': 'access_denied'})}"
        code = f"v^1.1#i^1#f^0#{secrets.token_hex(16)}"
        self.codes[code] = (asked.get("scope", ""), self.clock() + CODE_LIVES)
        return f"?{urlencode(answer | {'code': code, 'expires_in': '299'})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body for a caller who has proved to be the app."""
        match form.get("grant_type"):
            case "client_credentials":
                return 200, self._access(frozenset({PREFIX}), "Application Access Token")
            case "refresh_token":
                return self._refreshed(form)
            case "authorization_code":
                return self._exchanged(form)
        return 400, {"error": "unsupported_grant_type", "error_description": "grant type in request is not supported"}

    def _refreshed(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.revoked() or form.get("refresh_token") != self.refresh_token:
            said = "the provided authorization refresh token is invalid or was issued to another client"
            return 400, {"error": "invalid_grant", "error_description": said}
        asked = frozenset(form.get("scope", "").split()) or frozenset(self.consented)
        if not asked <= frozenset(self.consented):
            said = "The requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client"
            return 400, {"error": "invalid_scope", "error_description": said}
        return 200, self._access(asked, "User Access Token")

    def _exchanged(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        scope, until = self.codes.pop(form.get("code", ""), ("", self.clock()))
        if until <= self.clock() or form.get("redirect_uri") != self.ru_name:
            said = "the provided authorization grant code is invalid or was issued to another client"
            return 400, {"error": "invalid_grant", "error_description": said}
        lasting = {"refresh_token": self.refresh_token, "refresh_token_expires_in": REFRESH_SECONDS}
        return 200, self._access(frozenset(scope.split()), "User Access Token") | lasting

    def _access(self, scopes: frozenset[str], kind: str) -> dict[str, Any]:
        token = f"v^1.1#i^1#p^3#{secrets.token_hex(24)}"
        self.tokens[token] = (scopes, self.clock() + ACCESS_LIVES)
        self.granted += 1
        return {"access_token": token, "expires_in": int(ACCESS_LIVES.total_seconds()), "token_type": kind}

    def knows(self, authorization: str) -> bool:
        """Whether a caller is the app, by HTTP Basic."""
        scheme, _, given = authorization.partition(" ")
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        right = hmac.compare_digest(password.encode(), self.client_secret.encode())
        return scheme == "Basic" and user == self.client_id and right


def login(door: Login) -> APIRouter:
    router = APIRouter()

    @router.get("/oauth2/authorize")
    async def ask(request: Request) -> Response:
        """The seller's page; `decision` stands for the button he presses there."""
        asked = dict(request.query_params)
        where = door.decide(asked, agreed=asked.get("decision", "allow") == "allow")
        if where is None:
            return JSONResponse({"error": "unauthorized_client"}, 400)
        return RedirectResponse(where, 302)

    @router.post("/identity/v1/oauth2/token")
    async def token(request: Request) -> Response:
        if not door.knows(request.headers.get("authorization", "")):
            said = "client authentication failed"
            return JSONResponse({"error": "invalid_client", "error_description": said}, 401)
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        status, body = door.token(form)
        return JSONResponse(body, status)

    return router
