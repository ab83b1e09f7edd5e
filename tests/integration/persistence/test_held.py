"""What is held is looked for once for all consumers of a pool, however many ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from shared.persistence import held
from shared.persistence.database import Database, Transaction
from shared.persistence.held import HeldEvent, Lookout
from tests.integration.conftest import OpenAs


async def test_many_consumers_cost_one_look_and_each_hears_only_of_its_own(
    open_as: OpenAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, looks = open_as("orders"), 0
    real = database.statement

    @asynccontextmanager
    async def counted() -> AsyncIterator[Transaction]:
        nonlocal looks
        looks += 1
        async with real() as tx:
            yield tx

    monkeypatch.setattr(database, "statement", counted)
    now = datetime.now(UTC)
    await hold(database, HeldEvent("one", b"[]", now), HeldEvent("later", b"[]", now + timedelta(hours=1)))
    lookout = Lookout(database)
    queues = ["one", "later", *(f"other {n}" for n in range(30))]
    answers = dict(zip(queues, await asyncio.gather(*(lookout.due(queue) for queue in queues)), strict=True))
    assert [queue for queue, due in answers.items() if due] == ["one"]
    assert looks == 1


async def test_what_comes_after_a_look_is_seen_by_the_next(open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "LOOK_SECONDS", 0.05)
    database = open_as("orders")
    await hold(database)
    lookout = Lookout(database)
    assert not await lookout.due("one")
    async with database.transaction() as tx:
        await held.hold(tx, [HeldEvent("one", b"[]", datetime.now(UTC) - timedelta(seconds=1))])
    await asyncio.sleep(0.1)
    assert await lookout.due("one")


async def hold(database: Database, *events: HeldEvent) -> None:
    """These events are held, and no others."""
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM held")
        await held.hold(tx, [HeldEvent(one.queue, one.body, one.due_at - timedelta(seconds=1)) for one in events])
