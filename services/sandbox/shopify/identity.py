"""Global ids as this platform writes them: `gid://shopify/Order/5123456789012`."""

import zlib
from datetime import UTC, datetime

PREFIX = "gid://shopify/"


def gid(kind: str, number: int) -> str:
    return f"{PREFIX}{kind}/{number}"


def number_of(identifier: str) -> int:
    """The numeric part, as webhook bodies show it. Raises ValueError for anything that is not a global id."""
    return int(identifier.rsplit("/", 1)[1].split("?")[0]) if identifier.startswith(PREFIX) else int(identifier)


def kind_of(identifier: str) -> str:
    """The type's name in a global id, or an empty word."""
    return identifier[len(PREFIX) :].split("/", 1)[0] if identifier.startswith(PREFIX) else ""


class Numbers:
    """Running numbers of one shop. They start at a point of the shop's own, so two shops never share an id."""

    def __init__(self, shop: str) -> None:
        self._next = 5_000_000_000_000 + zlib.crc32(shop.encode()) % 1_000 * 4_000_000_000

    def take(self, count: int = 1) -> int:
        """Reserves `count` numbers in a row and answers the first."""
        first = self._next
        self._next += count
        return first

    def gid(self, kind: str) -> str:
        return gid(kind, self.take())


def stamp(at: datetime) -> str:
    """A time as the API writes it: whole seconds, UTC, `Z`. Such words sort like the times they stand for."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """A time as a client writes it; without a zone it is read as UTC. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
