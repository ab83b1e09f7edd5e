"""The engine and the unit of work. One transaction per message or request; whoever opens it, ends it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy.engine import URL, make_url

from shared.contracts.errors import Defect

T = TypeVar("T")
ACQUIRE_SECONDS = 20
CLOSE_SECONDS = 5
NAME = re.compile(r"(?<![:\w]):(\w+)(?!:)")


async def completed(work: Awaitable[T]) -> T:
    """Waits for `work` to end even when we are cancelled meanwhile: a half-done COMMIT would leak its connection."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def engine_url(url: str) -> tuple[URL, dict[str, Any]]:
    """An SQLAlchemy URL for asyncpg and its connect arguments; accepts a unix socket as `?host=/folder`."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    arguments: dict[str, Any] = {}
    if folders := parse_qs(urlsplit(url).query).get("host"):
        arguments["host"] = folders[0]
        parsed = parsed.set(query={})
    return parsed, arguments


@lru_cache(maxsize=4096)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `:name` parameters as PostgreSQL takes it, and the names behind $1, $2, …"""
    names: dict[str, int] = {}
    text = NAME.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", sql)
    return text, tuple(names)


class Transaction:
    """One unit of work on one connection. Parameters are `:name`; JSON comes back as Python objects."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self.rung: set[str] = set()

    def ring(self, bell: str) -> None:
        """Once this is committed, whoever waits for the pool's bell of this name has something to do."""
        self.rung.add(bell)

    async def execute(self, sql: str, **params: Any) -> int:
        """Runs a statement; answers how many rows it touched."""
        text, names = numbered(sql)
        said = await self._connection.execute(text, *[params[name] for name in names])
        count = said.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._fetch(sql, params)]

    async def row(self, sql: str, **params: Any) -> dict[str, Any] | None:
        found = await self._fetch(sql, params)
        return dict(found[0]) if found else None

    async def value(self, sql: str, **params: Any) -> Any:
        """The first column of the first row; None when there is none."""
        found = await self._fetch(sql, params)
        return found[0][0] if found else None

    async def many(self, sql: str, params: Sequence[Mapping[str, Any]]) -> None:
        """Runs one statement for many parameter sets."""
        if params:
            text, names = numbered(sql)
            await self._connection.executemany(text, [[one[name] for name in names] for one in params])

    async def driver(self) -> "asyncpg.Connection[asyncpg.Record]":
        """asyncpg's connection inside this same transaction, for COPY and hot statements ($1 parameters)."""
        return self._connection

    async def _fetch(self, sql: str, params: Mapping[str, Any]) -> list[asyncpg.Record]:
        # All of it, always: a limit would leave rows unlocked that FOR UPDATE names.
        text, names = numbered(sql)
        return await self._connection.fetch(text, *[params[name] for name in names])


