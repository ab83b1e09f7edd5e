"""Work for a connection: one row per record, and nobody takes away what somebody else asked for."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from shared.connector_kit import work
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs

ASKED = '{"path": "manual", "force": true}'


async def hinted(database: Database, connection: UUID, *bodies: str) -> list[work.Row]:
    for body in bodies:
        async with database.transaction() as tx:
            await work.hint(tx, [work.Hinted(connection, "read:order", "1001", body)])
    async with database.transaction() as tx:
        return await work.due(tx, connection, "read:order", 10)


def brought(connection: UUID, id: str, asked_at: datetime) -> work.Fulfilled:
    return work.Fulfilled(connection, "read:order", id, asked_at)


async def test_a_webhook_takes_nothing_away_from_an_operators_wish(open_as: OpenAs) -> None:
    for bodies in ((ASKED, "{}"), ("{}", ASKED)):
        (row,) = await hinted(open_as("connectors"), uuid4(), *bodies)
        assert row.body == {"path": "manual", "force": True}


async def test_a_record_hinted_again_while_it_is_read_is_read_once_more(open_as: OpenAs) -> None:
    database, connection = open_as("connectors"), uuid4()
    rows = await hinted(database, connection, "{}")
    await hinted(database, connection, "{}")
    async with database.transaction() as tx:
        await work.done(tx, rows)
        (left,) = await work.due(tx, connection, "read:order", 10)
        await work.done(tx, [left])
        assert await work.due(tx, connection, "read:order", 10) == []


async def test_a_record_hinted_again_while_it_is_read_may_rest_but_not_when_a_person_asked(open_as: OpenAs) -> None:
    database = open_as("connectors")
    for body, rests in (("{}", True), (ASKED, False)):
        connection = uuid4()
        rows = await hinted(database, connection, "{}")
        await hinted(database, connection, body)
        async with database.transaction() as tx:
            await work.done(tx, rows, rest=timedelta(minutes=1))
            assert (await work.due(tx, connection, "read:order", 10) == []) == rests
            assert await work.backlog(tx, connection) == {"read:order": 1}


async def test_what_was_blocked_goes_on_when_the_connection_is_taken_up_anew(open_as: OpenAs) -> None:
    database, connection = open_as("connectors"), uuid4()
    async with database.transaction() as tx:
        await work.store(tx, [work.NewWork(connection, "stock", "listing", 1, "{}")])
    async with database.transaction() as tx:
        rows = await work.due(tx, connection, "stock", 10)
        assert await work.block(tx, rows, "integration_mode_off", timedelta(minutes=5)) == rows
    async with database.transaction() as tx:
        assert await work.due(tx, connection, "stock", 10) == []
        await work.unblock(tx, connection)
        (row,) = await work.due(tx, connection, "stock", 10)
        assert row.blocked == "integration_mode_off"


async def test_a_webhook_about_a_record_that_a_page_brought_since_is_fulfilled(open_as: OpenAs) -> None:
    database, connection = open_as("connectors"), uuid4()
    await hinted(database, connection, "{}")
    async with database.transaction() as tx:
        asked_for = await tx.value("SELECT clock_timestamp()")
        await work.fulfilled(tx, [brought(connection, id, asked_for) for id in ("1001", "1002")])
        assert await work.due(tx, connection, "read:order", 10) == []


async def test_neither_a_later_webhook_nor_an_operators_wish_is_fulfilled_by_a_page(open_as: OpenAs) -> None:
    database = open_as("connectors")
    async with database.transaction() as tx:
        asked_for = await tx.value("SELECT clock_timestamp()")
    for body, before in (("{}", asked_for), (ASKED, None)):
        connection = uuid4()
        await hinted(database, connection, body)
        async with database.transaction() as tx:
            moment = before or await tx.value("SELECT clock_timestamp()")
            await work.fulfilled(tx, [brought(connection, "1001", moment)])
            assert len(await work.due(tx, connection, "read:order", 10)) == 1


async def test_what_a_platform_takes_by_parent_goes_together_however_it_was_stored(open_as: OpenAs) -> None:
    database, connection = open_as("connectors"), uuid4()
    bodies = {f"{n:02}": f'{{"parent_external_id": "{n % 5}"}}' for n in range(20)} | {
        f"s{n}": '{"parent_external_id": null}' for n in range(3)
    }
    async with database.transaction() as tx:
        await work.store(tx, [work.NewWork(connection, "stock", id, 1, body) for id, body in bodies.items()])
    async with database.transaction() as tx:
        oldest = await work.due(tx, connection, "stock", 2)
        more = await work.companions(tx, oldest, "parent_external_id", 18)
        assert [row.subject for row in oldest] == ["00", "01"]
        assert [row.subject for row in more] == ["05", "06", "10", "11", "15", "16"]
        assert len(await work.companions(tx, oldest, "parent_external_id", 4)) == 4
        simple = [row for row in await work.due(tx, connection, "stock", 100) if row.subject.startswith("s")]
        assert await work.companions(tx, simple, "parent_external_id", 18) == []
