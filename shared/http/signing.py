"""How a call proves who makes it: the standard schemes, as values a client is given."""

import hmac
from collections.abc import Callable, Generator, Mapping
from hashlib import sha256
from typing import Any

import httpx2
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_QUERY, Client


def basic(user: str, password: str) -> httpx2.Auth:
    """HTTP Basic, for connections under TLS."""
    return httpx2.BasicAuth(user, password)


def digest(user: str, password: str) -> httpx2.Auth:
    """HTTP Digest (RFC 7616): the password never travels. The first call is asked again with the shop's challenge, and
    so is one that comes when a challenge has ended."""
    return httpx2.DigestAuth(user, password)


class OAuth1Query(httpx2.Auth):
    """OAuth 1.0a, one-legged, HMAC-SHA256, parameters in the query: for shops without TLS. The body is not signed.

    Every attempt gets a fresh nonce and timestamp, so a retry is never refused as a replay.
    """

    def __init__(self, key: str, secret: str) -> None:
        self._client = Client(
            key, client_secret=secret, signature_method=SIGNATURE_HMAC_SHA256, signature_type=SIGNATURE_TYPE_QUERY
        )

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        method: Any = request.method
        signed, _, _ = self._client.sign(str(request.url), http_method=method)
        request.url = httpx2.URL(signed)
        yield request


def oauth1(key: str, secret: str) -> httpx2.Auth:
    """OAuth 1.0a with the parameters in the query."""
    return OAuth1Query(key, secret)


class Signed(httpx2.Auth):
    """A platform's own scheme: headers made of the finished call, its method, full address and body.

    Every attempt asks anew, so a signature that holds the time is never an old one.
    """

    def __init__(self, headers: Callable[[str, str, bytes], Mapping[str, str]]) -> None:
        self._headers = headers

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers.update(dict(self._headers(request.method, str(request.url), request.content)))
        yield request


def signed(headers: Callable[[str, str, bytes], Mapping[str, str]]) -> httpx2.Auth:
    """Headers that `headers(method, address, body)` answers for each call."""
    return Signed(headers)


def webhook_signature(secret: str, body: bytes, at: int) -> str:
    """The header `Kontor-Signature` of a webhook of ours: `t=<unix seconds>,v1=<hex>`.

    A receiver verifies it by computing HMAC-SHA256 with his secret over `<t>.<raw body>`, comparing in constant time,
    and refusing a `t` that is more than five minutes away from his own clock.
    """
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={signed}"
