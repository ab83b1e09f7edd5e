"""Leases: one holder per account, fair shares, and a stale holder whose writes fail."""

import asyncio

import pytest

from shared.contracts.errors import Transient
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs

ACCOUNTS = ["a", "b", "c", "d", "e"]


@pytest.fixture
async def database(open_as: OpenAs) -> Database:
    database = open_as("connectors")
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM leases")
        await tx.execute("DELETE FROM holders")
    return database


async def test_two_replicas_never_hold_the_same_account(database: Database) -> None:
    async def take(holder: str) -> list[str]:
        async with database.transaction() as tx:
            return [one.account for one in await leases.acquire(tx, ACCOUNTS, holder, limit=5, seconds=30)]

    taken = await asyncio.gather(*(take(f"replica {n}") for n in range(4)))
    assert sorted(account for part in taken for account in part) == ACCOUNTS


async def test_a_replica_counts_those_that_live(database: Database) -> None:
    async with database.transaction() as tx:
        assert await leases.announce(tx, "one", "shop", seconds=30) == 1
        assert await leases.announce(tx, "two", "shop", seconds=30) == 2
        assert await leases.announce(tx, "other", "elsewhere", seconds=30) == 1
        await leases.leave(tx, "two")
        assert await leases.announce(tx, "one", "shop", seconds=30) == 1


async def test_a_stale_holder_cannot_write_after_another_took_over(database: Database) -> None:
    async with database.transaction() as tx:
        (stale,) = await leases.acquire(tx, ["a"], "slow", limit=1, seconds=0.05)
    await asyncio.sleep(0.1)
    async with database.transaction() as tx:
        (fresh,) = await leases.acquire(tx, ["a"], "fast", limit=1, seconds=30)
        assert fresh.token == stale.token + 1
    with pytest.raises(Transient, match="passed to another"):
        async with database.transaction() as tx:
            await leases.fence(tx, stale)
    async with database.transaction() as tx:
        assert set(await leases.renew(tx, [stale, fresh], seconds=30)) == {"a"}
        assert await leases.renew(tx, [stale], seconds=30) == {}
        await leases.fence(tx, fresh)


async def test_a_lease_given_back_can_be_taken_at_once(database: Database) -> None:
    async with database.transaction() as tx:
        (held,) = await leases.acquire(tx, ["a"], "one", limit=1, seconds=30)
        assert await leases.acquire(tx, ["a"], "two", limit=1, seconds=30) == []
        await leases.release(tx, held)
    async with database.transaction() as tx:
        assert [one.holder for one in await leases.acquire(tx, ["a"], "two", limit=1, seconds=30)] == ["two"]
