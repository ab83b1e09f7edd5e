"""Webhooks are really sent, signed over the raw body, in the old REST shape."""

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import httpx2
import pytest

from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from tests.wired.sandbox_shopify.admin import SENDING, SHIP, Admin

ADDRESS = "https://kontor.example/hooks/shopify/1"
ADD = """mutation W($topic: WebhookSubscriptionTopic!, $sub: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $sub) {
    webhookSubscription { id topic uri apiVersion { handle } } userErrors { field message }
  }
}"""
LISTED = "{ webhookSubscriptions(first: 50) { nodes { id topic uri } } }"


class Receiver(httpx2.AsyncBaseTransport):
    """What stands at the address: keeps what arrives, and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[httpx2.Headers, bytes]] = []
        self.status = 200

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.got.append((request.headers, await request.aread()))
        return httpx2.Response(self.status)

    def topics(self) -> list[str]:
        return [headers["X-Shopify-Topic"] for headers, _ in self.got]


@pytest.fixture
async def receiver(admin: Admin) -> Receiver:
    receiver = Receiver()
    admin.opened.webhooks.transport = receiver
    admin.shop.subscriptions.retries = ()
    return receiver


async def subscribe(admin: Admin, *topics: str) -> list[str]:
    made = []
    for topic in topics:
        done = (await admin.data(ADD, topic=topic, sub={"uri": ADDRESS, "format": "JSON"}))["webhookSubscriptionCreate"]
        assert done["userErrors"] == []
        made.append(done["webhookSubscription"]["id"])
    return made


async def test_a_new_order_is_announced_with_a_signature_over_the_raw_body(
    admin: Admin, receiver: Receiver, place: Any
) -> None:
    await subscribe(admin, "ORDERS_CREATE")
    order_id = place("engraving")
    await admin.sandbox.drain_webhooks()
    ((headers, body),) = receiver.got
    secret = admin.shop.credentials()["client_secret"].encode()
    assert headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(hmac.digest(secret, body, hashlib.sha256)).decode()
    assert (headers["X-Shopify-Topic"], headers["X-Shopify-Shop-Domain"]) == ("orders/create", "demo.myshopify.com")
    assert headers["X-Shopify-API-Version"] == "2026-10"
    assert headers["X-Shopify-Webhook-Id"]
    assert headers["X-Shopify-Event-Id"]
    assert headers["X-Shopify-Triggered-At"]
    shown = json.loads(body)
    assert shown["admin_graphql_api_id"] == order_id
    assert shown["id"] == int(order_id.rsplit("/", 1)[1])
    assert shown["line_items"][0]["properties"][0] == {"name": "Gravur", "value": "Für Oma"}
    assert shown["total_price"] == "93.90"


async def test_every_change_and_our_own_shipment_are_announced(admin: Admin, receiver: Receiver, place: Any) -> None:
    await subscribe(
        admin, "ORDERS_UPDATED", "FULFILLMENTS_CREATE", "ORDERS_CANCELLED", "REFUNDS_CREATE", "INVENTORY_LEVELS_UPDATE"
    )
    order_id = place("engraving")
    (row,) = (await admin.data(SENDING, id=order_id))["order"]["fulfillmentOrders"]["nodes"]
    await admin.data(SHIP, fulfillment={"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": row["id"]}]})
    admin.shop.change(place("guest"), Change("cancel"))
    admin.shop.change(order_id, Change("refund_full"))
    await admin.sandbox.drain_webhooks()
    seen = receiver.topics()
    assert seen.count("orders/updated") == 3
    assert seen.count("fulfillments/create") == seen.count("orders/cancelled") == seen.count("refunds/create") == 1
    level = next(body for headers, body in receiver.got if headers["X-Shopify-Topic"] == "inventory_levels/update")
    assert json.loads(level)["available"] == admin.shop.stock()["KR-7301"] - 1


async def test_a_repeated_delivery_carries_the_same_id(admin: Admin, receiver: Receiver, place: Any) -> None:
    await subscribe(admin, "ORDERS_CREATE")
    admin.opened.faults.add(Rule("duplicate_webhooks", times=1))
    place("engraving")
    admin.opened.faults.add(Rule("drop_webhooks", times=1))
    await admin.sandbox.drain_webhooks()
    assert len(receiver.got) == 1
    assert len(admin.opened.webhooks.attempts) == 2
    assert len({attempt.headers["X-Shopify-Webhook-Id"] for attempt in admin.opened.webhooks.attempts}) == 1


async def test_eight_failures_in_a_row_delete_the_subscription(admin: Admin, receiver: Receiver, place: Any) -> None:
    await subscribe(admin, "ORDERS_CREATE", "ORDERS_UPDATED")
    receiver.status = 500
    for _ in range(7):
        place("engraving")
    await admin.sandbox.drain_webhooks()
    receiver.status = 200
    place("engraving")
    await admin.sandbox.drain_webhooks()
    assert len((await admin.data(LISTED))["webhookSubscriptions"]["nodes"]) == 2
    receiver.status = 500
    for _ in range(10):
        place("engraving")
    await admin.sandbox.drain_webhooks()
    left = (await admin.data(LISTED))["webhookSubscriptions"]["nodes"]
    assert [row["topic"] for row in left] == ["ORDERS_UPDATED"]
    assert len(receiver.got) == 16


async def test_failed_deliveries_are_repeated(admin: Admin, receiver: Receiver, place: Any) -> None:
    admin.shop.subscriptions.retries = (0.0, 0.0)
    await subscribe(admin, "ORDERS_CREATE")
    receiver.status = 503
    place("engraving")
    for _ in range(3):
        await admin.sandbox.drain_webhooks()
        await asyncio.sleep(0.01)
    assert len(receiver.got) == 3


async def test_subscriptions_are_unique_listed_and_deleted(admin: Admin, receiver: Receiver, place: Any) -> None:
    (made,) = await subscribe(admin, "ORDERS_CREATE")
    twice = (await admin.data(ADD, topic="ORDERS_CREATE", sub={"uri": ADDRESS}))["webhookSubscriptionCreate"]
    assert "already been taken" in twice["userErrors"][0]["message"]
    wrong = (await admin.data(ADD, topic="ORDERS_CREATE", sub={"uri": "no address"}))["webhookSubscriptionCreate"]
    assert wrong["userErrors"][0]["field"] == ["webhookSubscription", "uri"]
    delete = """mutation D($id: ID!) { webhookSubscriptionDelete(id: $id) {
      deletedWebhookSubscriptionId userErrors { message } } }"""
    assert (await admin.data(delete, id=made))["webhookSubscriptionDelete"]["deletedWebhookSubscriptionId"] == made
    assert (await admin.data(delete, id=made))["webhookSubscriptionDelete"]["userErrors"]
    place("engraving")
    await admin.sandbox.drain_webhooks()
    assert receiver.got == []
