"""Webhooks make it fast, polling makes it true."""

import time

from tests.journey.case import Case
from tests.journey.system import ORDERS_EVERY, System

HOUR = 3600


def test_orders_whose_webhooks_are_all_lost_come_by_the_next_poll(system: System, case: Case) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    placed = time.monotonic()
    account.place(30)
    account.wait_for_orders(30)
    recover_s = round(time.monotonic() - placed, 1)
    account.close(case, recover_s=recover_s)
    assert case.adds_up, case.faults
    assert account.struck("drop_webhooks") >= 30
    assert recover_s < ORDERS_EVERY + 13


def test_an_order_comes_by_its_webhook_long_before_the_next_poll(system: System) -> None:
    account = system.connect(options={"orders_every_seconds": HOUR})
    ids = account.place(5)
    account.wait_for_orders(5, seconds=20)
    paths = {one["path"] for id in ids for one in system.kontor.get(f"/orders/{account.order(id)['id']}/versions")}
    assert paths == {"webhook"}


def test_webhooks_that_come_twice_make_no_second_order(system: System, case: Case) -> None:
    account = system.connect(options={"orders_every_seconds": HOUR})
    account.fault("duplicate_webhooks")
    account.place(20)
    account.wait_for_orders(20)
    account.change(options={"orders_every_seconds": ORDERS_EVERY})
    account.close(case)
    assert case.adds_up, case.faults
    assert account.struck("duplicate_webhooks") >= 20
