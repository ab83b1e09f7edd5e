"""What a client may use of the world: HTTP under this account's limits, and a sealed token cache."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import structlog

from shared.connector_kit.notes import MemoryNotes, Notes
from shared.contracts.errors import KontorError
from shared.http.client import ShopClient
from shared.http.guard import Guard
from shared.http.limits import Bucket
from shared.http.redaction import Exchange
from shared.http.reply import Reply
from shared.http.sftp import Server, SftpClient

log = structlog.get_logger(room="outside")
RENEW_BEFORE = timedelta(minutes=10)
_recorded: ContextVar[list[Exchange] | None] = ContextVar("recorded", default=None)


class TokenStore(Protocol):
    """Where access tokens are kept, sealed, so that replicas share one."""

    async def load(self) -> tuple[str, datetime] | None: ...

    async def save(self, token: str, expires_at: datetime) -> None: ...


@dataclass
class MemoryTokens:
    """Tokens of a client that lives only for one test of credentials."""

    held: tuple[str, datetime] | None = None

    async def load(self) -> tuple[str, datetime] | None:
        return self.held

    async def save(self, token: str, expires_at: datetime) -> None:
        self.held = (token, expires_at)


@dataclass
class Outside:
    """Given to a connector's client. `deadline` is how many seconds of the lease are left. `turns` hands out turns that
    all processes respect, by name."""

    bucket: Bucket
    guard: Guard
    tokens: TokenStore = field(default_factory=MemoryTokens)
    notes: Notes = field(default_factory=MemoryNotes)
    timeout: float = 25.0
    deadline: Callable[[], float] | None = None
    transport: Any = None
    connection: UUID | None = None
    turns: Callable[[str], AbstractAsyncContextManager[None]] = lambda name: nullcontext()
    _clients: list[ShopClient] = field(default_factory=list)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def shop(
        self,
        base_url: str,
        *,
        auth: Any = None,
        headers: Mapping[str, str] | None = None,
        explain: Callable[[Reply], KontorError | None] | None = None,
        alone: str = "",
    ) -> ShopClient:
        """An HTTP client of the shop at `base_url`, under this account's limits. `alone` names what takes one call at a
        time, whoever calls: no other client of that name, in any process, has a call under way meanwhile."""
        client = ShopClient(
            base_url,
            auth=auth,
            headers=headers or {},
            bucket=self.bucket,
            guard=self.guard,
            timeout=self.timeout,
            transport=self.transport,
            observe=_note,
            explain=explain,
            deadline=self.deadline,
            turn=partial(self.turns, alone) if alone else nullcontext,
        )
        self._clients.append(client)
        return client

    def files(self, server: Server, *, alone: str = "") -> SftpClient:
        """A shop's folders of files, under this account's limits."""
        return SftpClient(
            server,
            bucket=self.bucket,
            guard=self.guard,
            timeout=self.timeout,
            observe=_note,
            deadline=self.deadline,
            turn=partial(self.turns, alone) if alone else nullcontext,
        )

    async def token(
        self,
        fetch: Callable[[], Awaitable[tuple[str, datetime]]],
        *,
        refused: str = "",
        renew_before: timedelta = RENEW_BEFORE,
    ) -> str:
        """The access token, fetched when there is none or it ends within `renew_before`: less than it lives, or each
        call would fetch one. `refused` is a token the platform no longer takes: it is not handed out again."""
        async with self._renewing:
            held = await self.tokens.load()
            if held is not None and held[0] != refused and held[1] - renew_before > datetime.now(UTC):
                return held[0]
            token, expires_at = await fetch()
            await self.tokens.save(token, expires_at)
            return token

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


@contextmanager
def recorded() -> Iterator[list[Exchange]]:
    """The redacted calls made inside, by this task and those it starts, for the journal; the newest 50.

    What other tasks ask the shop meanwhile is no part of it: it may concern other people.
    """
    calls: list[Exchange] = []
    before = _recorded.set(calls)
    try:
        yield calls
    finally:
        _recorded.reset(before)


def _note(exchange: Callable[[], Exchange]) -> None:
    calls = _recorded.get()
    if calls is not None:
        calls.append(exchange())
        del calls[:-50]


def as_archive(exchanges: Sequence[Exchange]) -> bytes:
    """Redacted calls as one JSON body for the archive."""
    return json.dumps([vars(exchange) for exchange in exchanges], default=str, ensure_ascii=False).encode()
