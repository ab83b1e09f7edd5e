"""The pretend shop refuses what a shop refuses, and is as awkward."""

from datetime import timedelta
from typing import Any

import pytest

from tests.wired.sandbox_shopware6.admin import Admin, code, opened


@pytest.fixture
async def admin() -> Admin:
    return await opened()


async def test_ten_wrong_attempts_close_the_door_for_everybody_at_the_address(admin: Admin) -> None:
    for _ in range(10):
        assert code(await admin.login(client_secret="wrong")) == (401, "4")
    closed = await admin.login()
    assert code(closed) == (429, "FRAMEWORK__AUTH_THROTTLED")
    assert "retry-after" not in closed.headers
    seconds = closed.json()["errors"][0]["meta"]["parameters"]["seconds"]
    admin.sandbox.clock.shift(timedelta(seconds=seconds))
    assert (await admin.login()).json()["expires_in"] == 600


async def test_a_token_may_be_asked_for_by_a_form(admin: Admin) -> None:
    known = admin.shop.credentials()
    form = {
        "grant_type": "client_credentials", "client_id": known["access_key"],
        "client_secret": known["secret_access_key"],
    }  # fmt: skip
    assert (await admin.http.post("/api/oauth/token", data=form)).status_code == 200
    assert code(await admin.login(grant_type="magic")) == (400, "2")


async def test_a_token_ends_after_ten_minutes(admin: Admin) -> None:
    assert (await admin.call("GET", "/api/_info/version")).json() == {"version": "6.7.10.1"}
    admin.sandbox.clock.shift(timedelta(seconds=606))
    assert code(await admin.call("GET", "/api/_info/version")) == (401, "9")


async def test_accept_decides_the_shape(admin: Admin) -> None:
    id = admin.place("guest")
    plain = await admin.call("POST", "/api/search/order", {})
    assert plain.json()["data"][0]["id"] == id
    other = await admin.call("POST", "/api/search/order", {}, Accept="*/*")
    assert other.json()["data"][0]["attributes"]["orderNumber"] == plain.json()["data"][0]["orderNumber"]
    request = admin.http.build_request("GET", "/api/_info/version", headers={"Authorization": f"Bearer {admin.token}"})
    del request.headers["Accept"]
    assert (await admin.http.send(request)).status_code == 415


async def test_nothing_hangs_on_an_order_that_was_not_asked_for() -> None:
    for version, loaded in (("6.7.10.1", False), ("6.5.3.3", True)):
        admin = await opened(version=version)
        admin.place("guest")
        (row,) = (await admin.search("order"))["data"]
        assert (row["lineItems"], row["currency"]) == (None, None)
        assert (row["stateMachineState"] is not None) is loaded


async def test_includes_leave_the_rest_away(admin: Admin) -> None:
    admin.place("guest")
    (row,) = (await admin.search("order", includes={"order": ["id"]}))["data"]
    assert set(row) == {"id", "apiAlias"}


async def test_what_is_empty_is_a_list(admin: Admin) -> None:
    admin.place("engraving")
    (row,) = (await admin.search("order", associations={"lineItems": {}, "deliveries": {}}))["data"]
    assert row["customFields"] == []
    assert row["lineItems"][0]["customFields"]["Gravur"] == "Für Oma"


async def test_the_total_counts_the_page_unless_it_is_asked_for(admin: Admin) -> None:
    for _ in range(3):
        admin.place("guest")
    totals = [(await admin.search("order", limit=1, **{"total-count-mode": mode}))["total"] for mode in (0, 1, 2)]
    assert totals == [1, 3, 3]


@pytest.mark.parametrize(
    ("version", "limit", "answer"),
    [("6.7.10.1", 501, 400), ("6.5.3.3", 501, 200), ("6.7.10.1", 0, 400), ("6.5.3.3", 500, 200)],
)
async def test_a_page_has_a_largest_size_since_6_5_5(version: str, limit: int, answer: int) -> None:
    admin = await opened(version=version)
    assert (await admin.call("POST", "/api/search/product", {"limit": limit})).status_code == answer


@pytest.mark.parametrize(
    ("criteria", "refusal"),
    [
        ({"associations": {"lines": {}}}, (500, "FRAMEWORK__ASSOCIATION_NOT_FOUND")),
        ({"filter": [{"type": "equals", "field": "colour", "value": 1}]}, (400, "FRAMEWORK__UNMAPPED_FIELD")),
        ({"filter": [{"type": "like", "field": "id", "value": 1}]}, (400, "FRAMEWORK__INVALID_FILTER_QUERY")),
        ({"ids": ["no-id"]}, (400, "FRAMEWORK__INVALID_UUID")),
    ],
)
async def test_criteria_that_make_no_sense_are_refused(admin: Admin, criteria: Any, refusal: tuple[int, str]) -> None:
    admin.place("guest")
    assert code(await admin.call("POST", "/api/search/order", criteria)) == refusal


