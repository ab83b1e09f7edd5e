"""A shop that says "too fast", and a shop that no longer knows us."""

import time
from datetime import datetime, timedelta

import pytest

from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.case import Case
from tests.journey.system import ADDRESSES, System

# A call that was made before the refusal was read is no disobedience, and on a busy machine reading it takes a while.
UNDER_WAY = timedelta(seconds=1)


def too_early(account: Account, retry_after: float) -> list[str]:
    """Requests that a shop got before the time it had asked for in an earlier refusal."""
    log = account.requests()["latest"]
    begun = [datetime.fromisoformat(one["at"]) for one in log]
    refused = [at for at, one in zip(begun, log, strict=True) if one["status"] == 429]
    return [
        f"asked at {at:%X.%f}, refused at {no:%X.%f}"
        for no in refused
        for at in begun
        if no + UNDER_WAY < at < no + timedelta(seconds=retry_after)
    ]


@pytest.mark.parametrize(
    ("storms", "retry_after"),
    [pytest.param(3, 5.0, id="3 refusals"), pytest.param(30, 5.0, id="30 refusals", marks=pytest.mark.fault)],
)
def test_a_shop_that_says_too_fast_is_left_alone_until_it_said(
    system: System, case: Case, storms: int, retry_after: float
) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    account.fault("throttle", times=storms, retry_after=retry_after, path_contains="/wp-json/")
    account.place(300)
    wait_for("the storm is over", lambda: account.struck("throttle") >= storms, seconds=storms * retry_after * 3 + 30)
    calm = time.monotonic()
    account.wait_for_orders(300, seconds=120)
    account.close(case, recover_s=round(time.monotonic() - calm, 1))
    assert case.adds_up, case.faults
    assert too_early(account, retry_after) == []


def test_a_revoked_key_pauses_the_connection_and_nothing_is_lost(system: System, case: Case) -> None:
    account = system.connect()
    account.fault("drop_webhooks")
    account.fault("revoke_token")
    account.place(30)
    wait_for("the connection is paused", lambda: account.view()["paused_because"] != "", seconds=40)
    view = account.view()
    assert len(view["paused_sentence"].split()) > 3
    assert {switch["blocked_by"] for switch in view["switches"]} == {"connection_paused"}
    asked = settled_requests(account)
    account.place(30)
    time.sleep(5)
    assert account.requests()["requests"] == asked, "a paused connection is not tried again and again"
    account.mend()
    account.fault("drop_webhooks")
    shop = next(one for one in system.sandbox.get("/_control/shops") if one["name"] == account.name)
    credentials = {ADDRESSES[account.platform]: shop["url"], **shop["credentials"]}
    system.kontor.put(f"/connections/{account.id}/credentials", {"credentials": credentials})
    renewed = time.monotonic()
    account.wait_for_orders(60)
    account.close(case, recover_s=round(time.monotonic() - renewed, 1))
    assert case.adds_up, case.faults
    assert account.view()["paused_because"] == ""
    told = system.kontor.get("/journal/entries", connection=account.id, noun="connection")["items"]
    codes = {line["code"] for line in told}
    assert {"connection_paused_because", "credentials_renewed"} <= codes


def settled_requests(account: Account) -> int:
    """How often the shop was asked, once what was under way has ended."""
    time.sleep(2)
    return int(account.requests()["requests"])
