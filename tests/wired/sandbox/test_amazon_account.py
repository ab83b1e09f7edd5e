"""The pretend account refuses what Amazon refuses: old tokens, haste, other questions behind a token, expired files."""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.sandbox import seeds
from services.sandbox.main import create_sandbox

pytestmark = pytest.mark.thorough
HOST = "https://sandbox.test"
BASE = f"{HOST}/amazon/demo"
ORDERS, LISTINGS, FEEDS = "/orders/2026-01-01/orders", "/listings/2021-08-01/items", "/feeds/2021-06-30"
GERMANY = "A1PA6795UKMFR9"


class Seller:
    """Calls as Amazon's pages tell a seller to."""

    def __init__(self, http: httpx2.AsyncClient, app: FastAPI) -> None:
        self.http, self.sandbox = http, app.state.sandbox
        self.opened = self.sandbox.shops["amazon", "demo"]
        self.shop = self.opened.shop
        self.keys = self.shop.credentials()
        self.token = ""

    async def login(self, **differing: str) -> httpx2.Response:
        names = ("client_id", "client_secret", "refresh_token")
        form = {"grant_type": "refresh_token"} | {name: self.keys[name] for name in names} | differing
        answer = await self.http.post(f"{BASE}/auth/o2/token", data=form)
        self.token = answer.json().get("access_token", self.token)
        return answer

    async def call(self, method: str, path: str, body: Any = None, **params: Any) -> httpx2.Response:
        headers = {"x-amz-access-token": self.token}
        return await self.http.request(method, f"{BASE}{path}", params=params or None, json=body, headers=headers)

    def later(self, **by: float) -> None:
        self.sandbox.clock.shift(timedelta(**by))

    def ago(self, **by: float) -> str:
        moment: datetime = self.sandbox.clock() - timedelta(**by)
        return moment.isoformat(timespec="seconds")

    def place(self, case: str = "guest") -> str:
        id: str = self.opened.place(seeds.case(case, self.sandbox.clock().replace(microsecond=0)))
        return id


@pytest.fixture
async def seller() -> AsyncIterator[Seller]:
    shops = (("amazon", "demo", {"marketplaces": "DE FR"}),)
    app = create_sandbox(seed=False, shops=shops, public_url=HOST)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as http:
        found = Seller(http, app)
        await found.login()
        yield found
    await app.state.sandbox.close()


