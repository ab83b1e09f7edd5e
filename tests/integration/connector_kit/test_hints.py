"""Many webhooks at once: the stream's pages take them back, and what is left is read one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from shared.connector_kit import cursors, hints, work
from shared.connector_kit.hints import AT_ONCE, FLOOD, Hints
from shared.contracts.connection import Connection
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs

CONNECTION = Connection(
    id=uuid4(), version=1, platform="pretend", name="Shop", productive=True, integration={"orders": True}
)


@dataclass
class Bench:
    """An account as far as hints use it; `read` takes down what was read one by one."""

    database: Database
    roused: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def hints(self) -> Hints:
        account: Any = SimpleNamespace(
            connection=CONNECTION, service=SimpleNamespace(database=self.database), rouse=self.roused.append
        )
        stream: Any = SimpleNamespace(noun="order", feature="orders")
        found = Hints(account, stream)
        found._read_all = self._take  # type: ignore[method-assign]
        return found

    async def _take(self, rows: Sequence[work.Row]) -> None:
        self.read += [row.subject for row in rows]
        async with self.database.transaction() as tx:
            await work.done(tx, rows)

    async def hint(self, count: int) -> None:
        async with self.database.transaction() as tx:
            await work.hint(tx, [work.Hinted(CONNECTION.id, "read:order", f"{n:04d}") for n in range(count)])

    async def due(self) -> bool:
        async with self.database.transaction() as tx:
            cursor = await cursors.read(tx, CONNECTION.id, "order")
            return bool(cursor.due_at <= await tx.value("SELECT now()"))

    async def rest(self, error: str = "") -> None:
        """The stream was read, or failed, and is not due for an hour."""
        async with self.database.transaction() as tx:
            await cursors.read(tx, CONNECTION.id, "order")
            await tx.execute(
                "UPDATE cursors SET due_at = now() + interval '1 h', last_error = :e WHERE connection = :c",
                e=error,
                c=CONNECTION.id,
            )


@pytest.fixture
async def bench(open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(hints, "FLOOD_PAUSE", 0.0)
    database = open_as("connectors")
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM work WHERE connection = :c", c=CONNECTION.id)
    found = Bench(database)
    await found.rest()
    return found


async def test_a_flood_of_webhooks_makes_the_stream_due_before_anything_is_read_one_by_one(bench: Bench) -> None:
    await bench.hint(FLOOD)
    one = bench.hints()
    assert await one.step()
    assert (await bench.due(), bench.roused, bench.read) == (True, ["streams"], [])
    assert await one.step()
    assert len(bench.read) == AT_ONCE


async def test_a_few_webhooks_are_read_one_by_one_at_once(bench: Bench) -> None:
    await bench.hint(AT_ONCE + 1)
    assert await bench.hints().step()
    assert (await bench.due(), bench.roused, len(bench.read)) == (False, [], AT_ONCE)


async def test_a_stream_that_rests_because_it_failed_is_not_hastened(bench: Bench) -> None:
    await bench.rest("http_429")
    await bench.hint(FLOOD)
    assert await bench.hints().step()
    assert not await bench.due()
