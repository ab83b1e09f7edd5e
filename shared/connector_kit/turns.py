"""One call at a time, over all processes: for accounts that take no second one while the first is under way.

A connection's lease gives it one worker. A live test, a preview, or a second connection to the same account runs beside
that worker, maybe in another process; only the database knows of all of them.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

from shared.persistence import leases
from shared.persistence.database import Database, completed

LOOK_AGAIN_SECONDS = 0.1
MARGIN_SECONDS = 10.0
"""A turn outlives the call it was taken for by so much, and ends then by itself, should its process die."""


class Turns:
    """The turns of one client. `seconds` is the longest that one call may take."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds + MARGIN_SECONDS

    @asynccontextmanager
    async def take(self, name: str) -> AsyncGenerator[None]:
        """Waits until nobody else has the turn of this name. No transaction is open while it is held."""
        lease = await self._acquired(name)
        try:
            yield
        finally:
            await completed(self._release(lease))

    async def _acquired(self, name: str) -> leases.Lease:
        account, holder = f"turn {name}", uuid4().hex
        while True:
            async with self._database.transaction() as tx:
                found = await leases.acquire(tx, [account], holder, limit=1, seconds=self._seconds)
            if found:
                return found[0]
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _release(self, lease: leases.Lease) -> None:
        async with self._database.transaction() as tx:
            await leases.release(tx, lease)
