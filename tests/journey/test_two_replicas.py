"""Two replicas of a connector on the same connections: only one calls a shop at a time."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import psutil

from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.case import Case
from tests.journey.system import LEASE_SECONDS, System
from tests.journey.test_connectors_killed import account_holder

# An answer is logged when it has left; the caller may ask again a breath before.
BREATH = timedelta(milliseconds=20)


class Callers:
    """Which process of the fleet owned which port when, looked up over and over while it runs."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._ended = threading.Event()
        self._seen: dict[int, list[tuple[datetime, int]]] = defaultdict(list)

    def watch(self) -> None:
        while not self._ended.wait(0.05):
            for name, process in list(self._system.stage.fleet.processes.items()):
                if name.startswith("connectors"):
                    with suppress(psutil.Error):
                        for one in psutil.Process(process.pid).net_connections("tcp4"):
                            self._seen[one.laddr.port].append((datetime.now(UTC), process.pid))

    def owner(self, port: int, at: datetime) -> int | None:
        """The process that was seen with this port closest to that time: ports are used again, by others."""
        seen = self._seen.get(port)
        return min(seen, key=lambda one: abs(one[0] - at))[1] if seen else None

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self.watch, daemon=True)
        thread.start()
        yield
        self._ended.set()
        thread.join()


def calls_of(account: Account, callers: Callers) -> list[tuple[datetime, datetime, int]]:
    """Begin, end and process of every request that a connector's loops made, in order.

    A call whose caller hung up, because its connection goes to another replica, ends at its beginning: when it was cut
    short the shop does not know.
    """
    found = [
        (begun, begun + timedelta(seconds=one["seconds"] if one["heard"] else 0), owner)
        for one in account.requests()["latest"]
        for begun in [datetime.fromisoformat(one["at"])]
        for owner in [callers.owner(one["client"], begun)]
        if owner is not None
    ]
    return sorted(found)


def assert_one_at_a_time(calls: list[tuple[datetime, datetime, int]], handovers: int) -> None:
    runs = [list(run) for _, run in groupby(calls, key=lambda call: call[2])]
    assert len(runs) <= handovers
    for before, after in pairwise(runs):
        assert max(end for _, end, _ in before) <= after[0][0] + BREATH


def test_a_shop_is_called_by_one_replica_at_a_time_while_they_share_the_work(system: System, case: Case) -> None:
    callers = Callers(system)
    with callers.watching():
        accounts = [system.connect() for _ in range(3)]
        for account in accounts:
            account.fault("slow", path_contains="/orders", seconds=0.3)
        with system.replica("connectors"):
            wait_for(
                "the replicas share the connections",
                lambda: len({account_holder(system, account) for account in accounts}) == 2,
                seconds=40,
                every=0.1,
            )
            for account in accounts:
                account.place(20)
            accounts[0].settle()
            assert len({account_holder(system, account) for account in accounts}) == 2
        for account in accounts[1:]:
            account.settle()
        accounts[0].close(case)
    assert case.adds_up, case.faults
    for account in accounts:
        handovers = system.books.value("SELECT token FROM connectors.leases WHERE account = $1", account.id)
        calls = calls_of(account, callers)
        assert len(calls) > 10
        assert_one_at_a_time(calls, handovers)
        assert account.ledger().faults == []


def test_a_replica_that_stood_still_finds_its_lease_gone_and_writes_nothing(system: System, case: Case) -> None:
    callers = Callers(system)
    with callers.watching():
        account = system.connect()
        account.fault("drop_webhooks")
        with system.replica("connectors"):
            wait_for("both replicas are alive", lambda: system.holders() == 2, seconds=30, every=0.1)
            account.fault("slow", path_contains="/orders", seconds=0.5)
            account.place(250)
            account.wait_for_orders(1)
            frozen = account_holder(system, account)
            frozen_pid = system.stage.fleet.processes[frozen].pid
            system.stage.fleet.freeze(frozen)
            try:
                time.sleep(LEASE_SECONDS)
                account.wait_for_orders(250)
            finally:
                system.stage.fleet.thaw(frozen)
            account.mend()
            account.place(50)
            account.close(case)
            # Read while both are there: once the replica leaves, the other one takes the connection, and rightly so.
            calls = calls_of(account, callers)
            handovers = system.books.value("SELECT token FROM connectors.leases WHERE account = $1", account.id)
    assert case.adds_up, case.faults
    assert handovers >= 2
    assert len({pid for _, _, pid in calls}) == 2
    assert calls[-1][2] != frozen_pid
    assert_one_at_a_time(calls, handovers)
