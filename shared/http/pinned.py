"""Connections that go to judged addresses only: the name is resolved once, and nothing below resolves it again."""

import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import httpcore2
import httpx2

ADDRESSES_TRIED = 4

Addresses = Callable[[str, int], Awaitable[Sequence[str]]]


class PinnedTransport(httpx2.AsyncHTTPTransport):
    """A pool of its own. `addresses` resolves and judges a host; `tls` still sees the name. Knows no proxy."""

    def __init__(self, addresses: Addresses, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        # httpx2 offers no argument for the network backend, httpcore2 does; the pool the parent made was never used.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Network(addresses),
        )


class _Network(httpcore2.AsyncNetworkBackend):
    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            found = (await self._addresses(host, port))[:ADDRESSES_TRIED]
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"The name {host} is not known.") from error
        share = None if timeout is None else timeout / max(1, len(found))
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout = httpcore2.ConnectError(f"{host} has no address.")
        for address in found:
            try:
                return _Stream(await self._network.connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class _Stream(httpcore2.AsyncNetworkStream):
    """Closes the socket when a handshake is given up from outside; httpcore2 2.16 leaves it open."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
