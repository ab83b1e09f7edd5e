"""An account that takes one call at a time hears one at a time, from however many processes it is called."""

import asyncio
from weakref import WeakValueDictionary

import pytest
from httpx2 import ASGITransport

from services.connectors.tradebyte import client
from services.ops.waiting import lease_holders
from shared.connector_kit.opening import Opener
from shared.connector_kit.turns import MARGIN_SECONDS, Turns
from tests.integration.connector_kit.branch import LEASE_SECONDS, Branch
from tests.wired.contract.stand import Dated


class Strangers(WeakValueDictionary[tuple[object, str], asyncio.Lock]):
    """Nobody knows of anybody else's turn, as between processes."""

    def setdefault(self, key: tuple[object, str], default: asyncio.Lock | None = None) -> asyncio.Lock:
        return default or asyncio.Lock()


async def test_a_live_test_elsewhere_waits_for_the_workers_call_and_the_worker_for_its(
    list_branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = list_branch
    monkeypatch.setattr(client, "_TURNS", Strangers())
    branch.place(6)
    transport = Dated(ASGITransport(branch.stand.app), branch.stand.sandbox.clock)
    openers = [
        Opener(branch.stand.connector, branch.service, timeout=LEASE_SECONDS / 2, transport=transport) for _ in range(3)
    ]
    shops = [opener.open(branch.connection) for opener in openers]
    await asyncio.gather(*(shop.client.open_orders("1701") for shop in shops for _ in range(4)))
    requests = branch.stand.opened.requests
    assert (requests.requests, requests.most_in_flight, set(requests.by_status)) == (12, 1, {"200"})
    for shop in shops:
        await shop.close()


async def test_the_turn_of_a_process_that_died_ends_by_itself(list_branch: Branch) -> None:
    database = list_branch.service.database
    dead = Turns(database, 0.3 - MARGIN_SECONDS)
    await dead._acquired("account 4711")
    async with asyncio.timeout(5), Turns(database, 25).take("account 4711"):
        pass


async def test_turns_of_two_accounts_do_not_wait_for_each_other_and_are_no_leases_of_connections(
    list_branch: Branch,
) -> None:
    turns = Turns(list_branch.service.database, 25)
    async with (
        asyncio.timeout(5),
        turns.take("account 4711"),
        turns.take("account 4712"),
        list_branch.service.database.transaction() as tx,
    ):
        assert await lease_holders(tx) == []
