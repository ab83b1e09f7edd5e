"""The engine and the unit of work. One transaction per message or request; whoever opens it, ends it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.contracts.errors import Defect

T = TypeVar("T")
_DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


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
    """A statement with `:name` parameters as asyncpg takes it, and the names behind $1, $2, …"""
    made = text(sql).compile(dialect=_DIALECT)
    return str(made), tuple(made.positiontup or ())


class Transaction:
    """One unit of work on one connection. Parameters are `:name`; JSON comes back as Python objects.

    SQLAlchemy keeps the connections and compiles each statement once; asyncpg runs it, which saves a greenlet, a
    compiled text and a result with its metadata for every statement.
    """

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
        parsed, arguments = engine_url(url)
        self.url = url
        self._holders: set[asyncio.Task[Any] | None] = set()
        self._bells: dict[str, asyncio.Event] = {}
        self._ears: dict[str, _Ear] = {}
        self._pricking = asyncio.Lock()
        self._engine = create_async_engine(
            parsed,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            # One beyond the pool would be opened and closed again for a single unit of work.
            max_overflow=0,
            pool_timeout=20,
            pool_recycle=1800,
            # An error's text goes into logs and tables; the values of a statement may be personal.
            hide_parameters=True,
            connect_args=arguments
            | {
                "timeout": 10,
                "command_timeout": 60,
                "server_settings": {
                    "search_path": schema,
                    "application_name": f"kontor-{name}",
                    "statement_timeout": "30000",
                    "lock_timeout": "10000",
                    "idle_in_transaction_session_timeout": "60000",
                    "jit": "off",
                },
            },
        )
        event.listen(self._engine.sync_engine, "connect", _teach_json)
        event.listen(self._engine.sync_engine, "checkout", _refuse_closed)

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
            connection = await self._engine.connect()
            try:
                yield Transaction(await _driver(connection))
            except BaseException:
                await completed(connection.invalidate())
                raise
            finally:
                await completed(connection.close())

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
        connection = await self._engine.connect()
        try:
            # asyncpg's own transaction, because it also holds what `driver()` does; SQLAlchemy would begin its own only
            # at its own first statement.
            driver = await _driver(connection)
            unit = driver.transaction()
            try:
                await completed(unit.start())
                transaction = Transaction(driver)
                yield transaction
            except BaseException:
                await completed(_roll_back(connection, unit))
                raise
            try:
                await completed(unit.commit())
            except BaseException:
                await completed(connection.invalidate())
                raise
            for name in transaction.rung:
                self.bell(name).set()
        finally:
            await completed(connection.close())

    async def close(self) -> None:
        await self._engine.dispose()


async def _roll_back(connection: AsyncConnection, unit: "asyncpg.transaction.Transaction") -> None:
    """Whatever happens here, the first error is the one that matters, and the pool gets no half-open connection back.

    The next user of one would work inside this unit without knowing it, and its commit would commit nothing.
    """
    try:
        await unit.rollback()
    except (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError, OSError):
        await connection.invalidate()


def _teach_json(dbapi_connection: Any, _record: Any) -> None:
    async def teach(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for kind in ("json", "jsonb"):
            await connection.set_type_codec(kind, encoder=str, decoder=json.loads, schema="pg_catalog", format="text")

    dbapi_connection.run_async(teach)


def _refuse_closed(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """The pool opens another one instead. A server that goes away closes its connections; a ping for every unit of work
    would cost a round trip to learn the same."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


async def _driver(connection: AsyncConnection) -> "asyncpg.Connection[asyncpg.Record]":
    raw = await connection.get_raw_connection()
    return cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)


@dataclass
class _Ear:
    """A connection that listens to one channel, and to whom it tells what it hears."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    @staticmethod
    async def open(url: str, channel: str) -> "_Ear":
        dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        ear = _Ear(await asyncpg.connect(dsn))
        ear.connection.add_termination_listener(lambda _: ear.lost.set())
        await ear.connection.add_listener(channel, lambda _c, _pid, _channel, payload: ear.tell(str(payload)))
        return ear

    def tell(self, payload: str) -> None:
        for heard in list(self.listeners):
            heard(payload)
