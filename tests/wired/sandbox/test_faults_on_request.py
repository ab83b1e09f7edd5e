"""Faults: what goes wrong at a shop when somebody asks for it."""

import json
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from services.sandbox.faults import Faults, Rule
from tests.wired.sandbox.callers import Caller

LIST = {"orderby": "modified", "order": "asc", "per_page": 5}


async def fault(shop: Caller, **rule: object) -> None:
    assert (await shop.control("POST", "/faults", json=rule)).status_code == 201


async def test_a_shop_throttles_with_and_without_saying_how_long(shop: Caller) -> None:
    await fault(shop, kind="throttle", times=1, retry_after=3)
    await fault(shop, kind="throttle", times=1)
    first, second, third = [await shop.get("/orders") for _ in range(3)]
    assert (first.status_code, first.headers["Retry-After"]) == (429, "3")
    assert (second.status_code, "Retry-After" in second.headers) == (429, False)
    assert third.status_code == 200


async def test_a_fault_strikes_only_the_path_and_method_it_is_meant_for(shop: Caller) -> None:
    await fault(shop, kind="error_500", path_contains="/products", method="GET")
    assert (await shop.get("/orders")).status_code == 200
    assert (await shop.get("/products")).status_code == 500
    assert (await shop.call("POST", "/products/batch", json={"update": []})).status_code == 200
    await shop.control("DELETE", "/faults")
    assert (await shop.get("/products")).status_code == 200


async def test_an_answer_can_stop_in_the_middle(shop: Caller) -> None:
    await shop.place("guest")
    await fault(shop, kind="truncated_json", times=1)
    answer = await shop.get("/orders")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len((await shop.get("/orders")).json()) == 1


async def test_a_firewall_can_answer_in_the_shops_place(shop: Caller) -> None:
    await fault(shop, kind="html_200", times=1)
    answer = await shop.get("/orders")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")


async def test_a_lost_answer_hides_a_write_that_happened(shop: Caller) -> None:
    order_id = await shop.place("guest")
    await fault(shop, kind="answer_lost", times=1, method="PUT")
    answer = await shop.call("PUT", f"/orders/{order_id}", json={"status": "completed"})
    assert answer.status_code == 500
    assert (await shop.order(order_id))["status"] == "completed"


async def test_a_page_can_come_twice(shop: Caller) -> None:
    await shop.control("POST", "/orders", json={"count": 12})
    first = (await shop.get("/orders", **LIST)).json()
    await fault(shop, kind="repeat_page", times=1)
    assert (await shop.get("/orders", **LIST, page=2)).json() == first
    assert (await shop.get("/orders", **LIST, page=2)).json() != first


async def test_a_row_can_move_behind_the_readers_back(shop: Caller) -> None:
    await shop.control("POST", "/orders", json={"count": 12, "spread_seconds": 120})
    first = (await shop.get("/orders", **LIST)).json()
    everything = [row["id"] for row in (await shop.get("/orders", **(LIST | {"per_page": 100}))).json()]
    assert (await shop.get("/orders", **LIST)).json() == first
    await fault(shop, kind="row_moves", times=1)
    second = (await shop.get("/orders", **LIST, page=2)).json()
    assert everything[5] not in [row["id"] for row in (*first, *second)]


async def test_an_order_can_become_visible_late(shop: Caller) -> None:
    await fault(shop, kind="late_visibility", seconds=30)
    order_id = await shop.place("guest")
    assert (await shop.get("/orders")).json() == []
    assert (await shop.order(order_id))["id"] == order_id
    shop.sandbox.clock.shift(timedelta(seconds=31))
    assert [row["id"] for row in (await shop.get("/orders")).json()] == [order_id]


async def test_keys_can_be_taken_away(shop: Caller) -> None:
    await fault(shop, kind="revoke_token")
    answer = await shop.get("/orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")
    await shop.control("DELETE", "/faults")
    assert (await shop.get("/orders")).status_code == 200


async def test_one_shops_faults_do_not_touch_another(shop: Caller, old_shop: Caller) -> None:
    await fault(shop, kind="error_500")
    assert (await shop.get("/orders")).status_code == 500
    assert (await old_shop.get("/orders")).status_code == 200


async def test_an_unknown_fault_is_refused(shop: Caller) -> None:
    assert (await shop.control("POST", "/faults", json={"kind": "earthquake"})).status_code == 422


def test_a_share_strikes_about_that_share() -> None:
    faults = Faults()
    faults.add(Rule("error_500", share=0.25))
    struck = sum(faults.take("error_500") is not None for _ in range(2000))
    assert 400 < struck < 600


async def test_the_control_api_answers_this_machine_only(sandbox: FastAPI) -> None:
    away = httpx2.ASGITransport(sandbox, client=("192.0.2.7", 4711))
    async with httpx2.AsyncClient(transport=away, base_url="https://sandbox.test") as stranger:
        assert (await stranger.get("/_control/shops")).status_code == 403
        assert (await stranger.get("/health")).status_code == 200
