"""A task that is told to end ends, whatever a library makes of its cancellation."""

import asyncio
from contextlib import suppress

import pytest

from shared.contracts.errors import Transient
from shared.messaging.link import broker_call
from shared.messaging.message import Message
from shared.messaging.tasks import (
    Interrupted,
    cancelled_from_outside,
    end,
    staying_cancelled,
    steadily,
    together,
)
from shared.messaging.window import send_all


async def library_call() -> None:
    """Answers a cancellation with an error of its own, as a client does whose connection is being closed."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise ConnectionError("the call was cancelled") from None


async def cancelled_by_a_library() -> None:
    """Waits for something that is cancelled from below, as a client's own tasks are when its connection breaks."""
    inner = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(inner.cancel)
    await inner


async def rest() -> None:
    await asyncio.sleep(60)


async def keep_trying() -> None:
    """A loop that takes every loss for one more reason to try again."""
    while True:
        with suppress(Transient):
            async with broker_call("deliver"):
                await library_call()


async def test_a_loop_ends_although_the_library_hides_its_cancellation() -> None:
    task = asyncio.create_task(keep_trying())
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_task_that_swallowed_its_cancellation_is_told_again() -> None:
    told = 0

    async def deaf() -> None:
        nonlocal told
        while told < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                told += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end([task], patience=0.01)
    assert (task.done(), told) == (True, 3)


async def test_a_call_that_nobody_cancelled_still_fails_as_a_loss() -> None:
    with pytest.raises(Transient):
        async with broker_call("deliver"):
            raise ConnectionError("gone")
    with pytest.raises(Transient, match="was closed"):
        async with broker_call("deliver"):
            raise Exception  # as the library does to whoever waits on a connection that is closed
    with pytest.raises(ValueError, match="ours"):
        async with broker_call("deliver"):
            raise ValueError("ours")
    with pytest.raises(Transient, match="did not answer"):
        async with broker_call("deliver", 0.01):
            await asyncio.sleep(60)


async def test_ending_ended_tasks_is_nothing() -> None:
    task = asyncio.create_task(asyncio.sleep(0))
    await task
    await end([task])
    await end([])


async def test_a_task_that_a_library_broke_off_fails_loudly() -> None:
    with pytest.raises(Interrupted):
        await steadily(cancelled_by_a_library)
    with pytest.raises(Transient, match="connection was closed"):
        async with broker_call("deliver"):
            await cancelled_by_a_library()


async def test_a_task_that_is_told_to_end_is_not_said_to_be_broken_off() -> None:
    task = asyncio.create_task(steadily(rest))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_message_whose_sending_was_broken_off_does_not_count_as_sent() -> None:
    async def send(message: Message) -> None:
        if message.body == b"2":
            await cancelled_by_a_library()

    with pytest.raises(Interrupted):
        await send_all([Message("events", "k", "t", body) for body in (b"1", b"2", b"3")], send)


async def test_a_member_that_fails_leaves_no_mark_of_a_cancellation_on_the_task_that_waits_for_it() -> None:
    async def fail_soon() -> None:
        await asyncio.sleep(0)
        raise Transient("the database restarts")

    with pytest.raises(Transient, match="restarts"):
        await together(fail_soon, rest)
    assert not cancelled_from_outside()


async def test_a_task_that_is_told_to_end_while_a_member_fails_ends() -> None:
    async def fail_when_told() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ConnectionError("closing") from None

    async def loop() -> None:
        with staying_cancelled():
            await together(fail_when_told)

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    await asyncio.wait_for(end([task], patience=0.5), 5)
    assert task.cancelled()
