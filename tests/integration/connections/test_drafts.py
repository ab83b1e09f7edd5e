"""A new connection step by step: nothing of it exists before it is saved, and every step says what is missing next."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.connections.service import tidy
from tests.integration.connections.house import House

pytestmark = pytest.mark.integration
SECRETS = {"shopify": "client_secret", "woocommerce": "consumer_secret"}
WRONG = {"shopify": "shpss_wrong", "woocommerce": "cs_wrong"}


async def begin(house: House, platform: str = "woocommerce") -> dict[str, Any]:
    answer = await house.call("POST", "/connections/drafts", {"platform": platform, "name": "North", "project": "n"})
    assert answer.status_code == 201, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


@pytest.mark.parametrize("platform", ["shopify", "woocommerce"])
async def test_a_draft_is_walked_to_a_connection(house: House, platform: str) -> None:
    draft = await begin(house, platform)
    path = f"/connections/drafts/{draft['id']}"
    assert (draft["next"], draft["open_steps"]) == ("credentials", ["credentials", "features", "save"])

    credentials = house.credentials(platform)
    refused = await house.call(
        "PUT", f"{path}/credentials", {"credentials": credentials | {SECRETS[platform]: WRONG[platform]}}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "credentials_test_failed")
    assert refused.json()["field"] == f"credentials.{SECRETS[platform]}"
    assert (await house.call("GET", path)).json()["next"] == "credentials"

    tested = await house.call("PUT", f"{path}/credentials", {"credentials": credentials})
    assert tested.status_code == 200, tested.text
    assert tested.json()["next"] == "features"
    assert tested.json()["facts"]["currency"] == "EUR"
    chosen = await house.call("PUT", f"{path}/features", {"integration": {"orders": True, "stock": True}})
    on = {
        "orders": True,
        "articles": False,
        "stock": True,
        "prices": False,
        "fulfilments": False,
        "cancellations": False,
        "documents": False,
        "refunds": False,
        "products": False,
        "returns": False,
    }
    assert chosen.json()["integration"] == on
    assert chosen.json()["open_steps"] == ["save"]
    assert await house.value("SELECT count(*) FROM connections.connections") == 0

    saved = await house.call("POST", f"{path}/save")
    again = await house.call("POST", f"{path}/save")
    assert (saved.status_code, saved.headers["etag"]) == (201, '"1"')
    assert saved.json() == again.json()
    assert (saved.json()["id"], saved.json()["productive"]) == (draft["id"], False)
    assert await house.told("connection_created") == 1
    assert (await house.call("GET", path)).json()["code"] == "draft_gone"
    await house.tell(platform)
    assert (await house.call("POST", f"/connections/{draft['id']}/test")).json()["ok"]
    everything = "".join(answer.text for answer in (refused, tested, chosen, saved))
    kept = await house.value("SELECT string_agg(c::text, '') FROM connections.connections c")
    assert credentials[SECRETS[platform]] not in everything + kept


async def test_every_field_that_does_not_fit_the_form_is_named_at_once(house: House) -> None:
    draft = await begin(house)
    wrong = {"credentials": {"url": "shop.example", "consumer_key": "key", "colour": "red"}}
    answer = await house.call("PUT", f"/connections/drafts/{draft['id']}/credentials", wrong)
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["findings"]} == {"url", "consumer_key", "consumer_secret", "colour"}


async def test_a_missing_scope_is_named(house: House) -> None:
    house.outside.state.sandbox.shops["shopify", "demo"].shop.access.scopes -= {"read_inventory", "write_inventory"}
    draft = await begin(house, "shopify")
    answer = await house.call(
        "PUT", f"/connections/drafts/{draft['id']}/credentials", {"credentials": house.credentials("shopify")}
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "credentials.read_inventory")
    assert "read_inventory" in answer.json()["detail"]


async def test_a_shop_that_is_not_there_is_a_finding_and_no_outage_of_ours(house: House) -> None:
    draft = await begin(house)
    nowhere = house.credentials("woocommerce") | {"url": "https://sandbox.test/woocommerce/nowhere"}
    answer = await house.call("PUT", f"/connections/drafts/{draft['id']}/credentials", {"credentials": nowhere})
    assert (answer.status_code, answer.json()["findings"][0]["code"]) == (422, "permalinks_plain")


async def test_saving_too_early_names_the_step(house: House) -> None:
    path = f"/connections/drafts/{(await begin(house))['id']}"
    early = await house.call("POST", f"{path}/save")
    assert (early.status_code, early.json()["code"], early.json()["field"]) == (
        422,
        "draft_needs_credentials",
        "credentials",
    )
    await house.call("PUT", f"{path}/credentials", {"credentials": house.credentials("woocommerce")})
    early = await house.call("POST", f"{path}/save")
    assert (early.json()["code"], early.json()["missing"]) == ("draft_needs_features", ["features"])


async def test_a_draft_saved_twice_at_once_is_one_connection(house: House) -> None:
    draft = await begin(house)
    path = f"/connections/drafts/{draft['id']}"
    await house.call("PUT", f"{path}/credentials", {"credentials": house.credentials("woocommerce")})
    await house.call("PUT", f"{path}/features", {"integration": {"orders": True}})
    both = await asyncio.gather(*(house.call("POST", f"{path}/save") for _ in range(2)))
    assert [(one.status_code, one.json()["id"]) for one in both] == [(201, draft["id"])] * 2
    assert await house.told("connection_created") == 1


async def test_a_platform_or_a_feature_that_nobody_offers_is_refused_by_name(house: House) -> None:
    answer = await house.call("POST", "/connections/drafts", {"platform": "bazaar", "name": "North"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "platform_unknown", "platform")
    draft = await begin(house, "consent")
    wish = {"integration": {"orders": True, "stock": True}}
    answer = await house.call("PUT", f"/connections/drafts/{draft['id']}/features", wish)
    assert (answer.status_code, answer.json()["field"]) == (422, "integration.stock")
    assert "orders" in answer.json()["detail"]


async def test_a_draft_and_its_credentials_are_gone_after_a_day(house: House) -> None:
    path = f"/connections/drafts/{(await begin(house))['id']}"
    await house.call("PUT", f"{path}/credentials", {"credentials": house.credentials("woocommerce")})
    house.clock.shifted = timedelta(hours=23)
    assert (await house.call("GET", path)).status_code == 200
    house.clock.shifted = timedelta(hours=25)
    for method, part in (("GET", ""), ("POST", "/save")):
        answer = await house.call(method, path + part)
        assert (answer.status_code, answer.json()["code"]) == (404, "draft_gone")
    assert (await house.call("GET", "/connections/drafts")).json()["items"] == []
    await tidy(house.service("connections"))
    assert await house.value("SELECT count(*) FROM connections.drafts") == 0


async def test_drafts_are_an_administrators_and_listed_page_by_page(house: House) -> None:
    ids = [(await begin(house))["id"] for _ in range(3)]
    first = (await house.call("GET", "/connections/drafts?limit=2")).json()
    second = (await house.call("GET", f"/connections/drafts?limit=2&after={first['next']}")).json()
    assert [one["id"] for one in first["items"] + second["items"]] == ids
    assert second["next"] is None
    for key in (await house.key("operate"), await house.key("admin", connections=[uuid4()])):
        assert (await house.call("GET", "/connections/drafts", key=key)).status_code == 403
    for _ in range(2):
        assert (await house.call("DELETE", f"/connections/drafts/{ids[0]}")).status_code == 204
    assert (await house.call("GET", f"/connections/drafts/{ids[0]}")).status_code == 404
