"""A WooCommerce shop's webhooks: the ping, the signature, and how the shop gives up on a receiver."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request, Response

from services.sandbox import seeds
from services.sandbox.main import create_sandbox
from tests.wired.sandbox.callers import Caller


class Receiver:
    """A web server that remembers what it got and answers what it is told to."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []

        @self.app.post("/hook")
        async def hook(request: Request) -> Response:
            self.got.append((dict(request.headers), await request.body()))
            return Response(status_code=self.status)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def calling(receiver: Receiver) -> AsyncIterator[Caller]:
    app = create_sandbox(
        seed=False, shops=(("woocommerce", "demo", {}),), webhook_transport=httpx2.ASGITransport(receiver.app)
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="https://sandbox.test") as client:
        yield Caller(client, app, "demo")
    await app.state.sandbox.close()


async def subscribe(shop: Caller, topic: str = "order.created") -> dict[str, Any]:
    given = {"topic": topic, "delivery_url": "http://kontor.test/hook", "secret": "S3cret"}
    answer = await shop.call("POST", "/webhooks", json=given)
    assert answer.status_code == 201
    await shop.sandbox.drain_webhooks()
    created: dict[str, Any] = answer.json()
    return created


async def test_a_new_webhook_greets_its_address_unsigned(calling: Caller, receiver: Receiver) -> None:
    created = await subscribe(calling)
    headers, body = receiver.got[0]
    assert body == f"webhook_id={created['id']}".encode()
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert not any(name.startswith("x-wc-") for name in headers)
    assert "secret" not in created


async def test_a_delivery_is_signed_over_its_raw_bytes(calling: Caller, receiver: Receiver) -> None:
    await subscribe(calling)
    order_id = await calling.place("emoji and umlauts")
    await calling.sandbox.drain_webhooks()
    headers, body = receiver.got[1]
    expected = base64.b64encode(hmac.digest(b"S3cret", body, hashlib.sha256)).decode()
    assert headers["x-wc-webhook-signature"] == expected
    assert headers["x-wc-webhook-topic"] == "order.created"
    assert json.loads(body)["id"] == order_id


async def test_the_body_is_made_when_it_is_sent(calling: Caller, receiver: Receiver) -> None:
    await subscribe(calling)
    shop = calling.opened.shop
    order_id = shop.place(seeds.case("guest", calling.sandbox.clock()))
    calling.opened.shop.store.set_status(shop.store.book.orders[int(order_id)], "completed")
    shop.store.changed(shop.store.book.orders[int(order_id)])
    await calling.sandbox.drain_webhooks()
    headers, body = receiver.got[1]
    assert headers["x-wc-webhook-topic"] == "order.created"
    assert json.loads(body)["status"] == "completed"


async def test_deliveries_of_one_second_share_their_delivery_id(calling: Caller, receiver: Receiver) -> None:
    await subscribe(calling)
    await calling.control("POST", "/orders", json={"count": 3})
    await calling.sandbox.drain_webhooks()
    sent = receiver.got[1:]
    assert len(sent) == 3
    assert len({headers["x-wc-webhook-delivery-id"] for headers, _ in sent}) <= 2


async def test_a_deleted_order_is_only_an_id(calling: Caller, receiver: Receiver) -> None:
    await subscribe(calling, "order.deleted")
    order_id = await calling.place("guest")
    await calling.call("DELETE", f"/orders/{order_id}")
    await calling.sandbox.drain_webhooks()
    assert json.loads(receiver.got[1][1]) == {"id": order_id}


async def test_the_shop_gives_up_after_the_seventh_failure_and_can_be_asked_to_go_on(
    calling: Caller, receiver: Receiver
) -> None:
    created = await subscribe(calling)
    receiver.status = 500
    for attempt in range(1, 8):
        await calling.control("POST", "/orders", json={"count": 1})
        await calling.sandbox.drain_webhooks()
        status = (await calling.get(f"/webhooks/{created['id']}")).json()["status"]
        assert status == ("active" if attempt < 7 else "disabled")
    got = len(receiver.got)
    await calling.control("POST", "/orders", json={"count": 1})
    await calling.sandbox.drain_webhooks()
    assert len(receiver.got) == got, "a disabled webhook sends nothing"
    assert [row["id"] for row in (await calling.get("/webhooks", status="disabled")).json()] == [created["id"]]
    receiver.status = 200
    await calling.call("PUT", f"/webhooks/{created['id']}", json={"status": "active"})
    await calling.control("POST", "/orders", json={"count": 1})
    await calling.sandbox.drain_webhooks()
    assert len(receiver.got) == got + 1


async def test_a_success_in_between_starts_the_count_again(calling: Caller, receiver: Receiver) -> None:
    created = await subscribe(calling)
    for status in (500, 500, 500, 500, 500, 200, 500, 500, 500, 500, 500, 500):
        receiver.status = status
        await calling.control("POST", "/orders", json={"count": 1})
        await calling.sandbox.drain_webhooks()
    assert (await calling.get(f"/webhooks/{created['id']}")).json()["status"] == "active"


async def test_selling_tells_subscribers_about_the_product(calling: Caller, receiver: Receiver) -> None:
    await subscribe(calling, "product.updated")
    await calling.place("guest")
    await calling.sandbox.drain_webhooks()
    assert json.loads(receiver.got[1][1])["sku"] == "KR-1001"


async def test_messages_can_be_dropped_or_doubled_on_request(calling: Caller, receiver: Receiver) -> None:
    await subscribe(calling)
    await calling.control("POST", "/faults", json={"kind": "drop_webhooks", "times": 1})
    await calling.control("POST", "/orders", json={"count": 1})
    await calling.sandbox.drain_webhooks()
    assert len(receiver.got) == 1
    log = (await calling.control("GET", "/webhooks")).json()
    assert (log[-1]["status"], log[-1]["reason"]) == (None, "dropped by a fault")
    await calling.control("POST", "/faults", json={"kind": "duplicate_webhooks", "times": 1})
    await calling.control("POST", "/orders", json={"count": 1})
    await calling.sandbox.drain_webhooks()
    assert receiver.got[1][1] == receiver.got[2][1]


async def test_an_unreachable_receiver_is_written_down(calling: Caller) -> None:
    calling.opened.webhooks.transport = httpx2.MockTransport(_refuse)
    await subscribe(calling)
    log = (await calling.control("GET", "/webhooks")).json()
    assert log[-1]["status"] is None
    assert "ConnectError" in log[-1]["reason"]


def _refuse(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("Connection refused", request=request)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (
            {"topic": "order.shipped", "delivery_url": "http://kontor.test/hook"},
            "woocommerce_rest_shop_webhook_invalid_topic",
        ),
        (
            {"topic": "order.created", "delivery_url": "ftp://kontor.test"},
            "woocommerce_rest_shop_webhook_invalid_delivery_url",
        ),
        ({"topic": "order.created"}, "rest_missing_callback_param"),
    ],
)
async def test_a_webhook_that_makes_no_sense_is_refused(calling: Caller, given: dict[str, str], code: str) -> None:
    answer = await calling.call("POST", "/webhooks", json=given)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
