"""Webhooks to the outside: signed, answered within seconds, and never into our own network."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.http.client import ShopClient
from shared.http.guard import Guard
from shared.http.limits import Bucket, Limit
from shared.http.reply import Reply
from shared.http.signing import webhook_signature

# What the guard says about a shop's address, said about a receiver's.
_ADDRESS_CODES = {"https_required": "webhook_address_plain", "address_forbidden": "webhook_address_private"}


class WebhookSender:
    """Calls receivers' addresses. `allow_hosts` are those that may be plain http or in a private network."""

    def __init__(self, allow_hosts: Iterable[str], *, timeout: float = 5.0) -> None:
        self._guard = Guard(frozenset(allow_hosts))
        self._timeout = timeout

    def check(self, address: str) -> None:
        """Judges an address by its text. Raises Misconfigured(field="address")."""
        try:
            self._guard.check_url(address)
        except Misconfigured as error:
            code = _ADDRESS_CODES.get(error.code, "webhook_address_invalid")
            raise Misconfigured(error.detail, code=code, field="address") from None

    async def send(self, address: str, body: bytes, *, secret: str, at: datetime) -> None:
        """One signed POST. Raises Transient, in a few words without the address, when it was not answered with 2xx."""
        failure: Transient
        try:
            self.check(address)
            origin, path = _split(address)
            client = ShopClient(
                origin,
                bucket=Bucket(Limit(rate=10, burst=1)),
                guard=self._guard,
                timeout=self._timeout,
                max_bytes=65_536,
                attempts=1,
                explain=_only_good,
            )
            try:
                signed = {
                    "Content-Type": "application/json",
                    "Kontor-Signature": webhook_signature(secret, body, int(at.timestamp())),
                }
                await client.request("POST", path, content=body, headers=signed, repeatable=True)
            finally:
                await client.close()
            return
        except KontorError as error:
            failure = Transient(error.params.get("status") or error.code)
        raise failure


def _split(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _only_good(reply: Reply) -> KontorError | None:
    if 200 <= reply.status < 300:
        return None
    return Rejected("The receiver did not take the message", status=f"status {reply.status}")
