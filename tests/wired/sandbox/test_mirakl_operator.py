"""The pretend operator refuses what a real one refuses: strangers, haste, and orders in the wrong state."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.sandbox import seeds
from services.sandbox.main import create_sandbox
from services.sandbox.merchant import Change

API = "/mirakl/demo/api"
FILE = {"file": ("stock.csv", b"offer-sku;quantity;warehouse-code;update-delete\nKR-1001;5;;update\n")}


@pytest.fixture
async def sandbox() -> AsyncIterator[FastAPI]:
    app = create_sandbox(seed=False, shops=(("mirakl", "demo", {}),))
    yield app
    await app.state.sandbox.close()


@pytest.fixture
def shop(sandbox: FastAPI) -> Any:
    return sandbox.state.sandbox.shops["mirakl", "demo"].shop


@pytest.fixture
async def client(sandbox: FastAPI, shop: Any) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": shop.credentials()["api_key"]}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(sandbox), base_url="http://sandbox", headers=headers
    ) as opened:
        yield opened


def place(sandbox: FastAPI, case: str = "reduced rate only") -> str:
    opened = sandbox.state.sandbox.shops["mirakl", "demo"]
    id: str = opened.place(seeds.case(case, sandbox.state.sandbox.clock()))
    return id


@pytest.mark.parametrize("key", ["", "wrong", "Bearer {key}"])
async def test_a_key_is_taken_bare_and_no_other_way(client: httpx2.AsyncClient, shop: Any, key: str) -> None:
    given = key.format(key=shop.credentials()["api_key"])
    answer = await client.get(f"{API}/account", headers={"Authorization": given})
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert (await client.get(f"{API}/account")).json()["shop_id"] == 2001


async def test_another_shop_than_the_keys_is_not_found(client: httpx2.AsyncClient) -> None:
    assert (await client.get(f"{API}/account", params={"shop_id": "2001"})).status_code == 200
    assert (await client.get(f"{API}/account", params={"shop_id": "7"})).status_code == 404


async def test_a_second_file_within_a_minute_is_refused_without_advice(
    client: httpx2.AsyncClient, sandbox: FastAPI
) -> None:
    assert (await client.post(f"{API}/offers/stock/imports", files=FILE)).status_code == 201
    hasty = await client.post(f"{API}/offers/stock/imports", files=FILE)
    assert (hasty.status_code, "retry-after" in hasty.headers) == (429, False)
    sandbox.state.sandbox.clock.shift(timedelta(seconds=60))
    assert (await client.post(f"{API}/offers/stock/imports", files=FILE)).status_code == 201


async def test_a_file_takes_its_time_and_changes_only_what_it_names(
    client: httpx2.AsyncClient, sandbox: FastAPI, shop: Any
) -> None:
    before = shop.stock()
    made = (await client.post(f"{API}/offers/stock/imports", files=FILE)).json()["import_id"]
    states = []
    for _ in range(3):
        states.append((await client.get(f"{API}/offers/stock/imports/{made}/status")).json()["status"])
        sandbox.state.sandbox.clock.shift(timedelta(seconds=15))
    assert states == ["WAITING", "RUNNING", "COMPLETE"]
    assert shop.stock() == before | {"KR-1001": 5}
    wrong = {"file": ("stock.csv", b"number;quantity\nKR-1001;5\n")}
    sandbox.state.sandbox.clock.shift(timedelta(seconds=60))
    assert (await client.post(f"{API}/offers/stock/imports", files=wrong)).status_code == 400


async def test_orders_are_listed_by_creation_and_found_by_change(
    client: httpx2.AsyncClient, sandbox: FastAPI, shop: Any
) -> None:
    first, second = place(sandbox), place(sandbox)
    clock = sandbox.state.sandbox.clock
    clock.shift(timedelta(hours=1))
    since = (clock() - timedelta(minutes=5)).isoformat()
    assert (await client.get(f"{API}/orders", params={"start_update_date": since})).json()["total_count"] == 0
    shop.change(first, Change("touch"))
    found = (await client.get(f"{API}/orders", params={"start_update_date": since})).json()
    assert [row["order_id"] for row in found["orders"]] == [first]
    clock.shift(timedelta(hours=1))
    listed = (await client.get(f"{API}/orders")).json()
    assert [row["order_id"] for row in listed["orders"]] == [first, second]


@pytest.mark.parametrize(
    "params",
    [
        {"order_ids": ",".join(map(str, range(101)))},
        {"start_date": "yesterday"},
        {"start_date": "2026-11-01"},
        {"max": "x"},
    ],
    ids=["too many", "no date", "no offset", "no number"],
)
async def test_a_question_that_makes_no_sense_is_refused(client: httpx2.AsyncClient, params: dict[str, str]) -> None:
    assert (await client.get(f"{API}/orders", params=params)).status_code == 400


async def test_an_order_is_shipped_once_and_not_cancelled_afterwards(
    client: httpx2.AsyncClient, sandbox: FastAPI
) -> None:
    id = place(sandbox)
    assert (await client.put(f"{API}/orders/{id}/ship")).status_code == 204
    assert (await client.put(f"{API}/orders/{id}/ship")).status_code == 400
    assert (await client.put(f"{API}/orders/{id}/cancel")).status_code == 400
    assert (await client.put(f"{API}/orders/NOBODY/cancel")).status_code == 404


async def test_a_cancelation_must_state_its_money_and_its_taxes(
    client: httpx2.AsyncClient, sandbox: FastAPI, shop: Any
) -> None:
    line = shop.store.order(place(sandbox)).body["order_lines"][0]
    wanted = {"order_line_id": line["order_line_id"], "quantity": 1, "reason_code": "34"}
    taxes = {"taxes": [{"code": "DE_REDUCED", "amount": 0.5}], "shipping_taxes": [{"code": "DE_REDUCED", "amount": 0}]}
    money = {"amount": 11.8, "shipping_amount": 0}
    for part, status in (({}, 400), (money, 400), (money | taxes | {"reason_code": "99"}, 400), (money | taxes, 200)):
        answer = await client.put(f"{API}/orders/cancel", json={"cancelations": [wanted | part]})
        assert answer.status_code == status
    assert line["cancelations"][0]["quantity"] == 1


async def test_more_than_is_left_is_not_shipped_and_the_good_answer_says_so(
    client: httpx2.AsyncClient, sandbox: FastAPI, shop: Any
) -> None:
    id = place(sandbox)
    line = shop.store.order(id).body["order_lines"][0]["order_line_id"]
    row = {"order_id": id, "shipped": True, "shipment_lines": [{"order_line_id": line, "quantity": 99}]}
    answer = await client.post(f"{API}/shipments", json={"shipments": [row]})
    assert answer.status_code == 201
    assert (answer.json()["shipment_success"], len(answer.json()["shipment_errors"])) == ([], 1)


async def test_calls_side_by_side_are_refused(client: httpx2.AsyncClient, shop: Any) -> None:
    shop.store.in_flight = 1
    assert (await client.get(f"{API}/account")).status_code == 429
    shop.store.in_flight = 0
    assert (await client.get(f"{API}/account")).status_code == 200
    assert shop.store.in_flight == 0
