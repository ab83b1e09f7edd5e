"""The pretend account refuses what the platform refuses: strangers, old calls, haste, and pieces in the wrong state."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.sandbox import seeds
from services.sandbox.main import create_sandbox

pytestmark = pytest.mark.thorough
BASE = "https://sandbox.test/kaufland/demo/v2"


class Seller:
    """Calls as the platform's pages tell a seller to."""

    def __init__(self, http: httpx2.AsyncClient, shop: Any) -> None:
        self.http, self.shop, self.keys = http, shop, shop.credentials()

    async def call(
        self, method: str, path: str, body: Any = None, *, at: int | None = None, secret: str = "", **headers: str
    ) -> httpx2.Response:
        content = b"" if body is None else json.dumps(body).encode()
        stamp = str(int(time.time()) if at is None else at)
        text = f"{method}\n{BASE}{path}\n".encode() + content + f"\n{stamp}".encode()
        made = hmac.new((secret or self.keys["secret_key"]).encode(), text, hashlib.sha256)
        sent = {
            "User-Agent": "Inhouse_development",
            "Shop-Client-Key": self.keys["client_key"],
            "Shop-Timestamp": stamp,
            "Shop-Signature": made.hexdigest(),
        } | ({"Content-Type": "application/json"} if content else {})
        return await self.http.request(
            method,
            f"{BASE}{path}",
            content=content,
            headers=sent | {k.replace("_", "-"): v for k, v in headers.items()},
        )


@pytest.fixture
async def sandbox() -> AsyncIterator[FastAPI]:
    app = create_sandbox(seed=False, shops=(("kaufland", "demo", {"storefronts": "de cz", "unfinished": "pl"}),))
    yield app
    await app.state.sandbox.close()


@pytest.fixture
async def seller(sandbox: FastAPI) -> AsyncIterator[Seller]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(sandbox)) as http:
        yield Seller(http, sandbox.state.sandbox.shops["kaufland", "demo"].shop)


def place(sandbox: FastAPI, case: str = "reduced rate only") -> list[int]:
    """The units of a new order."""
    opened = sandbox.state.sandbox.shops["kaufland", "demo"]
    id = opened.place(seeds.case(case, sandbox.state.sandbox.clock()))
    return [unit["id_order_unit"] for unit in opened.shop.store.book.orders[id].units]


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_only_the_seller_and_only_now_is_let_in(seller: Seller) -> None:
    assert (await seller.call("GET", "/info/storefront")).json() == {"data": ["de", "cz", "pl"]}
    assert (await seller.call("GET", "/orders?storefront=de&limit=30")).status_code == 200
    now = int(time.time())
    for given, kind in (
        ({"secret": "another"}, "corrupted-signature"),
        ({"secret": "x", "at": now - 299}, "corrupted-signature"),
        ({"at": now - 400}, "missing-or-invalid-request-header"),
        ({"at": now + 400}, "missing-or-invalid-request-header"),
        ({"Shop_Client_Key": "nobody"}, "invalid-credentials"),
        ({"User_Agent": ""}, "missing-or-invalid-request-header"),
        ({"Shop_Partner_Client_Key": "nobody"}, "invalid-credentials"),
    ):
        assert problem(await seller.call("GET", "/orders", **given)) == (401, kind), given


async def test_a_signature_in_base64_is_taken_only_where_the_account_has_it(seller: Seller) -> None:
    at = str(int(time.time()))
    text = f"GET\n{BASE}/status/ping\n\n{at}".encode()
    made = base64.b64encode(hmac.new(seller.keys["secret_key"].encode(), text, hashlib.sha256).digest()).decode()
    headers = {"Shop-Timestamp": at, "Shop-Signature": made, "Shop-Client-Key": seller.keys["client_key"]}
    for form, status in (("hex", 401), ("base64", 200)):
        seller.shop.store.access.form = form
        assert (await seller.http.get(f"{BASE}/status/ping", headers=headers)).status_code == status


