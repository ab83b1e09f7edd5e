"""Cursors: how far each stream is read, and reading it again without importing anything twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.connector_kit import cursors, replica, seen
from shared.contracts.connection import Connection
from shared.contracts.errors import Transient
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.ops.conftest import Type

pytestmark = pytest.mark.integration
READ_UP_TO = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
async def shop(owner: Database) -> Connection:
    """A connection whose orders are read up to noon."""
    connection = Connection(id=uuid4(), version=1, platform="acme", name="Tea shop")
    async with owner.transaction() as tx:
        await replica.put(tx, connection)
        await cursors.read(tx, connection.id, "order")
        await cursors.advance(tx, connection.id, "order", READ_UP_TO)
        await cursors.succeeded(tx, connection.id, "order", timedelta(minutes=15), full=True)
    return connection


async def position(owner: Database, shop: Connection) -> datetime | None:
    async with owner.transaction() as tx:
        return (await cursors.read(tx, shop.id, "order")).position


async def test_a_stream_moved_back_is_due_at_once_from_there(owner: Database, shop: Connection, command: Type) -> None:
    said = await command("cursors", "back", "Tea shop", "order", "--to", "2026-01-30T01:00:00+01:00")
    assert said.exit_code == 0, said.output
    assert "from 2026-01-30 00:00:00 UTC; it had been read up to 2026-01-31 12:00:00" in said.output
    async with owner.transaction() as tx:
        cursor = await cursors.read(tx, shop.id, "order")
        assert cursor.position == datetime(2026, 1, 30, tzinfo=UTC)
        assert cursor.due_at <= await tx.value("SELECT clock_timestamp()")


async def test_from_the_start_means_from_the_very_beginning(owner: Database, shop: Connection, command: Type) -> None:
    assert (await command("cursors", "back", str(shop.id), "order", "--from-start")).exit_code == 0
    assert await position(owner, shop) is None


async def test_a_run_under_way_cannot_carry_the_cursor_forward_again(
    owner: Database, open_as: OpenAs, shop: Connection, command: Type
) -> None:
    connector = open_as("connectors")
    async with connector.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(shop.id)], "worker", limit=1, seconds=60)
    async with connector.transaction() as tx:
        await leases.fence(tx, lease)
        typed = asyncio.create_task(command("cursors", "back", str(shop.id), "order", "--from-start"))
        await asyncio.sleep(1)
        assert not typed.done()
        await cursors.advance(tx, shop.id, "order", READ_UP_TO + timedelta(hours=1))
    assert (await typed).exit_code == 0
    with pytest.raises(Transient):
        async with connector.transaction() as tx:
            await leases.fence(tx, lease)
    assert await position(owner, shop) is None


async def test_the_journal_says_who_moved_which_cursor_from_where_to_where(
    owner: Database, shop: Connection, command: Type
) -> None:
    await command("cursors", "back", str(shop.id), "order", "--from-start")
    async with owner.transaction() as tx:
        body = await tx.value("SELECT body FROM connectors.outbox WHERE type = 'journal.recorded'")
    text = body.decode()
    assert all(word in text for word in ("cursor_moved_back", "2026-01-31 12:00:00", "the beginning", str(shop.id)))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nobody", "order", "--from-start"), "know no connection nobody"),
        (("Tea shop", "refund", "--from-start"), "has no stream refund"),
        (("Tea shop", "order"), "Say from where"),
        (("Tea shop", "order", "--to", "2026-01-30T00:00:00"), "no offset"),
        (("Tea shop", "order", "--to", "yesterday"), "no ISO time"),
        (("Tea shop", "order", "--to", "2999-01-01T00:00:00Z"), "future"),
    ],
)
async def test_what_is_not_clear_moves_nothing(
    owner: Database, shop: Connection, command: Type, words: tuple[str, ...], sentence: str
) -> None:
    refused = await command("cursors", "back", *words)
    assert refused.exit_code == 1
    assert sentence in refused.output
    assert await position(owner, shop) == READ_UP_TO


async def test_the_list_says_what_is_wrong_in_the_operators_language(
    owner: Database, shop: Connection, command: Type
) -> None:
    async with owner.transaction() as tx:
        await cursors.failed(tx, shop.id, "order", "shop_locked", timedelta(minutes=5))
    listed = (await command("cursors", "list", "--connection", "Tea shop", "--lang", "de")).output
    assert "2026-01-31 12:00:00" in listed
    assert "Der Shop ist gesperrt" in listed


async def test_after_the_broker_lost_its_messages_everything_can_be_published_once_more(
    owner: Database, shop: Connection, command: Type
) -> None:
    async def news() -> dict[str, int]:
        async with owner.transaction() as tx:
            found = await seen.revisions(tx, {(shop.id, "order", "1001"): b"same"})
            return {id: revision for (_, _, id), revision in found.items()}

    known = (("order", "1001"), ("article", "a-1"))
    async with owner.transaction() as tx:
        await seen.remember(tx, {(shop.id, noun, id): (b"same", 1) for noun, id in known})
    await command("cursors", "back", "Tea shop", "order", "--from-start")
    assert await news() == {}
    await command("cursors", "back", "Tea shop", "order", "--from-start", "--publish-again")
    assert await news() == {"1001": 2}
    async with owner.transaction() as tx:
        assert await seen.revisions(tx, {(shop.id, "article", "a-1"): b"same"}) == {}
