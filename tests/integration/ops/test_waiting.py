"""What waits, for what, and who holds which connection."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.connector_kit import replica, work
from shared.contracts.connection import Connection
from shared.persistence import held, leases
from shared.persistence.database import Database
from tests.integration.ops.conftest import Type

pytestmark = pytest.mark.integration


@pytest.fixture
async def shop(owner: Database) -> Connection:
    connection = Connection(id=uuid4(), version=1, platform="acme", name="Tea shop")
    async with owner.transaction() as tx:
        await replica.put(tx, connection)
    return connection


async def test_work_is_counted_by_what_keeps_it_waiting(owner: Database, shop: Connection, command: Type) -> None:
    rows = [work.NewWork(shop.id, "stock", f"listing {n}", 1, "{}") for n in range(5)]
    async with owner.transaction() as tx:
        await work.store(tx, rows)
        due = await work.due(tx, shop.id, "stock", 5)
        await work.block(tx, due[:3], "productive_mode_off", timedelta(minutes=5))
        await work.again(tx, due[3:4], "the shop is slow", timedelta(minutes=5))
    lines = (await command("work", "list", "--lang", "de")).output.splitlines()[2:]
    assert ["Produktivmodus" in lines[0], "the shop is slow" in lines[1] + lines[2]] == [True, True]
    assert [line.split("stock")[1].split()[0] for line in lines] == ["3", "1", "1"]
    other = await command("work", "list", "--connection", "Coffee shop")
    assert other.exit_code == 1


async def test_a_lease_whose_holder_was_killed_is_told_from_one_at_work(
    owner: Database, shop: Connection, command: Type
) -> None:
    async with owner.transaction() as tx:
        await leases.acquire(tx, [str(shop.id)], "killed", limit=1, seconds=60)
    assert "killed (no longer alive)" in (await command("leases", "list")).output
    async with owner.transaction() as tx:
        await leases.announce(tx, "killed", "acme", seconds=60)
    assert "no longer alive" not in (await command("leases", "list")).output
    async with owner.transaction() as tx:
        await leases.leave(tx, "killed")
    assert "nobody" in (await command("leases", "list")).output


async def test_held_events_are_counted_by_what_they_wait_for(owner: Database, command: Type) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    async with owner.transaction() as tx:
        await tx.execute("SET LOCAL search_path TO orders")
        await held.hold(tx, [held.HeldEvent("orders.push.reported", b"[]", later, "parcel 7") for _ in range(2)])
        await held.hold(tx, [held.HeldEvent("orders.order.received", b"[]", later)])
    lines = (await command("held", "list")).output.splitlines()[2:]
    assert sorted(line.split("  ")[0] for line in lines) == ["orders.order.received", "orders.push.reported"]
    assert any("parcel 7" in line and " 2 " in line for line in lines)


async def test_nothing_waiting_is_said_in_a_sentence(command: Type) -> None:
    for noun in ("held", "work", "leases"):
        said = (await command(noun, "list")).output.strip()
        assert said.endswith(".")
        assert "\n" not in said
