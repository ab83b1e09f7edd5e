"""A connector's process is killed while it reads a shop: nothing is lost, nothing comes twice."""

import time

import pytest

from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.case import Case
from tests.journey.progress import Progress
from tests.journey.system import LEASE_SECONDS, System

# A slow page of the shop, in seconds; shorter than what a call may take within a lease.
SLOW = 1.5
# A lease ends after its time, and whoever waits for it looks every second; the rest is a page and a slow machine.
TAKE_OVER_SECONDS = LEASE_SECONDS + 14


def in_the_middle_of_a_page(account: Account) -> None:
    """Returns while the shop is still working on a page that somebody asked for."""
    before = account.struck("slow")
    wait_for("a slow page is being read", lambda: account.struck("slow") > before, seconds=120, every=0.02)
    time.sleep(SLOW / 3)


@pytest.mark.parametrize(
    "kills", [pytest.param(1, id="once"), pytest.param(20, id="20 times", marks=pytest.mark.fault)]
)
def test_a_connector_killed_in_the_middle_of_a_page_loses_no_order(system: System, case: Case, kills: int) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    account.fault("slow", path_contains="/orders", seconds=SLOW)
    with Progress(system.servers.postgres_url, account.id) as progress:
        for _ in range(kills):
            account.place(150)
            in_the_middle_of_a_page(account)
            system.kill("connectors")
            killed = time.monotonic()
            system.restart("connectors")
        account.mend()
        account.wait_for_orders(150 * kills, seconds=120)
    account.close(case, recover_s=progress.recovered(killed, all_there=150 * kills))
    assert case.adds_up, case.faults


def test_another_replica_takes_over_when_a_killed_connector_never_returns(system: System, case: Case) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    with system.replica("connectors"):
        wait_for("both replicas are alive", lambda: system.holders() == 2, seconds=30, every=0.1)
        account.fault("slow", path_contains="/orders", seconds=SLOW)
        with Progress(system.servers.postgres_url, account.id) as progress:
            account.place(150)
            in_the_middle_of_a_page(account)
            holder = account_holder(system, account)
            system.kill(holder)
            killed = time.monotonic()
            account.mend()
            account.wait_for_orders(150)
        recover_s = progress.recovered(killed, all_there=150)
        account.close(case, recover_s=recover_s)
    assert case.adds_up, case.faults
    assert recover_s is not None
    assert recover_s < TAKE_OVER_SECONDS


def account_holder(system: System, account: Account) -> str:
    """The process, by its name in the fleet, that holds the connection's lease."""
    holder = str(system.books.value("SELECT holder FROM connectors.leases WHERE account = $1", account.id))
    pid = int(holder.split(":")[1])
    (name,) = [name for name, process in system.stage.fleet.processes.items() if process.pid == pid]
    return name
