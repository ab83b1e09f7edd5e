import asyncio
import random
import time as wall
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, timedelta
from decimal import Decimal

import httpx2
import pytest
from fastapi import FastAPI

from shared.contracts.errors import Defect, KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http import Bucket, Exchange, Guard, Limit, Reply, ShopClient
from shared.http.signing import digest
from tests.wired.http.shop import Shop, Time, client_of

pytestmark = pytest.mark.usefixtures("no_waiting")
OK = httpx2.Response(200, json={"total": 1})
BUSY = httpx2.Response(503)


async def test_a_call_goes_below_the_shops_address_and_says_who_calls() -> None:
    shop = Shop(OK)
    async with client_of(shop, headers={"X-Shop": "1"}) as client:
        reply = await client.request(
            "GET", "/orders?status=any", params={"page": 2, "after": None, "id": [1, 2]}, headers={"X-Call": "2"}
        )
    request = shop.asked[0]
    assert str(request.url) == "https://shop.example/api/v3/orders?status=any&page=2&id=1&id=2"
    assert request.headers["user-agent"].startswith("Kontor/")
    assert (request.headers["accept"], request.headers["x-shop"], request.headers["x-call"]) == (
        "application/json",
        "1",
        "2",
    )
    assert reply.status == 200
    assert reply.headers["CONTENT-TYPE"] == "application/json"
    assert reply.json() == {"total": 1}
    assert reply.sent_at <= reply.received_at
    assert reply.sent_at.tzinfo is UTC


async def test_a_connector_may_introduce_itself_differently_but_only_once() -> None:
    shop = Shop(OK)
    async with client_of(shop, headers={"user-agent": "Kontor/1 (Language=Python)"}) as client:
        await client.request("GET", "/orders", headers={"ACCEPT": "text/xml"})
    assert shop.asked[0].headers.get_list("user-agent") == ["Kontor/1 (Language=Python)"]
    assert shop.asked[0].headers.get_list("accept") == ["text/xml"]


async def test_a_price_is_sent_exactly() -> None:
    shop = Shop(OK)
    async with client_of(shop) as client:
        await client.request("PUT", "/prices/1", json={"price": Decimal("19.90"), "name": "Käse"})
        with pytest.raises(Defect, match="JSON"):
            await client.request("PUT", "/prices/1", json={"price": object()})
    assert shop.asked[0].content == '{"price":19.9,"name":"Käse"}'.encode()
    assert shop.asked[0].headers["content-type"] == "application/json"
    assert len(shop.asked) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_a_busy_shop_is_asked_again_when_that_does_no_harm(method: str) -> None:
    shop = Shop(BUSY, httpx2.Response(500), OK)
    seen: list[Exchange] = []
    async with client_of(shop, seen=seen) as client:
        assert (await client.request(method, "/orders")).status == 200
    assert [(each.attempt, each.status, each.error_code) for each in seen] == [
        (1, 503, "shop_down"),
        (2, 500, "shop_down"),
        (3, 200, ""),
    ]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("answer", [BUSY, httpx2.Response(429), httpx2.Response(504), httpx2.ReadTimeout("")])
async def test_a_write_that_may_have_happened_is_never_sent_twice(
    method: str, answer: httpx2.Response | Exception
) -> None:
    shop = Shop(answer)
    async with client_of(shop) as client:
        with pytest.raises((Transient, Unknown)):
            await client.request(method, "/shipments")
    assert len(shop.asked) == 1


async def test_the_connector_knows_better_which_write_may_be_repeated() -> None:
    shop = Shop(BUSY, OK)
    async with client_of(shop) as client:
        await client.request("POST", "/graphql", repeatable=True)
        assert len(shop.asked) == 2
        shop.answers = [BUSY]
        with pytest.raises(Transient):
            await client.request("PUT", "/append", repeatable=False)
    assert len(shop.asked) == 3


