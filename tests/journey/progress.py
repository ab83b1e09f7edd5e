"""How fast orders come in, watched from a thread of its own while other things are broken."""

import threading
import time
from contextlib import suppress
from types import TracebackType

import asyncpg

from tests.journey.books import Books

WINDOW = 2.0
EVERY = 0.2


class Progress:
    """Counts a connection's orders in the order book, five times a second, for as long as it is entered."""

    def __init__(self, database_url: str, connection: str) -> None:
        self._url = database_url
        self._connection = connection
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.samples: list[tuple[float, int]] = []

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(30)

    @property
    def count(self) -> int:
        return self.samples[-1][1] if self.samples else 0

    def pace(self, until: float, seconds: float = WINDOW) -> float:
        """Orders per second in (at least) the `seconds` before that (monotonic) time."""
        there = [sample for sample in self.samples if sample[0] <= until]
        before = [sample for sample in self.samples if sample[0] <= until - seconds]
        if not before:
            return 0.0
        return (there[-1][1] - before[-1][1]) / (there[-1][0] - before[-1][0])

    def recovered(self, since: float, all_there: int, pace: float = 0.0) -> float | None:
        """Seconds from the (monotonic) end of a fault until orders come in again, at nine tenths of the earlier `pace`
        where one is given, or until all are there; None when neither has happened."""
        # What was being committed at that moment may still appear a breath later.
        then = next((count for at, count in self.samples if at >= since + EVERY), all_there)
        for at, count in self.samples:
            if at > since and (count >= all_there or (self.pace(at) >= 0.9 * pace if pace else count > then)):
                return round(at - since, 1)
        return None

    def _watch(self) -> None:
        with Books(self._url, "") as books:
            last_look = False
            while not last_look:
                last_look = self._ended.wait(EVERY)
                # While the database is away there is nothing to count.
                with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    self.samples.append((time.monotonic(), books.persisted(self._connection)))
