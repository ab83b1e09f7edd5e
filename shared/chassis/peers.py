"""Calls to our own services, with the service key."""

from typing import Any

from shared.chassis.problems import not_found
from shared.chassis.settings import Settings
from shared.contracts.errors import Rejected, Transient
from shared.http.client import ShopClient
from shared.http.guard import Guard
from shared.http.limits import Bucket, Limit


class Peers:
    """HTTP clients of the neighbour services, one per address, opened at first use."""

    def __init__(self, settings: Settings, *, transport: Any = None) -> None:
        self._settings = settings
        self._transport = transport
        self._clients: dict[str, ShopClient] = {}

    async def get(self, base_url: str, path: str, **params: Any) -> Any:
        """The JSON answer of a GET. Raises Transient(peer_unreachable) when the neighbour does not answer."""
        return await self.call("GET", base_url, path, params={k: v for k, v in params.items() if v is not None})

    async def post(self, base_url: str, path: str, body: Any) -> Any:
        return await self.call("POST", base_url, path, json=body)

    async def call(self, method: str, base_url: str, path: str, **how: Any) -> Any:
        """Any method; a repeated call must be harmless at the neighbour, so all are retried.

        What the neighbour does not have is a 404 problem here, too.
        """
        try:
            reply = await self._client(base_url).request(method, path, repeatable=True, **how)
        except Rejected as error:
            raise (not_found(path) if error.code == "not_found" else error) from error
        except Transient as error:
            raise Transient(f"{base_url} does not answer: {error.detail}", code="peer_unreachable") from error
        return reply.json() if reply.body else None

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def _client(self, base_url: str) -> ShopClient:
        if base_url not in self._clients:
            self._clients[base_url] = ShopClient(
                base_url,
                headers={"Authorization": f"Bearer {self._settings.service_key.get_secret_value()}"},
                bucket=Bucket(Limit(rate=1000, burst=1000, concurrency=32)),
                guard=Guard(allow=frozenset({_host(base_url)})),
                attempts=3,
                transport=self._transport,
            )
        return self._clients[base_url]


def _host(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0]
