"""Who is asking: HTTP Digest with the API key as password, or HTTP Basic where the shop is new enough for it."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime

from fastapi import Request

from services.sandbox.shopware5.errors import ApiError
from services.sandbox.shopware5.values import digest

REALM = "Shopware REST-API"
NONCE_SECONDS = 300
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


class Access:
    """One user with API access. `basic` shops (from 5.3.2 on) take both schemes, older ones digest only."""

    def __init__(self, name: str, clock: Callable[[], datetime], revoked: Callable[[], bool], *, basic: bool) -> None:
        self.user = "schnittstelle"
        self.api_key = hashlib.sha256(f"{name} api key".encode()).hexdigest()[:40]
        self._clock, self._revoked, self._basic = clock, revoked, basic

    def admit(self, request: Request) -> None:
        """Raises ApiError for a call that is not the user's, with a challenge to prove it."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic" and self._basic:
            proven = self._is_basic(given)
        else:
            proven = scheme.lower() == "digest" and self._is_digest(request, given)
        if self._revoked() or not proven:
            raise ApiError(401, "Invalid or missing auth", code=False, challenge=self._challenge(request))

    def _challenge(self, request: Request) -> str:
        told = f'realm="{REALM}", nonce="{self._nonce(request)}", opaque="{digest(REALM)}"'
        return f'Digest {told}, algorithm="MD5", qop="auth"'

    def _nonce(self, request: Request) -> str:
        """The same for a while and for one kind of caller; an old one is no longer taken."""
        period = int(self._clock().timestamp()) // NONCE_SECONDS
        return digest(period, request.headers.get("user-agent", ""), self.api_key)

    def _is_basic(self, given: str) -> bool:
        expected = base64.b64encode(f"{self.user}:{self.api_key}".encode()).decode()
        return hmac.compare_digest(given, expected)

    def _is_digest(self, request: Request, given: str) -> bool:
        told = {name: quoted or bare for name, quoted, bare in _FIELD.findall(given)}
        if told.get("nonce") != self._nonce(request) or told.get("opaque") != digest(REALM):
            return False
        if told.get("username") != self.user or told.get("realm") != REALM or told.get("qop") != "auth":
            return False
        if told.get("uri") != _called(request) or not re.fullmatch("[0-9a-f]{8}", told.get("nc", "")):
            return False
        who = digest(self.user, REALM, self.api_key)
        what = digest(request.method, told["uri"])
        expected = digest(who, told["nonce"], told["nc"], told.get("cnonce", ""), "auth", what)
        return hmac.compare_digest(told.get("response", ""), expected)


def _called(request: Request) -> str:
    """Path and query, byte for byte as they were called."""
    scope = request.scope
    path = (scope.get("raw_path") or str(scope["path"]).encode()).decode()
    query = scope["query_string"].decode()
    return f"{path}?{query}" if query else path
