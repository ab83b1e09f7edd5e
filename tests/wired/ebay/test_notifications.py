"""What eBay calls for: an address that proves itself, orders to read again, and buyers who are gone."""

import base64
import hashlib
import json
from typing import Any

import pytest

from services.connectors.ebay import webhooks
from tests.wired.contract.stand import HOOK, Stand
from tests.wired.contract.test_webhooks import OWN, Postbox


async def told(stand: Stand, topic: str, data: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """One notification as it arrives."""
    box = Postbox(hooks=stand.connector.webhooks)
    stand.opened.webhooks.transport = box
    await webhooks.subscribe(stand.client, HOOK, OWN)
    stand.shop.store.hooks.fire(topic, data)
    await stand.sandbox.drain_webhooks()
    return box.calls[-1]


def test_the_address_proves_itself_by_code_token_and_address_in_that_order() -> None:
    expected = hashlib.sha256(f"code-1{OWN}{HOOK}".encode()).hexdigest()
    assert webhooks.challenge({"challenge_code": "code-1"}, HOOK, OWN) == {"challengeResponse": expected}
    assert webhooks.challenge({}, HOOK, OWN) is None


async def test_an_address_that_does_not_prove_itself_is_not_called(stand: Stand) -> None:
    stand.opened.webhooks.transport = Postbox()
    with pytest.raises(Exception, match="challenge"):
        await webhooks.subscribe(stand.client, HOOK, OWN)
    assert stand.shop.store.hooks.rows == {}


async def test_a_closed_account_names_the_buyer_as_his_orders_do_and_nobody_else_does(stand: Stand) -> None:
    gone = {"username": "kunde07", "userId": "ma8vp1jySJC", "eiasToken": "nY+sHZ2PrBmdj6wVnY"}
    headers, body = await told(stand, "MARKETPLACE_ACCOUNT_DELETION", gone)
    assert webhooks.leaves(headers, body) == "kunde07"
    assert webhooks.hint(headers, body) is None
    headers, body = await told(stand, "ORDER_CONFIRMATION", gone | {"order": {"orderId": "12-10000-10001"}})
    assert webhooks.leaves(headers, body) == ""
    assert webhooks.hint(headers, body) is not None


@pytest.mark.parametrize("data", [{"orderId": "12-10000-10001"}, {"order": {"orderId": "12-10000-10001"}}])
def test_an_order_is_found_wherever_a_topic_names_it(data: dict[str, Any]) -> None:
    body = {"metadata": {"topic": "ORDER_CONFIRMATION"}, "notification": {"data": data}}
    hint = webhooks.hint({}, json.dumps(body).encode())
    assert hint is not None
    assert hint.external_id == "12-10000-10001"


@pytest.mark.parametrize("kid", ["", "../config", "a b", "x" * 200, 7])
def test_a_name_that_can_be_no_keys_is_not_asked_for(kid: Any) -> None:
    header = base64.b64encode(json.dumps({"kid": kid, "signature": "AAAA"}).encode()).decode()
    assert webhooks.key_named({webhooks.SIGNATURE: header}) == ""


async def test_a_seller_without_an_address_to_write_to_is_only_asked_at_intervals(account: Any) -> None:
    stand = account({"alert_email": ""})
    assert await webhooks.subscribe(stand.client, HOOK, OWN) == []
    assert stand.shop.store.hooks.destinations == {}
