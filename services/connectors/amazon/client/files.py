"""Files of feeds: behind signed addresses of another host, which are open for five minutes and want no token."""

from typing import Any
from urllib.parse import urlsplit

from services.connectors.amazon.client.answers import unpacked
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Transient
from shared.http.client import ShopClient


class Files:
    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._doors: dict[str, ShopClient] = {}

    async def upload(self, url: str, content: bytes, content_type: str) -> None:
        """With exactly the content type that was announced, which is part of the signature."""
        door, path = self._door(url)
        await door.request("PUT", path, content=content, headers={"Content-Type": content_type})

    async def download(self, told: dict[str, Any]) -> bytes:
        door, path = self._door(str(told.get("url", "")))
        reply = await door.request("GET", path, headers={"Accept": "*/*"})
        return unpacked(reply.body, str(told.get("compressionAlgorithm") or ""))

    def _door(self, url: str) -> tuple[ShopClient, str]:
        parts = urlsplit(url)
        if not parts.netloc:
            raise Transient("A file was announced without an address.", code="not_json")
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._doors:
            self._doors[origin] = self._outside.shop(origin)
        return self._doors[origin], f"{parts.path}?{parts.query}"
