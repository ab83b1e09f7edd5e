"""Who is asking: the key pair, the signature over four lines, five minutes of difference, 111 calls a second."""

import base64
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from fastapi import Request

from services.sandbox.kaufland.errors import ApiError

MOST_DIFFERENCE = 300
MOST_A_SECOND = 111


def signed(secret: str, method: str, uri: str, body: bytes, at: str) -> bytes:
    """The key is the text of the secret, not the bytes it seems to spell."""
    return hmac.new(secret.encode(), f"{method}\n{uri}\n".encode() + body + f"\n{at}".encode(), hashlib.sha256).digest()


class Access:
    """One seller's keys. `form` is how signatures are written: hex as in the code samples, base64 as in the prose."""

    def __init__(self, name: str, clock: Callable[[], datetime], revoked: Callable[[], bool], form: str) -> None:
        self.client_key = hashlib.sha256(f"{name} client".encode()).hexdigest()[:32]
        self.secret_key = hashlib.sha256(f"{name} secret".encode()).hexdigest()
        self.partner_key = hashlib.sha256(f"{name} partner".encode()).hexdigest()[:32]
        self.partner_secret = hashlib.sha256(f"{name} partner secret".encode()).hexdigest()
        self.form = form
        self._clock, self._revoked = clock, revoked
        self._calls: deque[datetime] = deque()

    def written(self, digest: bytes) -> str:
        return digest.hex() if self.form == "hex" else base64.b64encode(digest).decode()

    async def admit(self, request: Request) -> None:
        """Raises ApiError for a call that is not the seller's, is too old, or is one too many."""
        headers, body = request.headers, await request.body()
        at = headers.get("shop-timestamp", "")
        for name in ("shop-client-key", "shop-timestamp", "shop-signature", "user-agent"):
            if not headers.get(name):
                raise _refused("missing-or-invalid-request-header", f"The header {name} is missing.")
        # The wall's clock, not the sandbox's: the caller does not know of days that were skipped here.
        if not at.isdecimal() or abs(int(at) - time.time()) > MOST_DIFFERENCE:
            raise _refused("missing-or-invalid-request-header", "Shop-Timestamp is out of range.")
        if body and "application/json" not in headers.get("content-type", ""):
            raise _refused("missing-or-invalid-request-header", "Content-Type must be application/json.")
        if self._revoked() or headers["shop-client-key"] != self.client_key:
            raise _refused("invalid-credentials", "The client key is not known.")
        self._check(request, body, at, self.secret_key, headers["shop-signature"])
        if partner := headers.get("shop-partner-client-key"):
            if partner != self.partner_key:
                raise _refused("invalid-credentials", "The partner's client key is not known.")
            self._check(request, body, at, self.partner_secret, headers.get("shop-partner-signature", ""))
        self._count()

    def _check(self, request: Request, body: bytes, at: str, secret: str, given: str) -> None:
        expected = self.written(signed(secret, request.method, _address(request), body, at))
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise _refused("corrupted-signature", "The signature does not match.")

    def _count(self) -> None:
        now = self._clock()
        while self._calls and self._calls[0] <= now - timedelta(seconds=1):
            self._calls.popleft()
        if len(self._calls) >= MOST_A_SECOND:
            raise ApiError(429, "service-unavailable", "Too many requests.")
        self._calls.append(now)


def _address(request: Request) -> str:
    """The whole address exactly as it was called: scheme, host, path and query, byte for byte."""
    scope = request.scope
    path = scope.get("raw_path") or str(scope["path"]).encode()
    query = scope["query_string"]
    proto = request.headers.get("x-forwarded-proto") or scope["scheme"]
    return f"{proto}://{request.headers.get('host', '')}{path.decode()}{'?' + query.decode() if query else ''}"


def _refused(kind: str, message: str) -> ApiError:
    return ApiError(401, kind, message)
