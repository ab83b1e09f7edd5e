"""Storing hints in groups: what arrives while one group is being committed makes up the next."""

import asyncio
from dataclasses import dataclass, field

from shared.connector_kit import work
from shared.persistence.database import Database


@dataclass
class Intake:
    """One per process and platform. A single webhook costs its own commit; a hundred at once share a few."""

    database: Database
    _waiting: list[work.Hinted] = field(default_factory=list)
    _next: asyncio.Task[None] | None = None
    """The commit that will take all that waits."""
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def store(self, hinted: work.Hinted) -> None:
        """Returns when the hint is committed; raises what kept its group from being stored."""
        self._waiting.append(hinted)
        if self._next is None:
            self._next = asyncio.create_task(self._store_waiting())
        # Shielded: one sender that hangs up must not take the others' hints with him.
        await asyncio.shield(self._next)

    async def _store_waiting(self) -> None:
        async with self._one_at_a_time:
            group, self._waiting, self._next = self._waiting, [], None
            wanted = {(one.connection, one.kind, one.subject): one for one in group}
            async with self.database.statement() as tx:
                await work.hint(tx, wanted.values())
        if news := {(one.connection, one.kind) for one in group if not one.pause}:
            async with self.database.statement() as tx:
                await work.notify(tx, news)
