"""How fast one rate-limit account may be called: a token bucket that learns from the shop's own answers."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

NOTHING_MISSING = 1e-9
LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Limit:
    """`rate` tokens flow back per second, `burst` may be spent at once, `concurrency` calls may be under way."""

    rate: float
    burst: int
    concurrency: int = 4

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.burst < 1 or self.concurrency < 1:
            raise ValueError(f"A limit needs a positive rate, burst and concurrency, not {self}.")


@dataclass
class _Tank:
    rate: float
    maximum: float
    level: float
    filled_at: float
    learned: bool = False

    def at(self, now: float) -> float:
        return min(self.maximum, self.level + (now - self.filled_at) * self.rate)

    def wait(self, cost: float, now: float) -> float:
        # A call dearer than the whole tank waits for a full one; otherwise it would wait for ever.
        missing = min(cost, self.maximum) - self.at(now)
        return missing / self.rate if missing > NOTHING_MISSING else 0.0

    def set(self, level: float, now: float) -> None:
        self.level, self.filled_at = min(level, self.maximum), now


class Bucket:
    """Everyone who calls one account takes from the same bucket, first come, first served.

    Several limits may hold at once (20 a second and 1,000 an hour); a call waits until all of them let it through.
    `clock` counts seconds and only its differences matter; `sleep` waits that many seconds.
    """

    def __init__(
        self,
        *limits: Limit,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not limits:
            raise ValueError("A bucket needs at least one limit.")
        self._clock = clock
        self._sleep = sleep
        self._tanks = [_Tank(limit.rate, limit.burst, limit.burst, clock()) for limit in limits]
        self._slots = asyncio.Semaphore(min(limit.concurrency for limit in limits))
        self._queue = asyncio.Lock()
        self._paused_until = clock()
        self._in_flight = 0.0
        self._holders: set[asyncio.Task[Any] | None] = set()
        self._refusals = 0
        self._turns: dict[str, float] = {}
        self._waiting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._parts: dict[str, Bucket] = {}

    @property
    def budget(self) -> float:
        """What could be spent at this moment; 0 while paused. For health pages."""
        now = self._clock()
        return 0.0 if self._paused_until > now else max(0.0, min(tank.at(now) for tank in self._tanks))

    def delay(self, cost: float = 1.0) -> float:
        """Seconds until a call of this cost would be let through, were nobody else waiting."""
        now = self._clock()
        return max(0.0, self._paused_until - now, *(tank.wait(cost, now) for tank in self._tanks))

    async def take(self, cost: float = 1.0) -> None:
        """Waits until the cost is there and takes it."""
        async with self._queue:
            while (seconds := self.delay(cost)) > 0:
                await self._sleep(seconds)
            now = self._clock()
            for tank in self._tanks:
                tank.set(tank.at(now) - min(cost, tank.maximum), now)

    async def turn(self, name: str, seconds: float) -> None:
        """Waits until `seconds` have passed since this name's last turn: for calls that the platform allows more rarely
        than the others. Those others go on meanwhile."""
        async with self._waiting[name]:
            while (missing := self._turns.get(name, -math.inf) + seconds - self._clock()) > NOTHING_MISSING:
                await self._sleep(missing)
            self._turns[name] = self._clock()

    def part(self, name: str, limit: Limit) -> "Bucket":
        """A bucket of its own for one kind of call, the same one each time: for platforms that count each operation by
        itself. It fills up whatever the others spend, and a refusal of its calls holds up no others."""
        if name not in self._parts:
            self._parts[name] = Bucket(limit, clock=self._clock, sleep=self._sleep)
        return self._parts[name]

    @asynccontextmanager
    async def slot(self, cost: float = 1.0) -> AsyncGenerator[None]:
        """One call under way: at most `concurrency` of them, each paid for before it starts.

        A call made in the middle of another (a token for it) shares its place; it would wait for itself otherwise.
        """
        task = asyncio.current_task()
        inner = task in self._holders
        async with nullcontext() if inner else self._slots:
            await self.take(cost)
            self._in_flight += cost
            self._holders.add(task)
            try:
                yield
            finally:
                self._in_flight -= cost
                if not inner:
                    self._holders.discard(task)

    def learn(self, *, available: float, rate: float, maximum: float) -> None:
        """The shop's own account of the (first) limit, for platforms that count cost. Newer than what we computed.

        What other calls under way will cost is taken off: the shop may not have seen them when it answered.
        """
        tank = self._tanks[0]
        tank.learned = True
        tank.rate = rate if rate > 0 else tank.rate
        tank.maximum = maximum if maximum > 0 else tank.maximum
        tank.set(available - self._in_flight, self._clock())

    def refills(self, rate: float) -> None:
        """The shop's own account of how many tokens a second flow back into the (first) limit; how many are left it
        does not say."""
        tank, now = self._tanks[0], self._clock()
        if rate > 0 and rate != tank.rate:
            tank.set(tank.at(now), now)
            tank.rate = rate

    def pause(self, seconds: float) -> None:
        """Nobody gets through before then. A shorter pause never shortens a longer one."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def refused(self, retry_after: float | None) -> float:
        """The shop said "too fast": pauses as long as it asked, or longer each time. Returns the seconds."""
        seconds = min(2.0**self._refusals, LONGEST_PAUSE) if retry_after is None else retry_after
        self._refusals = min(self._refusals + 1, 10)
        now = self._clock()
        for tank in self._tanks:
            # Our count was wrong and starts at nothing; what the shop itself counted stays.
            if not tank.learned:
                tank.set(min(tank.at(now), 0.0), now)
        self.pause(seconds)
        return seconds

    def accepted(self) -> None:
        """The shop answered without complaint, so the next refusal starts with a short pause again."""
        self._refusals = 0