class Database:
    """A pool that logs in as one service's role. `schema` is its search path; `name` shows in pg_stat_activity."""

    def __init__(self, url: str, *, schema: str, name: str, pool_size: int = 4) -> None:
        self.url = url
        self._holders: set[asyncio.Task[Any] | None] = set()
        self._bells: dict[str, asyncio.Event] = {}
        self._pool_size = pool_size
        self._settings = {
            "search_path": schema,
            "application_name": f"kontor-{name}",
            "statement_timeout": "30000",
            "lock_timeout": "10000",
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
        }
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._ears: dict[str, _Ear] = {}
        self._pricking = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits at the end, rolls back on any exception, and gives the connection back even when cancelled.

        Raises Defect inside another transaction of the same pool: once as many tasks as the pool has connections hold
        one each and wait for their second, none ever gets it.
        """
        with self._one_per_task():
            async with self._unit() as unit:
                yield unit

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Transaction]:
        """For one statement that is a whole by itself: it commits with it, in one round trip instead of three."""
        with self._one_per_task():
            async with self._connection() as connection:
                try:
                    yield Transaction(connection)
                except BaseException:
                    connection.terminate()
                    raise

    def bell(self, name: str) -> asyncio.Event:
        """Set after the commit of every transaction of this pool that said `ring(name)`."""
        return self._bells.setdefault(name, asyncio.Event())

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[str], None]) -> AsyncIterator[asyncio.Event]:
        """Hears NOTIFY; all who listen to a channel share one connection, or the server would wake each of them for
        what concerns one. A wake-up only: whoever relies on it also looks for himself. The event says that it is lost.
        """
        async with self._pricking:
            ear = self._ears.get(channel)
            if ear is None or ear.lost.is_set():
                ear = self._ears[channel] = await _Ear.open(self.url, channel)
            ear.listeners.append(heard)
        try:
            yield ear.lost
        finally:
            ear.listeners.remove(heard)
            if not ear.listeners:
                ear.lost.set()
                await completed(ear.connection.close(timeout=5))

    @contextmanager
    def _one_per_task(self) -> Iterator[None]:
        task = asyncio.current_task()
        if task in self._holders:
            raise Defect("A transaction was begun inside another one of the same pool.")
        self._holders.add(task)
        try:
            yield
        finally:
            self._holders.discard(task)

    @asynccontextmanager
    async def _unit(self) -> AsyncIterator[Transaction]:
        async with self._connection() as connection:
            unit = connection.transaction()
            try:
                await unit.start()
                transaction = Transaction(connection)
                yield transaction
            except BaseException:
                await completed(_roll_back(connection, unit))
                raise
            try:
                await completed(unit.commit())
            except BaseException:
                connection.terminate()
                raise
            for name in transaction.rung:
                self.bell(name).set()

    @asynccontextmanager
    async def _connection(self) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
        if self._pool is None:
            # Connects to nothing yet, so nobody else comes in between.
            self._pool = await asyncpg.create_pool(
                _dsn(self.url),
                min_size=0,
                max_size=self._pool_size,
                max_inactive_connection_lifetime=0,
                init=_teach_json,
                # Asking the server to forget what nobody has set would cost a round trip for every unit of work.
                reset=_nothing,
                timeout=10,
                command_timeout=60,
                server_settings=self._settings,
            )
        pool = self._pool
        # Not the pool's own time limit, which makes a task of every call.
        async with asyncio.timeout(ACQUIRE_SECONDS):
            connection = await pool.acquire()
        try:
            yield cast("asyncpg.Connection[asyncpg.Record]", connection)
        finally:
            # Goes on to its end by itself even when we are cancelled meanwhile.
            await pool.release(connection)

    async def close(self) -> None:
        """Waits a little for whoever still works, then closes what is left."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await pool.close()


async def _roll_back(connection: "asyncpg.Connection[asyncpg.Record]", unit: "asyncpg.transaction.Transaction") -> None:
    """Whatever happens here, the first error is the one that matters, and the pool gets no half-open connection back.

    The next user of one would work inside this unit without knowing it, and its commit would commit nothing.
    """
    try:
        await unit.rollback()
    except (asyncpg.InterfaceError, asyncpg.PostgresError, OSError):
        connection.terminate()


async def _teach_json(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=str, decoder=json.loads, schema="pg_catalog", format="text")


async def _nothing(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """What is given back needs no cleaning: an open transaction is rolled back in any case."""


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass
class _Ear:
    """A connection that listens to one channel, and to whom it tells what it hears."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    @staticmethod
    async def open(url: str, channel: str) -> "_Ear":
        ear = _Ear(await asyncpg.connect(_dsn(url)))
        ear.connection.add_termination_listener(lambda _: ear.lost.set())
        await ear.connection.add_listener(channel, lambda _c, _pid, _channel, payload: ear.tell(str(payload)))
        return ear

    def tell(self, payload: str) -> None:
        for heard in self.listeners:
            heard(payload)
