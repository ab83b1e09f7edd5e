"""Ending tasks for sure: libraries answer some cancellations with an error of their own, or not at all."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


def cancelled_from_outside() -> bool:
    """Whether somebody has cancelled the task that runs, rather than a library something it waits for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


@contextmanager
def staying_cancelled() -> Iterator[None]:
    """Whatever error a cancelled task meets inside is its cancellation."""
    try:
        yield
    except Exception as error:
        if cancelled_from_outside():
            raise asyncio.CancelledError from error
        raise


async def end(tasks: Iterable[asyncio.Task[Any]], *, patience: float = 10.0) -> None:
    """Cancels tasks and waits until they are over; whoever has not ended after `patience` seconds is told again."""
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=patience)
