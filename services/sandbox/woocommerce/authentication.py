"""Who is asking: WooCommerce's API keys over TLS, or OAuth 1.0a signatures over plain http.

Follows WooCommerce's own class: Basic and query keys are not even looked at without TLS; an unknown key over TLS is a
stranger (`woocommerce_rest_cannot_view`), a known key with a wrong secret is an error of its own.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from fastapi import Request

from services.sandbox.woocommerce.catalogue import digest
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.parameters import php_query

WINDOW = 15 * 60
_OAUTH = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
_READS = ("GET", "HEAD", "OPTIONS")
_HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
_STRANGER = {
    "view": ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
    "view one": ("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource."),
    "create": ("woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources."),
    "edit": ("woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource."),
    "delete": ("woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource."),
    "batch": ("woocommerce_rest_cannot_batch", "Sorry, you are not allowed to batch manipulate this resource."),
}


@dataclass
class ApiKey:
    """A key pair of the shop. Nonces seen lately, with their time."""

    consumer_key: str
    consumer_secret: str
    permissions: Literal["read", "read_write"]
    nonces: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_shop(cls, shop: str, permissions: Literal["read", "read_write"]) -> "ApiKey":
        """The same pair on every run, different for every shop."""
        name = digest(shop, permissions)
        return cls(f"ck_{name}", f"cs_{digest(name, 'secret')}", permissions)


def is_ssl(request: Request) -> bool:
    """TLS reached the shop itself, or a proxy says it ended it."""
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"


def _refused(message: str, code: str = "woocommerce_rest_authentication_error") -> RestError:
    return RestError(code, message, 401)


class Authentication:
    """The door of one shop. `revoked` answers whether a fault has taken all keys away at the moment."""

    def __init__(self, keys: list[ApiKey], clock: Callable[[], datetime], revoked: Callable[[str], bool]) -> None:
        self._keys = keys
        self._clock = clock
        self._revoked = revoked

    def admit(self, request: Request) -> ApiKey:
        """The key behind a request, or RestError as WooCommerce words it."""
        key = None if self._revoked(request.url.path) else self._identify(request)
        if key is None:
            raise self.stranger(request)
        if request.method not in _READS and key.permissions == "read":
            raise _refused("The API key provided does not have write permissions.")
        return key

    @staticmethod
    def stranger(request: Request) -> RestError:
        """What somebody without a valid key is told, by what he tried to do."""
        path = request.url.path.rstrip("/")
        action = {"PUT": "edit", "PATCH": "edit", "DELETE": "delete", "POST": "create"}.get(request.method, "view")
        if path.endswith("/batch"):
            action = "batch"
        elif path.rsplit("/", 1)[-1].isdigit():
            action = {"view": "view one", "create": "edit"}.get(action, action)
        return RestError(*_STRANGER[action], 401)

    def _identify(self, request: Request) -> ApiKey | None:
        if is_ssl(request) and (key := self._by_secret(request)):
            return key
        return self._by_signature(request)

    def _find(self, consumer_key: str) -> ApiKey | None:
        return next((key for key in self._keys if key.consumer_key == consumer_key), None)

    def _by_secret(self, request: Request) -> ApiKey | None:
        name, secret = request.query_params.get("consumer_key", ""), request.query_params.get("consumer_secret", "")
        header = request.headers.get("authorization", "")
        if not (name and secret) and header.startswith("Basic "):
            try:
                name, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
            except ValueError:
                return None
        key = self._find(name)
        if key is None or not secret:
            return None
        if not hmac.compare_digest(key.consumer_secret, secret):
            raise _refused("Consumer secret is invalid.")
        return key

    def _by_signature(self, request: Request) -> ApiKey | None:
        pairs = php_query(request.scope["query_string"])
        given = dict(pairs)
        missing = [name for name in _OAUTH if not given.get(name)]
        if len(missing) == len(_OAUTH):
            return None
        if missing:
            words = "Missing OAuth parameter" + ("s" if len(missing) > 1 else "")
            raise _refused(f"{words} {', '.join(missing)}", "woocommerce_rest_authentication_missing_parameter")
        key = self._find(given["oauth_consumer_key"])
        if key is None:
            raise _refused("Consumer key is invalid.")
        method = _HASHES.get(given["oauth_signature_method"])
        if method is None:
            raise _refused("Invalid signature - signature method is invalid.")
        signed = base64.b64encode(
            hmac.digest(f"{key.consumer_secret}&".encode(), _base(request, pairs), method)
        ).decode()
        if not hmac.compare_digest(signed, given["oauth_signature"].replace(" ", "+")):
            raise _refused("Invalid signature - provided signature does not match.")
        self._check_freshness(key, given["oauth_timestamp"], given["oauth_nonce"])
        return key

    def _check_freshness(self, key: ApiKey, timestamp: str, nonce: str) -> None:
        now = int(self._clock().timestamp())
        if not timestamp.isdigit() or abs(now - int(timestamp)) > WINDOW:
            raise _refused("Invalid timestamp.")
        if key.nonces.get(nonce, 0) >= now - WINDOW:
            raise _refused("Invalid nonce - nonce has already been used.")
        key.nonces[nonce] = int(timestamp)
        if len(key.nonces) > 5000:
            key.nonces = {seen: at for seen, at in key.nonces.items() if at >= now - WINDOW}


def _base(request: Request, pairs: list[tuple[str, str]]) -> bytes:
    """The signature base string of RFC 5849, with the address as the shop itself would write it."""
    path = request.scope.get("raw_path", request.url.path.encode()).decode().partition("?")[0]
    scheme = "https" if is_ssl(request) else "http"
    address = f"{scheme}://{request.headers.get('host', '')}{path}"
    signed = sorted((name, value) for name, value in pairs if name != "oauth_signature")
    query = "%26".join(quote(f"{quote(name, safe='~')}={quote(value, safe='~')}", safe="~") for name, value in signed)
    return f"{request.method}&{quote(address, safe='~')}&{query}".encode()
