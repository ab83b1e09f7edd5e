"""The same order by webhook, poll and backfill at once, on several workers: one order, one import, one reservation."""

import base64
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import httpx2
import pytest

from services.ops import installation
from services.ops.stage import wait_for
from shared.contracts.connection import SyncRun
from shared.contracts.envelope import event
from tests.journey.account import Account
from tests.journey.case import Case
from tests.journey.system import System

TIMES = 5


def deliver(system: System, account: Account, external_id: str) -> int:
    """One webhook about an order, as the shop signs it; answers the status."""
    hash_key = installation.secrets_of(system.stage.folder).hash_key.encode()
    secret = hmac.new(hash_key, f"webhook:{account.id}".encode(), sha256).hexdigest()
    body = json.dumps({"id": int(external_id)}).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), body, sha256).digest()).decode()
    headers = {"X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Signature": signature}
    address = f"{system.stage.addresses.origin}/hooks/woocommerce/{account.id}"
    return httpx2.post(address, content=body, headers=headers, timeout=30).status_code


def backfill(system: System, account: Account) -> None:
    """Asks for everything of the last hour again."""
    hour = timedelta(hours=1)
    now = datetime.now(UTC)
    wish = SyncRun(noun="order", since=now - hour, until=now + hour, path="backfill")
    system.books.publish(
        event(
            wish,
            id=uuid4(),
            source="operator",
            subject=account.id,
            time=now,
            platform=account.platform,
            connection=UUID(account.id),
        )
    )


@pytest.mark.parametrize(
    "orders", [pytest.param(20, id="20 orders"), pytest.param(300, id="300 orders", marks=pytest.mark.fault)]
)
def test_an_order_that_comes_by_every_way_at_once_is_one_order(system: System, case: Case, orders: int) -> None:
    account = system.connect()
    account.fault("duplicate_webhooks")
    with system.replica("connectors"), system.replica("order_import"):
        wait_for("both replicas are alive", lambda: system.holders() == 2, seconds=30, every=0.1)
        ids = account.place(orders)
        backfill(system, account)
        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(lambda id: deliver(system, account, id), ids * TIMES))
        backfill(system, account)
        assert set(statuses) == {200}
        account.close(case, seconds=120)
    assert case.adds_up, case.faults
    versions = {account.order(id)["version"] for id in ids[:20]}
    assert versions == {1}
    assert account.struck("duplicate_webhooks") >= orders


def test_a_changed_order_that_comes_by_every_way_at_once_gets_one_more_version(system: System, case: Case) -> None:
    account = system.connect()
    with system.replica("order_import"):
        (id,) = account.place(1)
        account.settle()
        account.edit(id, "refund_amount", amount="1.00")
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: deliver(system, account, id), range(TIMES)))
        backfill(system, account)
        wait_for("the change has arrived", lambda: account.order(id)["version"] == 2, seconds=30)
        account.close(case)
    assert case.adds_up, case.faults
    assert account.order(id)["version"] == 2
