"""Loops run as long as their service does: one that fails is started again, one that ends is never silently gone."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.chassis.loops import Loop, Supervisor
from shared.contracts.errors import Transient
from shared.messaging.tasks import together


async def supervised(run: Callable[[], Awaitable[None]], until: asyncio.Event) -> list[str]:
    """Runs one loop until something happened; answers what was said to be hopeless."""
    hopeless: list[str] = []

    def note(why: str) -> None:
        hopeless.append(why)
        until.set()

    supervisor = Supervisor("orders", [Loop("consume", run)], on_hopeless=note)
    supervisor.start()
    await asyncio.wait_for(until.wait(), 5)
    await supervisor.stop()
    return hopeless


async def test_a_loop_whose_members_failed_while_the_database_was_away_is_started_again() -> None:
    again = asyncio.Event()
    starts = 0

    async def fail() -> None:
        await asyncio.sleep(0)
        raise Transient("the database restarts")

    async def run() -> None:
        nonlocal starts
        starts += 1
        if starts == 2:
            again.set()
            await asyncio.sleep(60)
        await together(fail)

    assert await supervised(run, again) == []
    assert starts == 2


async def test_a_loop_that_ends_although_nobody_stopped_it_ends_the_process() -> None:
    async def run() -> None:
        current = asyncio.current_task()
        assert current is not None
        current.cancel()
        await asyncio.sleep(60)

    assert await supervised(run, asyncio.Event()) == [
        "The loop orders:consume ended although nobody stopped it: it was cancelled"
    ]


async def test_a_service_that_stops_ends_its_loops_without_a_word() -> None:
    running = asyncio.Event()

    async def run() -> None:
        running.set()
        await asyncio.sleep(60)

    assert await supervised(run, running) == []
