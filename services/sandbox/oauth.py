"""A platform's login in its plainest form: OAuth 2.0 with authorisation code (RFC 6749, 4.1) and PKCE (RFC 7636).

It knows one app and one account, and is as strict as the originals: the return address must be registered, a code lives
a minute and works once, and a code that comes back a second time also ends what it was exchanged for.
"""

import base64
import binascii
import hashlib
import hmac
import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

CODE_LIVES = timedelta(seconds=60)
ACCESS_LIVES = timedelta(hours=1)
REFRESH_LIVES = timedelta(days=90)
SCOPES = ("orders.read", "stock.write")


@dataclass
class Code:
    """What a code was given out for. `grant` is the refresh token that it was exchanged for."""

    redirect_uri: str
    challenge: str
    scope: str
    expires_at: datetime
    grant: str = ""


@dataclass
class AuthorisationServer:
    """One app at one platform. `redirect_uris` are the return addresses registered for it."""

    clock: Callable[[], datetime]
    client_id: str = "app-of-the-merchant"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    redirect_uris: set[str] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    access_tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def refusal(self, asked: dict[str, str]) -> str:
        """Why the owner is not even asked: nothing is sent to an address that is not the app's own."""
        if asked.get("client_id") != self.client_id:
            return "This app is not known."
        return "" if asked.get("redirect_uri") in self.redirect_uris else "This return address is not registered."

    def decide(self, asked: dict[str, str], *, agreed: bool) -> str:
        """Where the owner's browser goes next."""
        answer: dict[str, str] = {"state": asked.get("state", "")}
        if not agreed:
            answer |= {"error": "access_denied", "error_description": "The owner refused."}
        elif asked.get("response_type") != "code":
            answer |= {"error": "unsupported_response_type"}
        elif asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            answer |= {"error": "invalid_request", "error_description": "PKCE with S256 is required."}
        elif not set(asked.get("scope", "").split()) <= set(SCOPES):
            answer |= {"error": "invalid_scope", "error_description": "A scope is not known."}
        else:
            code = secrets.token_urlsafe(24)
            until = self.clock() + CODE_LIVES
            self.codes[code] = Code(asked["redirect_uri"], asked["code_challenge"], asked.get("scope", ""), until)
            answer["code"] = code
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """HTTP status and body of the token endpoint, for a caller who has proved to be the app."""
        if form.get("grant_type") == "refresh_token":
            scope, until = self.refresh_tokens.get(form.get("refresh_token", ""), ("", self.clock()))
            if until <= self.clock():
                return _refused("The refresh token is unknown or has ended.")
            return 200, self._access(scope)
        if form.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        code = self.codes.get(form.get("code", ""))
        if code is None:
            return _refused("The code is unknown.")
        if code.grant:
            self.refresh_tokens.pop(code.grant, None)
            return _refused("The code was used already.")
        if code.expires_at <= self.clock():
            return _refused("The code has expired.")
        if form.get("redirect_uri") != code.redirect_uri or not _proves(form.get("code_verifier", ""), code.challenge):
            return _refused("Return address or verifier do not belong to this code.")
        code.grant = secrets.token_urlsafe(32)
        self.refresh_tokens[code.grant] = (code.scope, self.clock() + REFRESH_LIVES)
        lasting = {"refresh_token": code.grant, "refresh_token_expires_in": int(REFRESH_LIVES.total_seconds())}
        return 200, self._access(code.scope) | lasting

    def knows(self, authorization: str) -> bool:
        """Whether a caller is the app, by HTTP Basic."""
        scheme, _, given = authorization.partition(" ")
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        right = hmac.compare_digest(password.encode(), self.client_secret.encode())
        return scheme.lower() == "basic" and user == self.client_id and right

    def scope_of(self, authorization: str) -> str | None:
        """What a bearer may do; None for one whose token is unknown or has ended."""
        scope, until = self.access_tokens.get(authorization.removeprefix("Bearer "), ("", self.clock()))
        return scope if until > self.clock() else None

    def _access(self, scope: str) -> dict[str, Any]:
        token = secrets.token_urlsafe(32)
        self.access_tokens[token] = (scope, self.clock() + ACCESS_LIVES)
        seconds = int(ACCESS_LIVES.total_seconds())
        return {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scope}


def oauth(server: AuthorisationServer) -> APIRouter:
    """The router for `/oauth`: the owner's page, the token endpoint, and an account that only a token opens."""
    router = APIRouter(prefix="/oauth")

    @router.get("/authorize")
    async def ask(request: Request) -> Response:
        asked = dict(request.query_params)
        if why := server.refusal(asked):
            return HTMLResponse(f"<!DOCTYPE html><p>{why}</p>", 400)
        kept = "".join(
            f'<input type=hidden name="{html.escape(n)}" value="{html.escape(v)}">' for n, v in asked.items()
        )
        buttons = "<button name=decision value=allow>Agree</button><button name=decision value=deny>Refuse</button>"
        return HTMLResponse(f"<!DOCTYPE html><form method=post>{kept}{buttons}</form>")

    @router.post("/authorize")
    async def decided(request: Request) -> Response:
        asked = await _form(request)
        if why := server.refusal(asked):
            return HTMLResponse(f"<!DOCTYPE html><p>{why}</p>", 400)
        return RedirectResponse(server.decide(asked, agreed=asked.get("decision") == "allow"), 303)

    @router.post("/token")
    async def token(request: Request) -> Response:
        if not server.knows(request.headers.get("authorization", "")):
            return JSONResponse({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"})
        status, body = server.token(await _form(request))
        return JSONResponse(body, status, {"Cache-Control": "no-store"})

    @router.get("/account")
    async def account(request: Request) -> Response:
        scope = server.scope_of(request.headers.get("authorization", ""))
        if scope is None:
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": "Bearer"})
        return JSONResponse({"name": "Kramladen", "scopes": scope.split()})

    return router


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _proves(verifier: str, challenge: str) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())


def _refused(said: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": "invalid_grant", "error_description": said}
