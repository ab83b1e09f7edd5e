"""Secrets at rest: a key ring file whose first key seals and whose other keys still open."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shared.contracts.errors import Misconfigured


def new_key() -> str:
    """A fresh key for the ring."""
    return Fernet.generate_key().decode()


class KeyRing:
    """One key per line, newest first. A sealed blob is bound to its connection and platform."""

    def __init__(self, keys: list[str]) -> None:
        if not keys:
            raise Misconfigured("The key ring is empty", code="key_ring_missing")
        self._ring = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def read(cls, path: Path | None) -> "KeyRing":
        """Reads the ring's file. Raises Misconfigured when there is none."""
        if path is None or not path.is_file():
            raise Misconfigured(f"There is no key ring at {path}", code="key_ring_missing")
        return cls([line.strip() for line in path.read_text().splitlines() if line.strip()])

    def seal(self, secrets: dict[str, Any], connection: UUID, platform: str) -> str:
        body = {"connection": str(connection), "platform": platform, "secrets": secrets}
        return self._ring.encrypt(json.dumps(body).encode()).decode()

    def open(self, sealed: str, connection: UUID, platform: str) -> dict[str, Any]:
        """Raises Misconfigured when no key of the ring fits or the blob belongs to another connection."""
        try:
            body = json.loads(self._ring.decrypt(sealed.encode()))
        except InvalidToken:
            raise Misconfigured("No key of the ring opens these credentials", code="key_ring_mismatch") from None
        if (body["connection"], body["platform"]) != (str(connection), platform):
            raise Misconfigured("These credentials belong to another connection", code="key_ring_mismatch")
        secrets: dict[str, Any] = body["secrets"]
        return secrets

    def reseal(self, sealed: str) -> str:
        """The same secrets under the newest key: rotation."""
        return self._ring.rotate(sealed.encode()).decode()