async def test_an_address_that_is_none_is_not_found(admin: Admin) -> None:
    assert code(await admin.call("GET", "/api/order/17")) == (404, "0")
    assert code(await admin.call("GET", f"/api/order/{'0' * 32}")) == (404, "FRAMEWORK__RESOURCE_NOT_FOUND")
    assert code(await admin.call("POST", "/api/search/dragon", {})) == (404, "0")
    id = admin.place("guest")
    assert (await admin.call("GET", f"/api/order/{id}")).json()["data"]["lineItems"] is None


async def test_a_variant_is_empty_without_inheritance(admin: Admin) -> None:
    criteria = {"filter": [{"type": "equals", "field": "productNumber", "value": "KR-7102"}]}
    for header, name in ({}, None), ({"sw-inheritance": "1"}, "Arbeitshemd"):
        answer = await admin.call("POST", "/api/search/product", criteria, **header)
        assert answer.json()["data"][0]["name"] == name


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ({"id": "0" * 32, "stock": 4}, "/s/1/taxId"),
        ({"id": None, "stock": "4"}, "/s/1/stock"),
        ({"id": None, "stock": 4, "availableStock": 4}, "/s/1/availableStock"),
    ],
)
async def test_one_bad_row_undoes_a_whole_sync(admin: Admin, row: Any, pointer: str) -> None:
    one, two = (await admin.search("product", limit=2))["data"]
    rows = [{"id": one["id"], "stock": 77}, row | {"id": row["id"] or two["id"]}]
    operation = {"entity": "product", "action": "upsert", "payload": rows}
    answer = await admin.call("POST", "/api/_action/sync", {"s": operation}, **{"fail-on-error": "0"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"]["pointer"] == pointer
    assert admin.shop.store.catalogue.rows[one["id"]]["stock"] == one["stock"]


async def test_states_follow_their_machine_and_the_one_held_may_be_set_again(admin: Admin) -> None:
    id = admin.place("bank transfer, unpaid")
    path = f"/api/_action/order/{id}/state"
    assert code(await admin.call("POST", f"{path}/complete", {})) == (400, "SYSTEM__ILLEGAL_STATE_TRANSITION")
    for _ in range(2):
        assert (await admin.call("POST", f"{path}/cancel", {"sendMail": False})).json()["technicalName"] == "cancelled"
    body = admin.shop.store.orders[id].body
    hanging = [*body["deliveries"], *body["transactions"]]
    assert {row["stateMachineState"]["technicalName"] for row in hanging} == {"open"}
    offered = (await admin.call("GET", f"/api/_action/state-machine/order/{id}/state")).json()["transitions"]
    assert [one["actionName"] for one in offered] == ["reopen"]
    assert admin.shop.store.mails == []


async def test_what_moves_which_stamp(admin: Admin) -> None:
    id = admin.place("bank transfer, unpaid")
    body = admin.shop.store.orders[id].body
    delivery, transaction = body["deliveries"][0], body["transactions"][0]
    assert [body["updatedAt"], delivery["updatedAt"], transaction["updatedAt"]] == [None] * 3
    await admin.call("POST", f"/api/_action/order_transaction/{transaction['id']}/state/paid", {})
    await admin.call("PATCH", f"/api/order-delivery/{delivery['id']}", {"trackingCodes": ["T"]})
    assert body["updatedAt"] is None
    assert delivery["updatedAt"]
    assert transaction["updatedAt"]
    await admin.call("POST", f"/api/_action/order/{id}/state/process", {})
    assert body["updatedAt"]


async def test_a_write_to_what_is_not_there_is_the_shops_own_error(admin: Admin) -> None:
    answer = await admin.call("PATCH", f"/api/order-delivery/{'0' * 32}", {"trackingCodes": []})
    assert code(answer) == (500, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR")
    id = admin.place("guest")
    delivery = admin.shop.store.orders[id].body["deliveries"][0]["id"]
    answer = await admin.call("PATCH", f"/api/order-delivery/{delivery}", {"trackingCodes": "T"})
    assert code(answer)[0] == 400
    broken = {"Authorization": f"Bearer {admin.token}", "Accept": "application/json"}
    answer = await admin.http.post("/api/search/order", content=b"{", headers=broken)
    assert code(answer) == (400, "0")


@pytest.mark.parametrize(("version", "shelf"), [("6.5.3.3", 0), ("6.6.0.0", -2)])
async def test_an_order_takes_from_the_shelf_only_since_6_6(version: str, shelf: int) -> None:
    admin = await opened(version=version)
    before = admin.shop.stock()["KR-1001"]
    admin.place("guest")
    (row,) = [one for one in admin.shop.store.catalogue.rows.values() if one["productNumber"] == "KR-1001"]
    assert (row["stock"], row["availableStock"], row["updatedAt"]) == (before + shelf, before - 2, None)
