"""Taking down in groups what connections read record by record: what is read while one group is taken down makes up
the next."""

import asyncio
from dataclasses import dataclass, field

from shared.chassis.journal import Journal
from shared.connector_kit.taking import Reading, take_down
from shared.contracts.errors import Transient
from shared.messaging.bus import Bus
from shared.persistence.database import Database

GATHER_SECONDS = 0.03
MOST = 50
"""Records of one group: about as many as a page has."""


@dataclass
class Gathering:
    """One per process and platform. A record by itself costs two transactions and a confirmed publication; as many
    records of as many connections share them."""

    database: Database
    bus: Bus
    journal: Journal
    _waiting: list[tuple[Reading, asyncio.Future[None]]] = field(default_factory=list)
    _worker: asyncio.Task[None] | None = None

    async def take(self, reading: Reading) -> None:
        """Returns when it is taken down; raises what kept it from being."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((reading, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        await done

    async def close(self) -> None:
        """Ends when the group that is being taken down is; of what waits, nobody waits for it any more."""
        self._waiting.clear()
        if self._worker is not None:
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        group: list[tuple[Reading, asyncio.Future[None]]] = []
        try:
            while self._waiting:
                await asyncio.sleep(GATHER_SECONDS)
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                # Who is gone has lost its lease, and would take the others' chance with it.
                await self._take([one for one in group if not one[1].done()])
        finally:
            # A library may break off by a cancellation of its own: nobody waits for ever then.
            left, self._waiting = [*group, *self._waiting], []
            for _, done in left:
                _tell(done, Transient("The group of readings was broken off"))

    async def _take(self, group: list[tuple[Reading, asyncio.Future[None]]]) -> None:
        """Together; where that fails each by itself, so that one's lost lease is not everybody's."""
        try:
            if group:
                await take_down(self.database, self.bus, self.journal, [reading for reading, _ in group])
        except Exception as error:  # noqa: BLE001 - it is handed on to whoever waits
            if len(group) == 1:
                _tell(group[0][1], error)
            else:
                for one in group:
                    await self._take([one])
        else:
            for _, done in group:
                _tell(done, None)


def _tell(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