def error(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


async def test_a_token_lives_an_hour_and_is_given_for_the_right_keys_only(seller: Seller) -> None:
    assert (await seller.call("GET", "/sellers/v1/marketplaceParticipations")).status_code == 200
    seller.later(seconds=3601)
    refused = await seller.call("GET", "/sellers/v1/marketplaceParticipations")
    assert error(refused) == (403, "Unauthorized")
    assert "expired" in refused.json()["errors"][0]["details"]
    for name, word in (("client_secret", "invalid_client"), ("refresh_token", "invalid_grant")):
        assert (await seller.login(**{name: "wrong"})).json()["error"] == word
    assert (await seller.login(grant_type="password")).json()["error"] == "unsupported_grant_type"


async def test_each_operation_has_a_plan_of_its_own_and_tells_its_rate(seller: Seller) -> None:
    asked = {"lastUpdatedAfter": seller.ago(days=1)}
    answers = [await seller.call("GET", ORDERS, **asked) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert error(answers[-1]) == (429, "QuotaExceeded")
    assert {answer.headers["x-amzn-ratelimit-limit"] for answer in answers} == {"0.0056"}
    assert "retry-after" not in answers[-1].headers
    assert (await seller.call("GET", f"{ORDERS}/{seller.place()}")).status_code == 200
    seller.later(seconds=170)
    assert (await seller.call("GET", ORDERS, **asked)).status_code == 429
    seller.later(seconds=20)
    assert (await seller.call("GET", ORDERS, **asked)).status_code == 200


async def test_an_order_is_listed_two_minutes_after_its_change(seller: Seller) -> None:
    id = seller.place()
    asked = {"lastUpdatedAfter": seller.ago(days=1)}
    assert (await seller.call("GET", ORDERS, **asked)).json()["orders"] == []
    assert (await seller.call("GET", f"{ORDERS}/{id}")).json()["order"]["orderId"] == id
    seller.later(seconds=121)
    listed = (await seller.call("GET", ORDERS, **asked)).json()
    assert [order["orderId"] for order in listed["orders"]] == [id]
    assert "pagination" not in listed
    assert not {"recipient", "proceeds", "fulfillment"} & set(listed["orders"][0])


@pytest.mark.parametrize(
    "differing",
    [
        {},
        {"createdAfter": 60, "lastUpdatedAfter": 60},
        {"lastUpdatedAfter": 3600, "lastUpdatedBefore": 60},
        {"lastUpdatedAfter": 3600, "lastUpdatedBefore": 7200},
        {"lastUpdatedAfter": 3600, "createdBefore": 1800},
        {"lastUpdatedAfter": 70_000_000},
    ],
)
async def test_a_window_that_amazon_does_not_know_is_refused(seller: Seller, differing: dict[str, float]) -> None:
    asked = {name: seller.ago(seconds=seconds) for name, seconds in differing.items()}
    assert error(await seller.call("GET", ORDERS, **asked)) == (400, "InvalidInput")


async def test_a_token_of_pages_is_bound_to_its_question_and_ends_after_a_day(seller: Seller) -> None:
    for _ in range(3):
        seller.place()
    seller.later(minutes=5)
    asked = {"lastUpdatedAfter": seller.ago(days=1), "marketplaceIds": GERMANY, "maxResultsPerPage": "2"}
    first = (await seller.call("GET", ORDERS, **asked)).json()
    token = {"paginationToken": first["pagination"]["nextToken"]}
    assert error(await seller.call("GET", ORDERS, **token)) == (400, "InvalidInput")
    other = asked | {"fulfilledBy": "MERCHANT"}
    assert error(await seller.call("GET", ORDERS, **other, **token)) == (400, "InvalidInput")
    second = (await seller.call("GET", ORDERS, **asked | {"maxResultsPerPage": "1"}, **token)).json()
    assert len(second["orders"]) == 1
    assert second["lastUpdatedBefore"] == first["lastUpdatedBefore"]
    seller.later(hours=25)
    await seller.login()
    assert error(await seller.call("GET", ORDERS, **asked, **token)) == (400, "InvalidInput")


async def test_what_is_wrong_with_a_listing_is_told_with_status_200(seller: Seller) -> None:
    path = f"{LISTINGS}/{seller.keys['seller_id']}/KR-1001"
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability/0", "value": [{}]}
    answer = await seller.call("PATCH", path, {"productType": "HOME", "patches": [patch]}, marketplaceIds=GERMANY)
    assert (answer.status_code, answer.json()["status"]) == (200, "INVALID")
    stranger = f"{LISTINGS}/A0STRANGER/KR-1001"
    assert error(await seller.call("GET", stranger, marketplaceIds=GERMANY)) == (403, "Unauthorized")


async def test_a_search_shows_twenty_of_a_thousand_listings_at_once(seller: Seller) -> None:
    goods = seller.shop.store.goods
    for number in range(1100):
        goods.offer(f"MANY-{number}", goods.rows["KR-1001"].variant)
    path = f"{LISTINGS}/{seller.keys['seller_id']}"
    found = (await seller.call("GET", path, marketplaceIds=GERMANY, pageSize="20")).json()
    assert (found["numberOfResults"], len(found["items"])) == (1000, 20)
    assert error(await seller.call("GET", path, marketplaceIds=GERMANY, pageSize="21")) == (400, "InvalidInput")


async def test_a_file_wants_its_own_type_no_token_and_comes_within_five_minutes(seller: Seller) -> None:
    made = (await seller.call("POST", f"{FEEDS}/documents", {"contentType": "application/pdf"})).json()
    typed = {"content-type": "application/pdf"}
    for headers in ({"content-type": "text/plain"}, typed | {"x-amz-access-token": seller.token}):
        assert (await seller.http.put(made["url"], content=b"%PDF", headers=headers)).status_code in (400, 403)
    stolen = made["url"].split("?")[0]
    assert (await seller.http.put(stolen, content=b"%PDF", headers=typed)).status_code == 403
    seller.later(minutes=6)
    assert (await seller.http.put(made["url"], content=b"%PDF", headers=typed)).status_code == 403


async def test_a_feed_is_worked_through_later_and_done_may_hold_errors(seller: Seller) -> None:
    id = seller.place()
    feed = {"header": {"sellerId": seller.keys["seller_id"], "version": "2.0"}, "messages": [
        {"messageId": 1, "sku": "KR-1001", "operationType": "PATCH", "productType": "HOME", "patches": [
            {"op": "merge", "path": "/attributes/fulfillment_availability",
             "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 5}]}]},
        {"messageId": 2, "sku": "NOBODY", "operationType": "PATCH", "productType": "HOME", "patches": []},
    ]}  # fmt: skip
    made = (await seller.call("POST", f"{FEEDS}/documents", {"contentType": "application/json"})).json()
    content = json.dumps(feed).encode()
    await seller.http.put(made["url"], content=content, headers={"content-type": "application/json"})
    body = {
        "feedType": "JSON_LISTINGS_FEED",
        "marketplaceIds": [GERMANY],
        "inputFeedDocumentId": made["feedDocumentId"],
    }
    created = await seller.call("POST", f"{FEEDS}/feeds", body)
    assert created.status_code == 202
    path = f"{FEEDS}/feeds/{created.json()['feedId']}"
    assert (await seller.call("GET", path)).json()["processingStatus"] == "IN_PROGRESS"
    assert seller.shop.stock()["KR-1001"] != 5
    seller.later(seconds=30)
    done = (await seller.call("GET", path)).json()
    assert (done["processingStatus"], seller.shop.stock()["KR-1001"]) == ("DONE", 5)
    told = (await seller.call("GET", f"{FEEDS}/documents/{done['resultFeedDocumentId']}")).json()
    report = json.loads(gzip.decompress((await seller.http.get(told["url"])).content))
    assert report["summary"]["messagesInvalid"] == 1
    assert [issue["messageId"] for issue in report["issues"]] == [2]
    old = body | {"feedType": "POST_INVENTORY_AVAILABILITY_DATA"}
    other = await seller.call("POST", f"{FEEDS}/feeds", old)
    seller.later(seconds=30)
    ended = await seller.call("GET", f"{FEEDS}/feeds/{other.json()['feedId']}")
    assert ended.json()["processingStatus"] == "FATAL"
    assert seller.shop.store.book.orders[id].status == "UNSHIPPED"


@pytest.mark.parametrize(
    "differing",
    [
        {"packageReferenceId": "eins"},
        {"carrierCode": "Brieftaube"},
        {"carrierCode": "Other"},
        {"shipDate": "2026-01-01"},
        {"shipDate": "2099-01-01T00:00:00Z"},
        {"orderItems": [{"orderItemId": "1", "quantity": 1}]},
        {"trackingNumber": ""},
    ],
)
async def test_a_shipment_with_a_wrong_field_is_refused(seller: Seller, differing: dict[str, Any]) -> None:
    id = seller.place("engraving")
    item = seller.shop.store.book.orders[id].items[0]["orderItemId"]
    detail: dict[str, Any] = {"packageReferenceId": "1", "carrierCode": "DHL", "trackingNumber": "1"}
    detail |= {"shipDate": "2026-01-01T00:00:00Z", "orderItems": [{"orderItemId": item, "quantity": 1}]}
    path = f"/orders/v0/orders/{id}/shipmentConfirmation"
    body = {"marketplaceId": GERMANY, "packageDetail": detail | differing}
    assert error(await seller.call("POST", path, body)) == (400, "InvalidInput")
    assert seller.shop.parcels() == []
    assert (await seller.call("POST", path, body | {"packageDetail": detail})).status_code == 204
    again = await seller.call("POST", path, body | {"packageDetail": detail | {"packageReferenceId": "2"}})
    assert "PackageToUpdateNotFound" in again.json()["errors"][0]["message"]
    assert len(seller.shop.parcels()) == 1
