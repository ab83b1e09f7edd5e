"""Ending tasks for sure, and only those: libraries answer some cancellations with an error of their own, or not at all,
and let others see cancellations that nobody asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.contracts.errors import Transient


class Interrupted(Transient):
    """A library has cancelled what our task waited for. Unhandled it ends the task without a word to anybody."""

    code = "interrupted"


def cancelled_from_outside() -> bool:
    """Whether somebody has cancelled the task that runs, rather than a library something it waits for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


@contextmanager
def staying_cancelled() -> Iterator[None]:
    """Whatever error a cancelled task meets inside is its cancellation, and only a cancelled task is cancelled.

    Raises Interrupted where something inside was cancelled although nobody has cancelled this task: a task group takes
    such a task for one that was meant to end, and nobody would do its work from then on.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        if cancelled_from_outside():
            raise
        raise Interrupted("What this task waited for was cancelled by a library.") from error
    except Exception as error:
        if cancelled_from_outside():
            raise asyncio.CancelledError from error
        raise


async def steadily(work: Callable[[], Awaitable[None]]) -> None:
    """Does the work as `staying_cancelled`; for tasks that others rely on."""
    with staying_cancelled():
        await work()


async def together(*works: Callable[[], Awaitable[None]]) -> None:
    """Does several works at once. The first error ends the others and is raised as it is.

    Not a TaskGroup: before Python 3.13 a member that fails while the group is waited for leaves the waiting task marked
    as cancelled, and a loop that asks whether it was cancelled hears a yes and ends for good.
    """
    tasks = [asyncio.create_task(steadily(work)) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end(tasks)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def end(tasks: Iterable[asyncio.Task[Any]], *, patience: float = 10.0) -> None:
    """Cancels tasks and waits until they are over; whoever has not ended after `patience` seconds is told again."""
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=patience)
