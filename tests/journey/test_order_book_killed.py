"""The order book's process is killed in the middle of its work, again and again."""

import time

import pytest

from services.ops.stage import wait_for
from tests.journey.case import Case
from tests.journey.progress import Progress
from tests.journey.system import System


@pytest.mark.parametrize(
    ("orders", "kills"),
    [
        pytest.param(2_000, 3, id="3 kills"),
        pytest.param(10_000, 20, id="20 kills", marks=pytest.mark.fault),
    ],
)
def test_an_order_book_killed_in_the_middle_of_its_work_takes_every_order_once(
    system: System, case: Case, orders: int, kills: int
) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    part = -(-orders // kills)
    with Progress(system.servers.postgres_url, account.id) as progress:
        while account.placed < orders:
            account.place(min(part, orders - account.placed))
            in_the_middle_of_its_work(system, progress)
            system.kill("order_import")
            killed = time.monotonic()
            system.restart("order_import")
        account.wait_for_orders(orders, seconds=180)
    account.close(case, recover_s=progress.recovered(killed, all_there=orders))
    assert case.adds_up, case.faults


def in_the_middle_of_its_work(system: System, progress: Progress) -> None:
    """Returns when the order book has begun with new orders; some of them are written, and others only taken."""
    before = progress.count
    wait_for("new orders arrive in the book", lambda: progress.count > before, seconds=60, every=0.02)


def test_two_order_books_killed_in_turn_take_every_order_once(system: System, case: Case) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    with system.replica("order_import") as replica:
        with Progress(system.servers.postgres_url, account.id) as progress:
            for name in ("order_import", replica):
                account.place(500)
                in_the_middle_of_its_work(system, progress)
                system.kill(name)
                killed = time.monotonic()
                system.restart(name)
            account.wait_for_orders(1_000, seconds=120)
        account.close(case, recover_s=progress.recovered(killed, all_there=1_000))
    assert case.adds_up, case.faults
