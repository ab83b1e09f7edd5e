"""Who gets into a WooCommerce shop, and in which words the others are refused."""

import base64
import hashlib
import hmac
import itertools
import time
from urllib.parse import quote, urlencode

import httpx2
import pytest
from fastapi import FastAPI

ORDERS = "/woocommerce/demo/wp-json/wc/v3/orders"
_nonces = itertools.count(1)


def keys(app: FastAPI, read_only: bool = False) -> tuple[str, str]:
    shop = app.state.sandbox.shops["woocommerce", "demo"].shop
    pair = shop.read_only_credentials() if read_only else shop.credentials()
    return pair["consumer_key"], pair["consumer_secret"]


def signed(
    pair: tuple[str, str],
    method: str = "GET",
    params: tuple[tuple[str, str], ...] = (),
    *,
    url: str = f"http://sandbox.test{ORDERS}",
    at: float | None = None,
    nonce: str = "",
    algorithm: str = "HMAC-SHA1",
) -> str:
    """An address signed by the letter of RFC 5849, section 3.4."""
    oauth = (
        ("oauth_consumer_key", pair[0]),
        ("oauth_nonce", nonce or f"nonce{next(_nonces)}"),
        ("oauth_signature_method", algorithm),
        ("oauth_timestamp", str(int(time.time() if at is None else at))),
    )

    def escape(text: str) -> str:
        return quote(text, safe="~")

    encoded = sorted((escape(name), escape(value)) for name, value in (*params, *oauth))
    base = "&".join((method, escape(url), escape("&".join(f"{name}={value}" for name, value in encoded))))
    digest = hashlib.sha256 if algorithm == "HMAC-SHA256" else hashlib.sha1
    signature = base64.b64encode(hmac.digest(f"{pair[1]}&".encode(), base.encode(), digest)).decode()
    return f"{url}?{urlencode([*params, *oauth, ('oauth_signature', signature)])}"


async def test_basic_keys_work_over_tls(sandbox: FastAPI, client: httpx2.AsyncClient) -> None:
    answer = await client.get(ORDERS, auth=keys(sandbox))
    assert answer.status_code == 200
    assert answer.json() == []


async def test_basic_keys_are_not_looked_at_without_tls(sandbox: FastAPI, plain_http: httpx2.AsyncClient) -> None:
    answer = await plain_http.get(ORDERS, auth=keys(sandbox))
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "woocommerce_rest_cannot_view",
        "message": "Sorry, you cannot list resources.",
        "data": {"status": 401},
    }


async def test_a_proxy_that_ends_tls_and_says_so_counts_as_tls(
    sandbox: FastAPI, plain_http: httpx2.AsyncClient
) -> None:
    answer = await plain_http.get(ORDERS, auth=keys(sandbox), headers={"X-Forwarded-Proto": "https"})
    assert answer.status_code == 200


@pytest.mark.parametrize(("scheme", "status"), [("https", 200), ("http", 401)])
async def test_keys_in_the_query_work_over_tls_only(
    sandbox: FastAPI, client: httpx2.AsyncClient, plain_http: httpx2.AsyncClient, scheme: str, status: int
) -> None:
    key, secret = keys(sandbox)
    caller = client if scheme == "https" else plain_http
    answer = await caller.get(ORDERS, params={"consumer_key": key, "consumer_secret": secret})
    assert answer.status_code == status


async def test_a_wrong_secret_is_told_apart_from_an_unknown_key(sandbox: FastAPI, client: httpx2.AsyncClient) -> None:
    wrong = await client.get(ORDERS, auth=(keys(sandbox)[0], "cs_wrong"))
    unknown = await client.get(ORDERS, auth=("ck_nobody", "cs_wrong"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "woocommerce_rest_authentication_error")
    assert wrong.json()["message"] == "Consumer secret is invalid."
    assert (unknown.status_code, unknown.json()["code"]) == (401, "woocommerce_rest_cannot_view")


async def test_a_read_only_key_may_not_write(sandbox: FastAPI, client: httpx2.AsyncClient) -> None:
    pair = keys(sandbox, read_only=True)
    assert (await client.get(ORDERS, auth=pair)).status_code == 200
    answer = await client.put(f"{ORDERS}/1", auth=pair, json={"status": "completed"})
    assert answer.status_code == 401
    assert answer.json()["message"] == "The API key provided does not have write permissions."


@pytest.mark.parametrize("algorithm", ["HMAC-SHA1", "HMAC-SHA256"])
async def test_a_signed_request_works_without_tls(
    sandbox: FastAPI, plain_http: httpx2.AsyncClient, algorithm: str
) -> None:
    params = (("search", "Müller & Söhne ~ 1+1"), ("per_page", "7"), ("modified_after", "2026-01-01T00:00:00+00:00"))
    answer = await plain_http.get(signed(keys(sandbox), params=params, algorithm=algorithm))
    assert answer.status_code == 200, answer.text


async def test_the_query_is_part_of_the_signature(sandbox: FastAPI, plain_http: httpx2.AsyncClient) -> None:
    address = signed(keys(sandbox), params=(("per_page", "7"),))
    answer = await plain_http.get(address.replace("per_page=7", "per_page=8"))
    assert answer.status_code == 401
    assert answer.json()["message"] == "Invalid signature - provided signature does not match."


async def test_a_bracketed_list_is_signed_as_the_shop_numbers_it(
    sandbox: FastAPI, plain_http: httpx2.AsyncClient
) -> None:
    pair = keys(sandbox)
    numbered = (("status[0]", "completed"), ("status[1]", "processing"))
    bare = (("status[]", "completed"), ("status[]", "processing"))
    assert (await plain_http.get(signed(pair, params=numbered))).status_code == 200
    assert (await plain_http.get(signed(pair, params=bare))).status_code == 401


@pytest.mark.parametrize(("minutes", "status"), [(-16, 401), (-14, 200), (14, 200), (16, 401)])
async def test_a_timestamp_may_be_a_quarter_of_an_hour_off(
    sandbox: FastAPI, plain_http: httpx2.AsyncClient, minutes: int, status: int
) -> None:
    answer = await plain_http.get(signed(keys(sandbox), at=time.time() + 60 * minutes))
    assert answer.status_code == status


async def test_a_nonce_is_good_only_once(sandbox: FastAPI, plain_http: httpx2.AsyncClient) -> None:
    pair = keys(sandbox)
    assert (await plain_http.get(signed(pair, nonce="again"))).status_code == 200
    answer = await plain_http.get(signed(pair, nonce="again"))
    assert answer.status_code == 401
    assert answer.json()["message"] == "Invalid nonce - nonce has already been used."


async def test_a_missing_part_of_a_signature_is_named(plain_http: httpx2.AsyncClient) -> None:
    answer = await plain_http.get(ORDERS, params={"oauth_consumer_key": "ck_x", "oauth_nonce": "n"})
    assert answer.json()["code"] == "woocommerce_rest_authentication_missing_parameter"
    assert "oauth_signature" in answer.json()["message"]


async def test_the_index_and_the_front_page_need_no_key(client: httpx2.AsyncClient) -> None:
    front = await client.get("/woocommerce/demo/")
    assert 'rel="https://api.w.org/"' in front.headers["Link"]
    index = await client.get("/woocommerce/demo/wp-json/")
    assert "wc/v3" in index.json()["namespaces"]


async def test_what_does_not_exist_says_so_in_the_shops_words(sandbox: FastAPI, client: httpx2.AsyncClient) -> None:
    answer = await client.get("/woocommerce/demo/wp-json/wc/v3/nothing", auth=keys(sandbox))
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")
