"""The archive: personal data readable only with its record's key, gone for good when the key is."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts.identity import record_id
from shared.persistence import archive
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs

BODY = b'{"name": "Hannelore Musterfrau", "street": "Kanarienweg 7"}'


def item(connection: UUID, external_id: str = "4711", *, personal: bool = True) -> archive.RawItem:
    return archive.RawItem("order", connection, external_id, BODY, personal=personal)


@pytest.fixture
def connector(open_as: OpenAs) -> Database:
    return open_as("connectors")


@pytest.fixture
def journal(open_as: OpenAs) -> Database:
    return open_as("journal")


async def test_the_same_item_twice_is_kept_once(connector: Database, journal: Database) -> None:
    connection = uuid4()
    async with connector.transaction() as tx:
        (first,) = await archive.store(tx, [item(connection)])
        (second,) = await archive.store(tx, [item(connection)])
    assert first == second
    assert first is not None
    async with journal.transaction() as tx:
        assert (await archive.load(tx, [first]))[first].body == BODY


async def test_personal_data_is_not_readable_in_the_table(connector: Database, schema_url: str) -> None:
    connection = uuid4()
    async with connector.transaction() as tx:
        await archive.store(tx, [item(connection)])
    owner = await asyncpg.connect(schema_url)
    rows = await owner.fetch("SELECT body FROM archive.payloads WHERE connection = $1", connection)
    await owner.close()
    assert rows
    assert all(b"Kanarienweg" not in row["body"] for row in rows)


async def test_destroying_the_key_erases_every_copy_and_nothing_new_is_kept(
    connector: Database, journal: Database
) -> None:
    connection = uuid4()
    async with connector.transaction() as tx:
        (stored,) = await archive.store(tx, [item(connection)])
    assert stored is not None
    async with journal.transaction() as tx:
        await tx.execute(
            "UPDATE archive.keys SET key = NULL, destroyed_at = now() WHERE id = :id",
            id=record_id("order", connection, "4711"),
        )
    async with journal.transaction() as tx:
        found = (await archive.load(tx, [stored]))[stored]
    assert (found.body, found.state) == (None, "erased")
    async with connector.transaction() as tx:
        assert await archive.store(tx, [item(connection)]) == [None]


async def test_a_connector_can_neither_read_nor_destroy_what_it_archived(connector: Database) -> None:
    for forbidden in (
        "SELECT body FROM archive.payloads",
        "DELETE FROM archive.keys",
        "UPDATE archive.keys SET key = NULL",
        "SELECT 1 FROM orders.orders",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with connector.transaction() as tx:
                await tx.execute(forbidden)


async def test_what_several_records_share_is_gone_with_the_key_of_any_of_them(
    connector: Database, journal: Database
) -> None:
    connection, orders = uuid4(), tuple(uuid4() for _ in range(3))
    shared = archive.RawItem("fulfilment-push", connection, "parcel", BODY, owners=orders)
    mine = archive.RawItem("fulfilment-push", connection, "parcel", BODY, owners=orders[:1])
    turned = archive.RawItem("fulfilment-push", connection, "parcel", BODY, owners=orders[::-1])
    async with connector.transaction() as tx:
        together, alone, again = await archive.store(tx, [shared, mine, turned])
    assert together is not None
    assert alone is not None
    assert again == together != alone
    async with journal.transaction() as tx:
        assert (await archive.load(tx, [together]))[together].body == BODY
        await tx.execute("UPDATE archive.keys SET key = NULL WHERE id = :id", id=orders[1])
    async with journal.transaction() as tx:
        found = await archive.load(tx, [together, alone])
    assert (found[together].state, found[together].body) == ("erased", None)
    assert found[alone].body == BODY
    async with connector.transaction() as tx:
        assert await archive.store(tx, [shared]) == [None]
