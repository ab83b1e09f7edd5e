"""No shop address may lead into our own network: judged by its text, and again by what it resolves to.

The name is resolved once per connection and the connection goes to exactly the address that was judged, so a name that
answers differently the second time (DNS rebinding) gains nothing. TLS and the Host header keep the name.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cache

import httpcore2
import httpx2

from shared.contracts.errors import Misconfigured
from shared.http.addresses import is_disguised, is_local_name, is_public, literal
from shared.http.pinned import PinnedTransport

PORTS = {"https": 443, "http": 80}
HOST_NAME = re.compile(r"[a-z0-9_.-]+")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """Every address the system's resolver knows for a name. Raises OSError or UnicodeError when it knows none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """`allow` holds what the operator vouches for, as "host" or "host:port": there http and private addresses are fine.

    `tls` replaces the system's trusted certificates, for an operator with an authority of their own.
    """

    def __init__(
        self,
        allow: Iterable[str] = frozenset(),
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow = frozenset(entry.strip().lower() for entry in allow)
        self._resolve = resolve
        self._tls = tls

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator vouches for this host and port."""
        return not self._allow.isdisjoint({host, f"[{host}]", f"{host}:{port}", f"[{host}]:{port}"})

    def check_url(self, url: str) -> None:
        """Judges an address by its text alone, without asking the network. Raises Misconfigured(field="url")."""
        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL:
            raise _invalid("The shop's address cannot be read. Enter it like https://www.example.com.") from None
        host = parsed.raw_host.decode("ascii")
        readable = HOST_NAME.fullmatch(host) or literal(host)
        if parsed.scheme not in PORTS or not readable or not 0 < (parsed.port or PORTS[parsed.scheme]) < 65536:
            raise _invalid("The shop's address must begin with https:// and a host name.")
        if parsed.userinfo:
            raise _invalid(
                "The shop's address must not contain a user name or password. Enter them in their own fields."
            )
        if self.allows(host, parsed.port or PORTS[parsed.scheme]):
            return
        if parsed.scheme != "https":
            raise Misconfigured(
                f"The address of {host} is not encrypted. Enter it with https://.",
                code="https_required",
                field="url",
                host=host,
            )
        self.check_host(host, parsed.port or PORTS[parsed.scheme])

    def check_host(self, host: str, port: int, field: str = "url") -> None:
        """Judges a host by its text alone, for whatever is spoken there. Raises Misconfigured for the `field` it was
        entered in."""
        if self.allows(host, port):
            return
        if not (HOST_NAME.fullmatch(host) or literal(host)) or is_disguised(host):
            raise _invalid("The shop's address is a number instead of a host name. Enter the name of the shop.", field)
        address = literal(host.rstrip("."))
        if is_local_name(host) or (address is not None and not is_public(address)):
            raise _forbidden(host, field)

    async def addresses(self, host: str, port: int, field: str = "url") -> list[str]:
        """Resolves a host; one forbidden address among the answers refuses it. Raises Misconfigured, OSError."""
        found = list(await self._resolve(host, port))
        if not self.allows(host, port) and not all(is_public(ipaddress.ip_address(address)) for address in found):
            raise _forbidden(host, field)
        return found

    def transport(self) -> httpx2.AsyncBaseTransport:
        """A transport of its own connection pool whose every connection passes this guard. Knows no proxy."""
        return PinnedTransport(self.addresses, self._tls or _system_trust())


@cache
def _system_trust() -> ssl.SSLContext:
    # Reading all trusted certificates takes tens of milliseconds, so once per process.
    return httpcore2.default_ssl_context()


def _invalid(sentence: str, field: str = "url") -> Misconfigured:
    return Misconfigured(sentence, code="address_invalid", field=field)


def _forbidden(host: str, field: str) -> Misconfigured:
    return Misconfigured(
        f"The address {host} leads into a private network, which Kontor does not call. "
        "Enter the shop's public address, or ask the operator to allow this host.",
        code="address_forbidden",
        field=field,
        host=host,
    )
