"""The pretend shop refuses what the platform refuses: strangers, spent challenges, unknown fields, and every change."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.sandbox import seeds
from services.sandbox.main import create_sandbox

pytestmark = pytest.mark.thorough
BASE = "https://sandbox.test/shopware5/demo/api"


@pytest.fixture
async def sandbox() -> AsyncIterator[FastAPI]:
    app = create_sandbox(seed=False, shops=(("shopware5", "demo", {}),))
    yield app
    await app.state.sandbox.close()


@pytest.fixture
def shop(sandbox: FastAPI) -> Any:
    return sandbox.state.sandbox.shops["shopware5", "demo"].shop


@pytest.fixture
async def http(sandbox: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(sandbox)) as client:
        yield client


@pytest.fixture
def proof(shop: Any) -> httpx2.Auth:
    return httpx2.BasicAuth(*shop.credentials().values())


def md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()


def answer(shop: Any, challenge: str, method: str, uri: str, **differing: str) -> dict[str, str]:
    """RFC 7616 by hand: what a caller makes of a challenge."""
    told = dict(part.strip().split("=", 1) for part in challenge.removeprefix("Digest ").split(","))
    realm, nonce, opaque = (told[name].strip('"') for name in ("realm", "nonce", "opaque"))
    user, key = shop.credentials()["user"], differing.get("key") or shop.credentials()["api_key"]
    proof = md5(md5(user, realm, key), nonce, "00000001", "abc", "auth", md5(method, uri))
    uri = differing.get("uri") or uri
    words = f'username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{proof}", opaque="{opaque}"'
    return {"Authorization": f'Digest {words}, algorithm=MD5, qop=auth, nc=00000001, cnonce="abc"'}


async def test_a_stranger_is_asked_to_prove_who_he_is_and_told_nothing_else(http: httpx2.AsyncClient) -> None:
    reply = await http.get(f"{BASE}/orders")
    assert (reply.status_code, reply.json()) == (401, {"success": False, "message": "Invalid or missing auth"})
    assert reply.headers["www-authenticate"].startswith('Digest realm="')


async def test_a_digest_made_by_hand_is_let_in_for_this_address_only(http: httpx2.AsyncClient, shop: Any) -> None:
    challenge = (await http.get(f"{BASE}/version")).headers["www-authenticate"]
    path = "/shopware5/demo/api/version"
    assert (await http.get(f"{BASE}/version", headers=answer(shop, challenge, "GET", path))).status_code == 200
    other = answer(shop, challenge, "GET", path)
    assert (await http.get(f"{BASE}/version?limit=1", headers=other)).status_code == 401
    wrong = answer(shop, challenge, "GET", path, key="0" * 40)
    assert (await http.get(f"{BASE}/version", headers=wrong)).status_code == 401
    assert (await http.get(f"{BASE}/version", headers=answer(shop, challenge, "PUT", path))).status_code == 401


async def test_a_challenge_ends(http: httpx2.AsyncClient, shop: Any, sandbox: FastAPI) -> None:
    challenge = (await http.get(f"{BASE}/version")).headers["www-authenticate"]
    sandbox.state.sandbox.clock.shift(timedelta(minutes=6))
    old = answer(shop, challenge, "GET", "/shopware5/demo/api/version")
    refused = await http.get(f"{BASE}/version", headers=old)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] != challenge


async def test_an_old_shop_takes_no_basic_authentication(http: httpx2.AsyncClient, sandbox: FastAPI) -> None:
    opened = sandbox.state.sandbox.open("shopware5", "old", seed=False, options={"version": "5.3.1"})
    proof = httpx2.BasicAuth(*opened.shop.credentials().values())
    assert (await http.get("https://sandbox.test/shopware5/old/api/version", auth=proof)).status_code == 401


async def test_a_list_tells_heads_a_record_tells_all_and_what_is_not_there_is_404(
    http: httpx2.AsyncClient, shop: Any, sandbox: FastAPI, proof: httpx2.Auth
) -> None:
    id = shop.place(seeds.case("guest", sandbox.state.sandbox.clock()))
    (head, left) = (await http.get(f"{BASE}/orders", auth=proof)).json()["data"]
    assert (head["id"], "details" in head, "billing" in head, left["number"]) == (int(id), False, False, "0")
    whole = (await http.get(f"{BASE}/orders/{id}", auth=proof)).json()["data"]
    assert whole["details"]
    number = whole["number"]
    same = (await http.get(f"{BASE}/orders/{number}?useNumberAsId=true", auth=proof)).json()["data"]
    assert same == whole
    for path, said in (
        ("orders/99", "Order by id 99 not found"),
        ("articles/9999", "Article by id 9999 not found"),
        ("orders/x1?useNumberAsId=1", "Order by number x1 not found"),
    ):
        reply = await http.get(f"{BASE}/{path}", auth=proof)
        assert (reply.status_code, reply.json()["success"], reply.json()["message"]) == (404, False, said)


async def test_a_page_is_as_long_as_asked_and_a_filter_for_nothing_is_an_error(
    http: httpx2.AsyncClient, proof: httpx2.Auth
) -> None:
    page = (await http.get(f"{BASE}/articles?limit=2&start=1&sort[0][property]=id", auth=proof)).json()
    assert ([row["id"] for row in page["data"]], page["total"] > 50) == ([2, 3], True)
    wrong = "filter[0][property]=colour&filter[0][value]=red"
    reply = await http.get(f"{BASE}/articles?{wrong}", auth=proof)
    assert reply.status_code == 500
    assert "no field or association named colour" in reply.json()["message"]


@pytest.mark.parametrize(("method", "privilege"), [("PUT", "update"), ("DELETE", "delete")])
async def test_a_user_who_may_read_changes_nothing(
    http: httpx2.AsyncClient, proof: httpx2.Auth, method: str, privilege: str
) -> None:
    reply = await http.request(method, f"{BASE}/orders/1", json={}, auth=proof)
    said = f'Resource "order" with privilege "{privilege}" not allowed'
    assert (reply.status_code, reply.json()["message"]) == (403, said)
