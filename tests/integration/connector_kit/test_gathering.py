"""Records that webhooks named are taken down together, and one connection's trouble is its own."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from shared.connector_kit import work
from shared.connector_kit.declaration import Page, RawItem, Stream
from shared.connector_kit.gathering import Gathering
from shared.connector_kit.taking import Counts, Reading
from shared.contracts.errors import Transient
from shared.persistence import leases
from tests.integration.connector_kit.branch import Branch


@pytest.fixture
def gathering(branch: Branch) -> Gathering:
    return Gathering(branch.service.database, branch.bus, branch.service.journal)


async def placed(branch: Branch, count: int) -> tuple[Stream, list[RawItem]]:
    stream = next(one for one in branch.stand.connector.streams if one.noun == "order")
    found = [await stream.fetch_one(branch.stand.client, id) for id in branch.place(count)]
    return stream, [item for items in found for item in items]


async def reading(branch: Branch, stream: Stream, item: RawItem, hints: Sequence[work.Row] = ()) -> Reading:
    """As another connection's worker has read it; every one of these shops has an order of this number."""
    connection = hints[0].connection if hints else uuid4()
    async with branch.service.database.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(connection)], str(uuid4()), limit=1, seconds=60)
        now = await tx.value("SELECT clock_timestamp()")
    return Reading(
        connection, branch.connection.platform, lease, stream, Page([item]), now, "webhook", Counts(), hints=hints
    )


def received(branch: Branch) -> list[UUID | None]:
    return [one.connection for one in branch.bus.of("order.received")]


async def test_what_several_connections_read_is_published_at_once_and_once(
    branch: Branch, gathering: Gathering
) -> None:
    stream, (item,) = await placed(branch, 1)
    readings = [await reading(branch, stream, item) for _ in range(3)]
    for _ in range(2):
        await asyncio.gather(*(gathering.take(one) for one in readings))
    assert sorted(map(str, received(branch))) == sorted(str(one.connection) for one in readings)
    assert [(one.counts.seen, one.counts.changed) for one in readings] == [(2, 1)] * 3


async def test_a_lost_lease_keeps_one_connections_record_back_and_nobody_elses(
    branch: Branch, gathering: Gathering
) -> None:
    stream, (item,) = await placed(branch, 1)
    first, second = [await reading(branch, stream, item) for _ in range(2)]
    async with branch.service.database.transaction() as tx:
        await leases.release(tx, first.lease)
    told = await asyncio.gather(gathering.take(first), gathering.take(second), return_exceptions=True)
    assert isinstance(told[0], Transient)
    assert told[0].code == "lease_lost"
    assert told[1] is None
    async with branch.service.database.transaction() as tx:
        known = await tx.rows("SELECT connection FROM seen WHERE external_id = :id", id=item.external_id)
    assert [row["connection"] for row in known] == [second.connection]


async def test_hints_are_done_with_the_records_they_named_but_not_what_was_asked_meanwhile(
    branch: Branch, gathering: Gathering
) -> None:
    stream, items = await placed(branch, 2)
    connection = uuid4()
    wanted = [work.Hinted(connection, "read:order", item.external_id) for item in items]
    async with branch.service.database.transaction() as tx:
        await work.hint(tx, wanted)
        rows = {row.subject: row for row in await work.due(tx, connection, "read:order", 10)}
    once = await reading(branch, stream, items[0], [rows[items[0].external_id]])
    async with branch.service.database.transaction() as tx:
        await work.hint(tx, wanted[:1])
    await gathering.take(once)
    async with branch.service.database.transaction() as tx:
        left = await work.due(tx, connection, "read:order", 10)
    assert {(row.subject, row.version) for row in left} == {(items[0].external_id, 2), (items[1].external_id, 1)}


async def test_whoever_went_away_does_not_keep_the_others_waiting(branch: Branch, gathering: Gathering) -> None:
    stream, (item,) = await placed(branch, 1)
    first, second = [await reading(branch, stream, item) for _ in range(2)]
    gone = asyncio.create_task(gathering.take(first))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(gathering.take(second), 10)
    await gathering.close()
    assert received(branch) == [second.connection]


async def test_a_group_that_is_broken_off_is_told_to_all_who_wait_and_taken_down_the_next_time(
    branch: Branch, gathering: Gathering
) -> None:
    stream, (item,) = await placed(branch, 1)
    readings = [await reading(branch, stream, item) for _ in range(2)]
    branch.bus.kill_after = 1
    waiting = asyncio.gather(*(gathering.take(one) for one in readings), return_exceptions=True)
    assert all(isinstance(one, Transient) for one in await asyncio.wait_for(waiting, 10))
    branch.bus.kill_after = None
    await asyncio.wait_for(asyncio.gather(*(gathering.take(one) for one in readings)), 10)
    # Published once more, under the same ids: whoever has applied them knows them.
    assert len({one.id for one in branch.bus.of("order.received")}) == 2
    async with branch.service.database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM seen WHERE external_id = :id", id=item.external_id) == 2
