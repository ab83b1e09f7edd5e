"""A database that goes away in the middle: an outage for whoever works then, and nothing that lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from shared.persistence.database import Database
from shared.persistence.failure import is_transient
from shared.persistence.stage import stage

OpenAs = Callable[[str], Database]


class Wire:
    """A TCP relay to the database that keeps its end from the client, or carries nothing more to it, or breaks."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._writers: list[asyncio.StreamWriter] = []
        self._pumps: list[asyncio.Task[None]] = []
        self.carries = asyncio.Event()
        self.carries.set()
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, there_writer]
        self._pumps += [
            asyncio.create_task(self._pump(reader, there_writer)),
            asyncio.create_task(self._pump(there_reader, writer)),
        ]

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await source.read(65_536):
                await self.carries.wait()
                target.write(part)
                await target.drain()

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def close(self) -> None:
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        self.cut()


@pytest.fixture
async def wire(open_as: OpenAs) -> AsyncIterator[Wire]:
    url = make_url(open_as("orders").url)
    wire = Wire(url.host or "127.0.0.1", url.port or 5432)
    yield wire
    await wire.close()


@pytest.fixture
async def far(open_as: OpenAs, wire: Wire) -> AsyncIterator[Database]:
    """A pool of one connection, over the wire."""
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    url = make_url(open_as("orders").url).set(host="127.0.0.1", port=server.sockets[0].getsockname()[1], query={})
    database = Database(url.render_as_string(hide_password=False), schema="orders", name="far", pool_size=1)
    yield database
    wire.cut()  # or closing would wait for an end that the wire keeps back
    await database.close()
    server.close()


async def number(database: Database) -> Any:
    async with database.transaction() as tx:
        return await tx.value("SELECT pg_backend_pid()")


async def test_a_connection_that_was_told_of_its_end_is_an_outage_and_is_replaced_at_once(
    far: Database, wire: Wire, open_as: OpenAs
) -> None:
    """The server's last words have arrived and the end of the connection has not: the driver is in no state to work."""
    before = await number(far)
    async with open_as("orders").statement() as tx:
        await tx.value("SELECT pg_terminate_backend(:pid)", pid=before)
    await asyncio.sleep(0.3)
    with pytest.raises(Exception, match="cannot switch to state") as failure:
        await number(far)
    assert is_transient(failure.value)
    assert await number(far) != before
    assert wire.connections == 2


async def test_a_connection_lost_while_records_wait_to_be_sent_ends_the_work_at_once(far: Database, wire: Wire) -> None:
    def records() -> Iterator[tuple[str, int]]:
        wire.carries.clear()
        for line in range(20_000):
            yield "x" * 1_000, line

    async def copy() -> None:
        async with far.transaction() as tx:
            await stage(tx, "heap", {"words": "text", "line": "int"}, records())

    work = asyncio.create_task(copy())
    await asyncio.wait([work], timeout=1)
    assert not work.done()
    wire.cut()
    await asyncio.wait([work], timeout=10)
    assert work.done()
    failure = work.exception()
    assert failure is not None
    assert is_transient(failure)
    wire.carries.set()
    assert await number(far)