@pytest.mark.parametrize(
    "lost",
    [
        httpx2.ReadTimeout(""),
        httpx2.WriteTimeout(""),
        httpx2.ReadError(""),
        httpx2.WriteError(""),
        httpx2.RemoteProtocolError(""),
        httpx2.DecodingError(""),
        TimeoutError(),
    ],
)
async def test_a_shipment_whose_answer_was_lost_is_unknown_and_a_lost_reading_only_late(lost: Exception) -> None:
    shop = Shop(lost)
    async with client_of(shop) as client:
        with pytest.raises(Unknown, match=r"POST /api/v3/shipments was sent, but the answer .*\."):
            await client.request("POST", "/shipments")
        assert len(shop.asked) == 1
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/shipments")
    assert failure.value.code in ("timed_out", "connection_lost")
    assert len(shop.asked) == 5


@pytest.mark.parametrize("unsent", [httpx2.ConnectError(""), httpx2.ConnectTimeout(""), httpx2.PoolTimeout("")])
async def test_a_shipment_that_never_left_is_tried_again(unsent: Exception) -> None:
    shop = Shop(unsent, OK)
    async with client_of(shop) as client:
        await client.request("POST", "/shipments")
        shop.answers = [unsent]
        with pytest.raises(Transient) as failure:
            await client.request("POST", "/shipments")
    assert failure.value.code == "unreachable"
    assert len(shop.asked) == 6


async def test_attempts_end_and_the_last_error_is_told() -> None:
    shop = Shop(BUSY)
    async with client_of(shop, attempts=3) as client:
        with pytest.raises(Transient, match=r"GET /api/v3/orders was answered with status 503\."):
            await client.request("GET", "/orders")
    assert len(shop.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 501])
async def test_what_time_does_not_heal_is_not_repeated(status: int) -> None:
    shop = Shop(httpx2.Response(status))
    async with client_of(shop) as client:
        with pytest.raises((Misconfigured, Rejected)):
            await client.request("GET", "/orders")
    assert len(shop.asked) == 1


async def test_a_shop_that_asks_to_wait_is_left_alone_by_everybody_until_then() -> None:
    time = Time()
    shop = Shop(httpx2.Response(429, headers={"Retry-After": "20"}), OK)
    async with client_of(shop, time=time) as client:
        await client.request("GET", "/orders")
    assert len(shop.asked) == 2
    assert time.now == 20


async def test_a_date_to_wait_for_is_obeyed_like_seconds() -> None:
    time = Time()
    headers = {"Date": "Sun, 01 Mar 2026 12:00:00 GMT", "Retry-After": "Sun, 01 Mar 2026 12:00:40 GMT"}
    async with client_of(Shop(httpx2.Response(503, headers=headers), OK), time=time) as client:
        await client.request("GET", "/orders")
    assert time.now == 40


async def test_a_throttle_without_a_wish_pauses_longer_each_time() -> None:
    time = Time()
    async with client_of(Shop(httpx2.Response(429)), time=time) as client:
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/orders")
    assert time.now == 1 + 2 + 4
    assert failure.value.retry_after == timedelta(seconds=8)


async def test_a_wish_to_wait_an_hour_gives_the_turn_back_instead_of_sleeping() -> None:
    time = Time()
    shop = Shop(httpx2.Response(429, headers={"Retry-After": "3600"}))
    async with client_of(shop, time=time) as client:
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/orders")
        assert failure.value.retry_after == timedelta(hours=1)
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/orders")
    assert failure.value.code == "paused"
    assert failure.value.retry_after == timedelta(hours=1)
    assert (len(shop.asked), time.now) == (1, 0)


async def test_a_connectors_own_reading_of_an_answer_comes_first() -> None:
    def explain(reply: Reply) -> KontorError | None:
        if b"THROTTLED" in reply.body:
            return Transient("The shop wants us to slow down.", code="throttled", retry_after=timedelta(seconds=5))
        return Rejected("This order is closed.", code="order_closed") if reply.status == 404 else None

    time = Time()
    shop = Shop(httpx2.Response(200, json={"errors": "THROTTLED"}), OK, httpx2.Response(404), httpx2.Response(422))
    async with client_of(shop, time=time, explain=explain) as client:
        assert (await client.request("POST", "/graphql", repeatable=True)).json() == {"total": 1}
        assert time.now == 5
        with pytest.raises(Rejected) as failure:
            await client.request("GET", "/orders/1")
        assert failure.value.code == "order_closed"
        with pytest.raises(Rejected) as failure:
            await client.request("GET", "/orders/1")
        assert failure.value.code == "refused"


