"""Loops that run as long as the service does: supervised, restarted with back-off, never silently dead."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.chassis.logs import logger
from shared.chassis.metrics import LOOP_FAILURES
from shared.contracts.errors import Transient
from shared.messaging.tasks import end, staying_cancelled
from shared.persistence.failure import is_transient

log = logger("loops")
LONGEST_PAUSE = 15.0
TOO_MANY_DEFECTS = 20


@dataclass(frozen=True)
class Loop:
    """Something that runs until cancelled."""

    name: str
    run: Callable[[], Awaitable[None]]


def every(seconds: float, name: str, step: Callable[[], Awaitable[Any]]) -> Loop:
    """A loop that calls `step` again and again; at once when it answers True, else after a pause."""

    async def run() -> None:
        while True:
            if await step() is not True:
                await asyncio.sleep(seconds)

    return Loop(name, run)


def end_process(why: str) -> None:
    """Ends this process in an orderly way, so that whoever watches it (Compose, the launcher) starts a new one."""
    log.critical(why)
    os.kill(os.getpid(), signal.SIGTERM)


@dataclass
class Supervisor:
    """Runs loops. A loop that fails is started again; one that only ever fails by our own fault ends the process."""

    service: str
    loops: Sequence[Loop]
    on_hopeless: Callable[[str], None] = end_process
    failures: dict[str, str] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _stopping: bool = False

    def start(self) -> None:
        for loop in self.loops:
            task = asyncio.create_task(self._supervise(loop), name=f"{self.service}:{loop.name}")
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Cancels the loops and waits until each has put away what it held."""
        self._stopping = True
        await end(self._tasks)
        self._tasks.clear()

    async def _supervise(self, loop: Loop) -> None:
        defects = 0
        pause = 0.5
        while True:
            started = asyncio.get_running_loop().time()
            try:
                with staying_cancelled():
                    await loop.run()
            except Exception as error:
                LOOP_FAILURES.labels(self.service, loop.name).inc()
                self.failures[loop.name] = f"{type(error).__name__}: {error}"[:300]
                ran = asyncio.get_running_loop().time() - started
                passing = isinstance(error, Transient) or is_transient(error)
                if ran > 60:
                    defects, pause = 0, 0.5
                defects += 0 if passing else 1
                log.warning(
                    "loop failed",
                    service=self.service,
                    loop=loop.name,
                    passing=passing,
                    exc_info=None if passing else error,
                )
                if defects >= TOO_MANY_DEFECTS:
                    self.on_hopeless(f"The loop {self.service}:{loop.name} fails again and again by our own fault")
                await asyncio.sleep(pause * random.uniform(0.7, 1.3))
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not self._stopping:
            reason = "it was cancelled" if task.cancelled() else repr(task.exception())
            self.on_hopeless(f"The loop {task.get_name()} ended although nobody stopped it: {reason}")
