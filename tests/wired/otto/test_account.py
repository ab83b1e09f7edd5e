"""The pretend account refuses what the original refuses."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from services.sandbox import seeds
from tests.wired.contract.stand import Stand

SCOPES = "orders products availability shipments"


@pytest.fixture
async def seller(stand: Stand) -> AsyncIterator[httpx2.AsyncClient]:
    """A caller with a token of the seller's own app, without any of the connector's care."""
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(stand.app), base_url="https://sandbox.test/otto/usual/"
    ) as client:
        form = {"grant_type": "client_credentials", "scope": SCOPES, **stand.shop.credentials()}
        token = (await client.post("v1/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def placed(stand: Stand, case: str) -> Any:
    id = stand.opened.place(seeds.case(case, stand.sandbox.clock()))
    return stand.shop.store.book.orders[id]


async def ids(seller: httpx2.AsyncClient, **params: str) -> list[str]:
    answer = await seller.get("v4/orders", params=params)
    return [row["salesOrderId"] for row in answer.json()["resources"]]


async def test_a_list_by_state_hides_orders_with_one_announced_piece_unless_asked_for_them(
    stand: Stand, seller: httpx2.AsyncClient
) -> None:
    whole, mixed = placed(stand, "engraving"), placed(stand, "reduced rate only")
    mixed.items[0]["fulfillmentStatus"] = "ANNOUNCED"
    processable = {"fulfillmentStatus": "PROCESSABLE"}
    assert await ids(seller, **processable) == [whole.id]
    assert set(await ids(seller, **processable, mode="AT_LEAST_ONE")) == {whole.id, mixed.id}
    assert set(await ids(seller)) == {whole.id, mixed.id}


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("v4/orders?limit=129", "limit"),
        ("v4/orders?fulfillmentStatus=OPEN", "fulfillmentStatus"),
        ("v4/orders?mode=ALL", "mode"),
        ("v4/orders?fromDate=yesterday", "fromDate"),
        ("v4/orders?nextcursor=abc", "nextcursor"),
        ("v5/products?limit=101", "limit"),
        ("v1/availability/quantities?limit=201", "limit"),
        ("v1/shipments", "datefrom"),
    ],
)
async def test_a_question_it_does_not_understand_is_refused_by_name(
    seller: httpx2.AsyncClient, path: str, word: str
) -> None:
    answer = await seller.get(path)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["title"]) == (400, "INVALID_REQUEST_PARAMETER")
    assert word in error["detail"]
    assert error["logref"]


async def test_the_limit_alone_is_looked_at_behind_a_cursor(stand: Stand, seller: httpx2.AsyncClient) -> None:
    stand.shop.place_many(5, stand.sandbox.plain_baskets)
    first = (await seller.get("v4/orders", params={"limit": "2"})).json()
    href = first["links"][0]["href"].lstrip("/")
    rest = (await seller.get(f"{href}&fulfillmentStatus=SENT&limit=3")).json()["resources"]
    assert len(rest) == 3
    seen = {row["salesOrderId"] for row in first["resources"]} | {row["salesOrderId"] for row in rest}
    assert len(seen) == 5


async def test_pieces_are_cancelled_all_or_none_and_an_order_as_far_as_it_can_be(
    stand: Stand, seller: httpx2.AsyncClient
) -> None:
    order = placed(stand, "reduced rate only")
    first, second = order.items[:2]
    first["fulfillmentStatus"] = "SENT"
    both = f"{first['positionItemId']},{second['positionItemId']}"
    refused = await seller.post(f"v4/orders/{order.id}/positionItems/{both}/cancellation")
    assert (refused.status_code, second["fulfillmentStatus"]) == (409, "PROCESSABLE")
    assert (await seller.post(f"v4/orders/{order.id}/cancellation")).status_code == 202
    assert [item["fulfillmentStatus"] for item in order.items] == ["SENT", *["CANCELLED_BY_PARTNER"] * 9]
    assert (await seller.post(f"v4/orders/{order.id}/cancellation")).status_code == 409


async def test_a_parcel_that_is_not_whole_is_refused_by_the_field(stand: Stand, seller: httpx2.AsyncClient) -> None:
    order = placed(stand, "engraving")
    item = {"positionItemId": order.items[0]["positionItemId"], "salesOrderId": order.id}
    back = {"returnTrackingKey": {"carrier": "UPS", "trackingNumber": "R1"}}
    body: dict[str, Any] = {
        "trackingKey": {"carrier": "DHL", "trackingNumber": "T1"},
        "shipDate": "2026-11-27T08:00:00Z",
        "shipFromAddress": {"city": "Rostock", "countryCode": "DEU", "zipCode": "18055"},
        "positionItems": [item],
    }
    wrong = [
        ({"trackingKey": None}, "trackingKey"),
        ({"trackingKey": {"carrier": "DHL"}}, "trackingKey.trackingNumber"),
        ({"trackingKey": {"carrier": "POST", "trackingNumber": "1"}}, "trackingKey.carrier"),
        ({"shipFromAddress": {"city": "Rostock", "countryCode": "DE", "zipCode": "1"}}, "shipFromAddress.countryCode"),
        ({}, "positionItems[0].returnTrackingKey"),
        ({"positionItems": [item | back]}, "positionItems[0].returnTrackingKey.carrier"),
    ]
    for differing, field in wrong:
        answer = await seller.post("v1/shipments", json=body | differing)
        assert (answer.status_code, answer.json()["errors"][0]["jsonPath"]) == (400, field)
    assert order.statuses == {"PROCESSABLE"}


async def test_twenty_calls_a_second_and_ten_for_products_are_allowed(
    stand: Stand, seller: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stand.sandbox.clock()
    monkeypatch.setattr(stand.shop.store.access, "_clock", lambda: now)
    products = [(await seller.get("v5/products?limit=1")).status_code for _ in range(11)]
    orders = [(await seller.get("v4/orders?limit=1")).status_code for _ in range(10)]
    assert products == [*[200] * 10, 429]
    assert orders == [*[200] * 9, 429]


async def test_a_token_opens_only_what_it_was_asked_for_and_for_half_an_hour(
    stand: Stand, seller: httpx2.AsyncClient
) -> None:
    form = {"grant_type": "client_credentials", "scope": "orders", **stand.shop.credentials()}
    granted = (await seller.post("v1/token", data=form)).json()
    seller.headers["Authorization"] = f"Bearer {granted['access_token']}"
    assert ((await seller.get("v4/orders")).status_code, (await seller.get("v5/products")).status_code) == (200, 403)
    stand.sandbox.clock.shift(timedelta(seconds=granted["expires_in"]))
    assert (await seller.get("v4/orders")).status_code == 401
    refused = await seller.post("v1/token", data=form | {"scope": "orders everything"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