async def test_a_call_that_does_not_fit_the_lease_is_not_started() -> None:
    shop = Shop(OK)
    left = 29.9
    async with client_of(shop, timeout=30, deadline=lambda: left) as client:
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/orders")
        assert failure.value.code == "lease_too_short"
        assert shop.asked == []
        left = 30.0
        await client.request("GET", "/orders")


async def test_a_call_that_would_wait_for_its_limit_past_the_lease_is_not_started() -> None:
    time = Time()
    bucket = Bucket(Limit(rate=0.1, burst=1), clock=time, sleep=time.sleep)
    shop = Shop(OK)
    async with client_of(shop, bucket=bucket, timeout=30, deadline=lambda: 35 - time.now) as client:
        await client.request("GET", "/orders")
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/orders")
    assert failure.value.code == "lease_too_short"
    assert (len(shop.asked), time.now) == (1, 0)


async def test_a_call_that_queued_too_long_behind_others_is_not_started_any_more() -> None:
    time = Time()
    bucket = Bucket(Limit(rate=0.1, burst=1), clock=time, sleep=time.sleep)
    shop = Shop(OK)
    async with client_of(shop, bucket=bucket, timeout=30, deadline=lambda: 45 - time.now) as client:
        ends = await asyncio.gather(*(client.request("GET", "/orders") for _ in range(3)), return_exceptions=True)
    assert [getattr(end, "code", "") for end in ends] == ["", "", "lease_too_short"]
    assert len(shop.asked) == 2


async def test_an_error_near_the_end_of_the_lease_is_told_as_it_is_and_not_retried() -> None:
    shop = Shop(httpx2.Response(429, headers={"Retry-After": "20"}))
    async with client_of(shop, timeout=30, deadline=lambda: 45) as client:
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/orders")
    assert failure.value.code == "throttled"
    assert len(shop.asked) == 1


async def test_cost_is_taken_from_the_bucket() -> None:
    time = Time()
    bucket = Bucket(Limit(rate=100, burst=1000), clock=time, sleep=time.sleep)
    async with client_of(Shop(OK), bucket=bucket) as client:
        await client.request("GET", "/orders", cost=750)
    assert bucket.budget == 250


async def test_every_answer_is_read_only_up_to_the_limit() -> None:
    async with client_of(Shop(httpx2.Response(200, content=b"x" * 2000)), max_bytes=1000) as client:
        with pytest.raises(Rejected) as failure:
            await client.request("GET", "/orders")
        assert failure.value.code == "payload_too_large"
        with pytest.raises(Unknown):
            await client.request("POST", "/orders")


async def test_a_shop_that_moved_to_https_is_followed_there_and_nowhere_else() -> None:
    shop = Shop(httpx2.Response(301, headers={"Location": "https://plain.example/api/orders?page=1"}), OK)
    guard = Guard(allow={"plain.example"})
    async with client_of(shop, base="http://plain.example/api", guard=guard) as client:
        reply = await client.request("POST", "/orders", params={"page": 1}, content="x")
        assert reply.status == 200
        assert [str(each.url) for each in shop.asked] == [
            "http://plain.example/api/orders?page=1",
            "https://plain.example/api/orders?page=1",
        ]
        assert shop.asked[1].content == b"x"
        for elsewhere in (
            "http://plain.example/api/login",
            "https://plain.example/api/login",
            "https://evil.example/api/orders",
            "http://169.254.169.254/api/orders",
            "/api/orders",
        ):
            before = len(shop.asked)
            shop.answers = [httpx2.Response(302, headers={"Location": elsewhere})]
            with pytest.raises(Misconfigured) as failure:
                await client.request("GET", "/orders")
            assert failure.value.code == "redirected"
            assert len(shop.asked) == before + 1


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/api/v3/x",
        "http://shop.example/api/v3/x",
        "../../admin",
        "/a/%2e%2e/%2e%2e/%2e%2e/b",
        "/a\nb",
    ],
)
async def test_an_address_a_record_smuggles_in_is_not_called(path: str) -> None:
    shop = Shop(OK)
    async with client_of(shop) as client:
        with pytest.raises(Rejected) as failure:
            await client.request("GET", path)
    assert failure.value.code == "foreign_address"
    assert shop.asked == []