async def test_more_than_a_hundred_and_eleven_calls_in_a_second_are_too_many(
    sandbox: FastAPI, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = sandbox.state.sandbox.clock()
    monkeypatch.setattr(seller.shop.store.access, "_clock", lambda: now)
    statuses = [(await seller.call("GET", "/status/ping")).status_code for _ in range(112)]
    assert statuses == [200] * 111 + [429]


async def test_a_list_tells_little_the_newest_first_and_is_never_longer_than_a_hundred(
    sandbox: FastAPI, seller: Seller
) -> None:
    for _ in range(3):
        place(sandbox, "guest")
    answer = (await seller.call("GET", "/orders?limit=2&offset=1")).json()
    assert len(answer["data"]) == 2
    assert answer["pagination"] == {"offset": 1, "limit": 2, "total": 3}
    assert "order_units" not in answer["data"][0]
    for query in ("limit=101", "limit=0", "offset=-1", "storefront=xx", "ts_units_updated_from_iso=yesterday"):
        assert problem(await seller.call("GET", f"/orders?{query}")) == (400, "validation-error"), query


async def test_a_piece_is_sent_once_and_only_when_it_may_be(sandbox: FastAPI, seller: Seller) -> None:
    one, two, *_ = place(sandbox)
    parcel = {"tracking_numbers": "N1", "carrier_code": "DHL"}
    assert (await seller.call("PATCH", f"/order-units/{one}/send", parcel)).status_code == 204
    assert problem(await seller.call("PATCH", f"/order-units/{one}/send", parcel)) == (403, "duplicate-action")
    reason = {"reason": "NoInventory"}
    refused = await seller.call("PATCH", f"/order-units/{one}/cancel", reason)
    assert problem(refused) == (403, "order-units/cancel-not-possible")
    assert (await seller.call("PATCH", f"/order-units/{two}/cancel", reason)).status_code == 204
    assert problem(await seller.call("PATCH", f"/order-units/{two}/cancel", reason)) == (403, "duplicate-action")
    assert problem(await seller.call("PATCH", f"/order-units/{two}/send", parcel)) == (403, "action-not-allowed")
    assert problem(await seller.call("PATCH", "/order-units/1/send", parcel)) == (404, "not-found")
    for wrong in ({"carrier_code": "dhl"}, {"tracking_numbers": ""}, {"tracking_numbers": ["N1"]}):
        answer = await seller.call("PATCH", f"/order-units/{one}/send", parcel | wrong)
        assert problem(answer) == (400, "validation-error"), wrong
    wrong_reason = await seller.call("PATCH", f"/order-units/{one}/cancel", {"reason": "bored"})
    assert problem(wrong_reason) == (400, "validation-error")


async def test_a_further_parcel_is_for_a_piece_that_was_sent(sandbox: FastAPI, seller: Seller) -> None:
    one, *_ = place(sandbox)
    more = {"id_order_unit": one, "shipment_information": {"tracking_number": "N2", "carrier_code": "GLS"}}
    assert problem(await seller.call("POST", "/shipments", more)) == (403, "action-not-allowed")
    await seller.call("PATCH", f"/order-units/{one}/send", {"tracking_numbers": "N1", "carrier_code": "DHL"})
    assert (await seller.call("POST", "/shipments", more)).status_code == 204
    assert {(shown.tracking_number, shown.carrier) for shown in seller.shop.parcels()} == {("N1", "DHL"), ("N2", "GLS")}


async def test_an_unconfirmed_piece_is_confirmed_before_it_is_sent(sandbox: FastAPI, seller: Seller) -> None:
    (one,) = place(sandbox, "bank transfer, unpaid")
    parcel = {"tracking_numbers": "N1", "carrier_code": "DHL"}
    assert problem(await seller.call("PATCH", f"/order-units/{one}/send", parcel)) == (403, "action-not-allowed")
    assert (await seller.call("PATCH", f"/order-units/{one}/fulfil")).status_code == 204
    assert (await seller.call("PATCH", f"/order-units/{one}/send", parcel)).status_code == 204


async def test_quantities_are_judged_one_by_one_and_refused_as_a_whole_where_a_unit_stands_twice(
    seller: Seller,
) -> None:
    listed = (await seller.call("GET", "/units?storefront=de&limit=2")).json()["data"]
    ids = [row["id_unit"] for row in listed]
    rows = [{"id_unit": ids[0], "unit_data": {"amount": 3}}, {"id_unit": ids[1], "unit_data": {"amount": -1}}]
    rows.append({"id_unit": 7, "unit_data": {"amount": 1}})
    answer = await seller.call("POST", "/units/bulk?storefront=de", rows)
    assert answer.status_code == 207
    assert [row["status_code"] for row in answer.json()["data"]] == [200, 400, 404]
    assert problem(await seller.call("POST", "/units/bulk?storefront=de", [rows[0]] * 2)) == (
        400, "units/bulk-duplicate-units",
    )  # fmt: skip
    many = [{"id_unit": id, "unit_data": {"amount": 1}} for id in range(151)]
    assert problem(await seller.call("POST", "/units/bulk?storefront=de", many)) == (400, "units/bulk-too-many-units")
    assert problem(await seller.call("POST", "/units/bulk", rows)) == (400, "validation-error")
    abroad = (await seller.call("GET", f"/units?storefront=cz&id_offer={listed[0]['id_offer']}")).json()["data"]
    assert [(row["amount"], row["currency"]) for row in abroad] == [(3, "CZK")]


async def test_a_storefront_that_was_never_set_up_has_no_offers(seller: Seller) -> None:
    assert problem(await seller.call("GET", "/units?storefront=pl")) == (400, "storefront-not-configured")
    assert problem(await seller.call("GET", "/units")) == (400, "validation-error")


async def test_an_address_that_does_not_answer_cannot_be_subscribed(seller: Seller, sandbox: FastAPI) -> None:
    wanted = {"callback_url": "https://nobody.test/", "fallback_email": "a@b.test", "event_name": "order_new"}
    sender = sandbox.state.sandbox.shops["kaufland", "demo"].webhooks
    sender.transport = httpx2.MockTransport(lambda request: httpx2.Response(500))
    refused = await seller.call("POST", "/subscriptions?storefront=de", wanted)
    assert problem(refused) == (400, "subscriptions/unverified-callback-url")
    sender.transport = httpx2.MockTransport(lambda request: httpx2.Response(202))
    made = await seller.call("POST", "/subscriptions?storefront=de", wanted)
    assert (made.status_code, made.json()["data"]["is_active"]) == (201, True)
    for wrong in ({"event_name": "no_such"}, {"fallback_email": ""}, {"callback_url": "https://x/" + "a" * 250}):
        answer = await seller.call("POST", "/subscriptions?storefront=de", wanted | wrong)
        assert problem(answer) == (400, "validation-error"), wrong


async def test_what_is_not_there_is_not_found(seller: Seller) -> None:
    for path in ("/orders/NOBODY", "/order-units/1", "/units/1?storefront=de", "/nothing/here"):
        assert problem(await seller.call("GET", path)) == (404, "not-found"), path
