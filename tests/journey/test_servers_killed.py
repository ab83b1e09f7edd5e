"""The servers themselves die under load: what the broker confirmed and the database committed is still there."""

import time
from collections.abc import Callable

import httpx2
import pytest

from services.ops.local.embedded import EmbeddedPostgres
from services.ops.local.node import Node
from services.ops.stage import wait_for
from shared.messaging.topology import PENS
from tests.journey.case import Case
from tests.journey.progress import WINDOW, Progress
from tests.journey.system import System, quiet

DOWN_SECONDS = 3.0


def nobody_listens(node: Node) -> list[str]:
    """The queues that no process takes from, but for the pens, which are an operator's."""
    found = httpx2.get(f"{node.management.url}/api/queues/journey", timeout=30).raise_for_status().json()
    return sorted({queue["name"] for queue in found if not queue.get("consumers")} - {pen.name for pen in PENS})


def wait_until_all_listen(node: Node) -> None:
    """Returns when every queue has a consumer, as far as the broker's statistics, some seconds old, know."""
    wait_for(
        "every subscription of every service is there",
        lambda: not nobody_listens(node),
        seconds=120,
        seen=lambda: nobody_listens(node),
    )


def kill_under_load(
    system: System, case: Case, *, orders: int, per_second: float, kills: int, outage: Callable[[], None]
) -> None:
    """Orders come in at a steady pace while a server dies and returns, several times."""
    account = system.connect()
    account.fault("drop_webhooks")
    with Progress(system.servers.postgres_url, account.id) as progress:
        account.place(orders, per_second=per_second)
        account.wait_for_orders(int(per_second * WINDOW))
        time.sleep(WINDOW)
        pace = progress.pace(time.monotonic())
        for _ in range(kills):
            outage()
            back = time.monotonic()
            account.wait_for_orders(progress.count + 1, seconds=120)
        account.wait_for_orders(orders, seconds=300)
    recover_s = progress.recovered(back, all_there=orders, pace=pace)
    account.close(case, seconds=120, recover_s=recover_s)
    system.heal()
    assert case.adds_up, case.faults


@pytest.mark.parametrize(
    ("orders", "kills"),
    [pytest.param(1_000, 1, id="once"), pytest.param(10_000, 10, id="10 times", marks=pytest.mark.fault)],
)
def test_a_broker_killed_under_load_loses_nothing_it_confirmed(
    system_with_own_broker: System, rabbitmq_node: Node, case: Case, orders: int, kills: int
) -> None:
    def outage() -> None:
        rabbitmq_node.kill()
        time.sleep(DOWN_SECONDS)
        rabbitmq_node.start(quiet)

    wait_until_all_listen(rabbitmq_node)
    kill_under_load(system_with_own_broker, case, orders=orders, per_second=100, kills=kills, outage=outage)
    wait_until_all_listen(rabbitmq_node)


@pytest.mark.parametrize(
    ("orders", "kills"),
    [pytest.param(600, 1, id="once"), pytest.param(4_000, 5, id="5 times", marks=pytest.mark.fault)],
)
def test_a_database_killed_under_load_loses_nothing_it_committed(
    system_with_own_database: System, own_postgres: EmbeddedPostgres, case: Case, orders: int, kills: int
) -> None:
    def outage() -> None:
        own_postgres.kill()
        time.sleep(DOWN_SECONDS)
        own_postgres.start(quiet)

    kill_under_load(system_with_own_database, case, orders=orders, per_second=50, kills=kills, outage=outage)