async def test_the_shops_own_next_page_address_is_followed() -> None:
    shop = Shop(OK)
    async with client_of(shop) as client:
        await client.request("GET", "https://shop.example/api/v3/orders?cursor=abc")
    assert str(shop.asked[0].url) == "https://shop.example/api/v3/orders?cursor=abc"


async def test_even_with_a_transport_of_the_tests_a_private_address_is_refused() -> None:
    with pytest.raises(Misconfigured) as failure:
        async with client_of(Shop(OK), base="https://10.0.0.1/"):
            pass
    assert failure.value.field == "url"


class TokenFirst(httpx2.Auth):
    """Fetches a token before the first call and again after a 401."""

    requires_response_body = True

    def __init__(self, address: str) -> None:
        self.address = address
        self.token = ""

    def auth_flow(self, request: httpx2.Request):  # type: ignore[no-untyped-def]
        if not self.token:
            answer = yield httpx2.Request("POST", self.address, content=b'{"client_secret":"canary-secret"}')
            self.token = answer.json()["access_token"]
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


async def test_a_token_is_fetched_on_the_way_and_noted_without_its_secrets() -> None:
    token = httpx2.Response(200, json={"access_token": "canary-token"})
    shop, seen = Shop(token, httpx2.Response(400, json={"message": "not canary-token"})), list[Exchange]()
    async with client_of(shop, auth=TokenFirst("https://login.example/token"), seen=seen) as client:
        with pytest.raises(Rejected) as failure:
            await client.request("POST", "/orders")
    assert [each.url for each in seen] == ["https://login.example/token", "https://shop.example/api/v3/orders"]
    assert "canary" not in repr(seen) + repr(failure.value)


CHALLENGE = {"WWW-Authenticate": 'Digest realm="shop", nonce="n1", opaque="o1", algorithm="MD5", qop="auth"'}


async def test_a_digest_proves_the_key_without_sending_it_and_its_challenge_is_a_call_like_any_other() -> None:
    time, seen = Time(), list[Exchange]()
    bucket = Bucket(Limit(rate=1, burst=10), clock=time, sleep=time.sleep)
    heard: list[str] = []

    def shop(request: httpx2.Request) -> httpx2.Response:
        heard.append(request.headers.get("authorization", ""))
        return httpx2.Response(200, json={}) if heard[-1] else httpx2.Response(401, headers=CHALLENGE)

    async with client_of(shop, auth=digest("anna", "canary-key"), bucket=bucket, seen=seen) as client:
        await client.request("GET", "/orders", params={"limit": "1"})
        assert bucket.budget == 8
        await client.request("GET", "/orders")
    assert bucket.budget == 7
    first, proven, again = heard
    assert not first
    assert 'uri="/api/v3/orders?limit=1"' in proven
    assert ("nc=00000001" in proven, "nc=00000002" in again) == (True, True)
    assert "canary-key" not in proven + again + repr(seen)


async def test_a_key_that_is_wrong_is_asked_for_once_more_and_then_refused() -> None:
    shop = Shop(httpx2.Response(401, headers=CHALLENGE))
    async with client_of(shop, auth=digest("anna", "canary-key")) as client:
        with pytest.raises(Misconfigured) as failure:
            await client.request("GET", "/orders")
    assert (failure.value.code, len(shop.asked)) == ("credentials_refused", 2)


async def test_a_token_address_in_a_private_network_is_refused() -> None:
    shop = Shop(OK)
    async with client_of(shop, auth=TokenFirst("https://192.168.0.1/token")) as client:
        with pytest.raises(Misconfigured):
            await client.request("GET", "/orders")
    assert shop.asked == []


async def test_a_write_whose_token_could_not_be_fetched_was_never_sent() -> None:
    shop = Shop(httpx2.ReadTimeout(""), httpx2.Response(200, json={"access_token": "canary-token"}), OK)
    async with client_of(shop, auth=TokenFirst("https://shop.example/token")) as client:
        assert (await client.request("POST", "/orders")).status == 200
    assert [each.url.path for each in shop.asked] == ["/token", "/token", "/api/v3/orders"]


