"""Webhooks that arrive together are stored together, and each is answered only when its hint is committed."""

import asyncio
from uuid import uuid4

import pytest

from shared.connector_kit import work
from shared.connector_kit.intake import Intake
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs

CONNECTION = uuid4()


def hinted(subject: str, *, pause: float = 0.0) -> work.Hinted:
    return work.Hinted(CONNECTION, "read:order", subject, pause=pause)


async def due(database: Database) -> dict[str, int]:
    async with database.transaction() as tx:
        return {row.subject: row.version for row in await work.due(tx, CONNECTION, "read:order", 100)}


@pytest.fixture
async def database(open_as: OpenAs) -> Database:
    found = open_as("connectors")
    async with found.transaction() as tx:
        await tx.execute("DELETE FROM work WHERE connection = :c", c=CONNECTION)
    return found


async def test_fifty_at_once_are_all_stored_with_a_few_commits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    hint = work.hint

    async def counted(tx: object, wanted: list[work.Hinted]) -> None:
        groups.append(len(wanted))
        await hint(tx, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "hint", counted)
    intake = Intake(database)
    await asyncio.gather(*(intake.store(hinted(f"{n % 40:02d}")) for n in range(50)))
    assert len(await due(database)) == 40
    assert len(groups) <= 2


async def test_what_cannot_be_stored_is_told_to_everybody_who_sent_it_and_the_next_one_is_stored(
    database: Database,
) -> None:
    intake = Intake(database)
    answers = await asyncio.gather(
        intake.store(hinted("1")), intake.store(hinted("a text\0 the database refuses")), return_exceptions=True
    )
    assert all(isinstance(answer, Exception) for answer in answers)
    await intake.store(hinted("1"))
    assert await due(database) == {"1": 1}


async def test_a_sender_who_hangs_up_takes_nobody_elses_hint_with_him(database: Database) -> None:
    intake = Intake(database)
    gone = asyncio.create_task(intake.store(hinted("1")))
    stays = asyncio.create_task(intake.store(hinted("2")))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert await due(database) == {"1": 1, "2": 1}


async def test_hints_of_a_record_at_rest_wait_for_each_other_and_an_operator_does_not(database: Database) -> None:
    intake = Intake(database)
    for _ in range(3):
        await intake.store(hinted("1", pause=60.0))
    assert await due(database) == {}
    async with database.transaction() as tx:
        await work.hint(tx, [work.Hinted(CONNECTION, "read:order", "1", '{"path": "manual"}')])
    assert await due(database) == {"1": 4}
