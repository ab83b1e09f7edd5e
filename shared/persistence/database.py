"""The engine and the unit of work. One transaction per message or request; whoever opens it, ends it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.contracts.errors import Defect

T = TypeVar("T")


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


class Transaction:
    """One unit of work on one connection. Parameters are `:name`; JSON comes back as Python objects."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.rung: set[str] = set()

    def ring(self, bell: str) -> None:
        """Once this is committed, whoever waits for the pool's bell of this name has something to do."""
        self.rung.add(bell)

    async def execute(self, sql: str, **params: Any) -> int:
        """Runs a statement; answers how many rows it touched."""
        return (await self._connection.execute(text(sql), params)).rowcount

    async def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self._connection.execute(text(sql), params)).mappings()]

    async def row(self, sql: str, **params: Any) -> dict[str, Any] | None:
        found = (await self._connection.execute(text(sql), params)).mappings().first()
        return None if found is None else dict(found)

    async def value(self, sql: str, **params: Any) -> Any:
        """The first column of the first row; None when there is none."""
        return (await self._connection.execute(text(sql), params)).scalar()

    async def many(self, sql: str, params: Sequence[Mapping[str, Any]]) -> None:
        """Runs one statement for many parameter sets."""
        if params:
            await self._connection.execute(text(sql), list(params))

    async def driver(self) -> "asyncpg.Connection[asyncpg.Record]":
        """asyncpg's connection inside this same transaction, for COPY and hot statements ($1 parameters)."""
        raw = await self._connection.get_raw_connection()
        return cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)


class Database:
    """A pool that logs in as one service's role. `schema` is its search path; `name` shows in pg_stat_activity."""

    def __init__(self, url: str, *, schema: str, name: str, pool_size: int = 4) -> None:
        parsed, arguments = engine_url(url)
        self.url = url
        self._holders: set[asyncio.Task[Any] | None] = set()
        self._bells: dict[str, asyncio.Event] = {}
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
                yield Transaction(connection)
            except BaseException:
                await completed(connection.invalidate())
                raise
            finally:
                await completed(connection.close())

    def bell(self, name: str) -> asyncio.Event:
        """Set after the commit of every transaction of this pool that said `ring(name)`."""
        return self._bells.setdefault(name, asyncio.Event())

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
            raw = await connection.get_raw_connection()
            unit = cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection).transaction()
            try:
                await completed(unit.start())
                transaction = Transaction(connection)
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


@asynccontextmanager
async def listening(url: str, channel: str, heard: Callable[[str], None]) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Hears NOTIFY on a connection of its own. A wake-up only: whoever relies on it also looks for himself."""
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await connection.add_listener(channel, lambda _c, _pid, _channel, payload: heard(str(payload)))
        yield connection
    finally:
        await completed(connection.close(timeout=5))