class TokenByClient(httpx2.Auth):
    """Fetches the token through a client of its own, under the same limits."""

    def __init__(self, client: ShopClient) -> None:
        self.client = client

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        token = (await self.client.request("POST", "/token")).json()["access_token"]
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


async def test_a_token_fetched_under_the_same_limit_does_not_wait_for_itself() -> None:
    shop = Shop(httpx2.Response(200, json={"access_token": "canary-token"}), OK)
    bucket = Bucket(Limit(rate=100, burst=100, concurrency=1))
    async with (
        asyncio.timeout(2),
        client_of(shop, bucket=bucket) as tokens,
        client_of(shop, bucket=bucket, auth=TokenByClient(tokens)) as client,
    ):
        assert (await client.request("GET", "/orders")).status == 200
        assert shop.asked[1].headers["authorization"] == "Bearer canary-token"
        shop.answers = [httpx2.ReadTimeout("")]
        with pytest.raises(Transient) as failure:
            await client.request("POST", "/orders")
    assert failure.value.code == "unreachable"
    assert {each.url.path for each in shop.asked[2:]} == {"/api/v3/token"}


async def test_a_token_answer_that_is_a_bomb_is_refused_too() -> None:
    shop = Shop(httpx2.Response(200, content=b"x" * 5000))
    async with client_of(shop, auth=TokenFirst("https://shop.example/token"), max_bytes=1000) as client:
        with pytest.raises(KontorError):
            await client.request("GET", "/orders")


async def test_a_session_cookie_of_the_shop_is_not_sent_back() -> None:
    shop = Shop(httpx2.Response(200, headers={"Set-Cookie": "session=1; Path=/"}))
    async with client_of(shop) as client:
        await client.request("GET", "/orders")
        await client.request("GET", "/orders")
    assert "cookie" not in shop.asked[1].headers


async def test_a_note_that_cannot_be_taken_does_not_lose_the_answer() -> None:
    def full(exchange: Callable[[], Exchange]) -> None:
        raise OSError("The disk is full.")

    async with client_of(Shop(OK), observe=full) as client:
        assert (await client.request("POST", "/shipments")).status == 200


async def test_a_sandbox_is_called_inside_the_process() -> None:
    app = FastAPI()

    @app.get("/woo/orders")
    async def orders(page: int) -> dict[str, int]:
        return {"page": page}

    guard = Guard(allow={"sandbox"})
    async with client_of(None, base="http://sandbox/woo", guard=guard, transport=httpx2.ASGITransport(app)) as client:
        assert (await client.request("GET", "/orders", params={"page": 3})).json() == {"page": 3}


async def test_thirty_percent_errors_cost_less_than_twice_the_calls() -> None:
    dice = random.Random(7)

    def moody(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(dice.choice([500, 502, 503, 504]) if dice.random() < 0.3 else 200)

    shop = Shop(moody)
    failed = 0
    async with client_of(shop) as client:
        for _ in range(200):
            try:
                await client.request("GET", "/orders")
            except Transient:
                failed += 1
    assert len(shop.asked) / 200 < 2
    assert failed < 8


async def test_the_wait_between_attempts_follows_the_shops_wish_for_real() -> None:
    import stamina

    shop = Shop(httpx2.Response(429, headers={"Retry-After": "0.2"}), OK)
    with stamina.set_testing(False):
        started = wall.monotonic()
        async with client_of(shop, bucket=Bucket(Limit(rate=100, burst=10))) as client:
            await client.request("GET", "/orders")
    assert 0.2 <= wall.monotonic() - started < 2


async def test_a_refusal_of_one_kind_of_call_is_borne_by_its_own_bucket() -> None:
    shop, time = Shop(httpx2.Response(429), OK, OK), Time()
    bucket = Bucket(Limit(rate=10, burst=10), clock=time, sleep=time.sleep)
    async with client_of(shop, bucket=bucket) as client:
        dear = bucket.part("search", Limit(rate=0.01, burst=5))
        await client.request("GET", "/search", within=dear)
        assert time.now == pytest.approx(100)
        assert (bucket.delay(), dear.delay()) == (0, pytest.approx(100))
        await client.request("GET", "/others")
    assert len(shop.asked) == 3
    assert time.now == pytest.approx(100)
