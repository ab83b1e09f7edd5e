"""Tokens, points, versions and the three layers of errors."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from services.connectors.shopify.connector import SHOPIFY
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Window
from shared.contracts.errors import Defect, Misconfigured, Rejected
from tests.wired.contract.shops.shopify import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.shopify.conftest import Place

GRANT = "/admin/oauth/access_token"
GRAPHQL = "graphql.json"


class Newer(httpx2.AsyncBaseTransport):
    """A shop that has retired the version we were written for."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if "X-Shopify-API-Version" in response.headers:
            response.headers["X-Shopify-API-Version"] = "2027-01"
        return response


def credentials(stand: Stand, shop: str) -> Any:
    given = VARIETIES[0].credentials(stand.shop, f"https://sandbox.test/shopify/{shop}")
    return SHOPIFY.credentials.model_validate(given)


def asked(stand: Stand, path: str) -> int:
    return sum(1 for row in stand.opened.requests.report(2000)["latest"] if path in row["path"])


async def test_one_token_serves_many_calls(stand: Stand) -> None:
    for _ in range(5):
        await stand.client.who()
    assert asked(stand, GRANT) == 1
    assert asked(stand, GRAPHQL) == 5


async def test_a_token_that_the_shop_no_longer_takes_is_asked_for_anew_once(stand: Stand) -> None:
    await stand.client.who()
    stand.shop.access.revoke()
    await stand.client.who()
    assert asked(stand, GRANT) == 2


async def test_a_token_that_is_refused_again_at_once_is_the_merchants_to_mend(stand: Stand) -> None:
    await stand.client.who()
    stand.opened.faults.add(Rule("revoke_token", times=2, path_contains=GRAPHQL))
    with pytest.raises(Misconfigured) as caught:
        await stand.client.who()
    assert caught.value.code == "credentials_refused"
    assert asked(stand, GRANT) == 2


@pytest.mark.parametrize(
    ("installed", "secret", "field"), [(True, "shpss_wrong", "client_secret"), (False, "", "shop_url")]
)
async def test_a_refused_token_request_names_the_field(installed: bool, secret: str, field: str) -> None:
    stand = open_stand(VARIETIES[0], SHOPIFY, wrong=bool(secret))
    stand.shop.access.installed = installed
    with pytest.raises(Misconfigured) as caught:
        await stand.client.who()
    assert (caught.value.code, caught.value.field) == ("credentials_refused", field)
    await stand.close()


async def test_throttled_with_status_200_waits_exactly_for_the_points_that_are_missing(stand: Stand) -> None:
    stand.shop.place_many(3, stand.sandbox.plain_baskets)
    await stand.items()
    stand.shop.bucket.resize(800, 100)
    assert stand.shop.bucket.reserve(700)
    before = stand.sandbox.clock()
    await stand.items()
    waited = (stand.sandbox.clock() - before).total_seconds()
    assert 4.5 < waited < 9
    refused = [row for row in stand.opened.requests.report(50)["latest"] if row["cost"] == 0 and GRAPHQL in row["path"]]
    assert len(refused) <= 1


async def test_a_smaller_plan_makes_smaller_pages_and_loses_nothing(stand: Stand) -> None:
    placed = stand.shop.place_many(60, stand.sandbox.plain_baskets, timedelta(hours=1))
    stand.shop.bucket.resize(400, 50)
    pages = await stand.pages()
    assert {item.external_id for page in pages for item in page.items} == set(placed)
    assert max(len(page.items) for page in pages) < 60


async def test_a_missing_scope_is_named(stand: Stand, place: Place) -> None:
    place("engraving")
    stand.shop.access.scopes.discard("read_customers")
    with pytest.raises(Misconfigured) as caught:
        await stand.items()
    assert (caught.value.code, caught.value.field) == ("scope_missing", "read_customers")


async def test_withheld_customer_data_is_no_order_without_a_customer(stand: Stand, place: Place) -> None:
    place("engraving")
    stand.shop.access.scopes.discard("protected_customer_data")
    with pytest.raises(Misconfigured) as caught:
        await stand.items()
    assert caught.value.field == "protected_customer_data"
    findings = (await SHOPIFY.probe(stand.client)).findings
    assert [(finding.code, finding.field) for finding in findings] == [("scope_missing", "protected_customer_data")]


async def test_the_live_test_says_what_stops_without_a_scope(stand: Stand) -> None:
    stand.shop.access.scopes -= {"read_all_orders", "write_inventory", "read_inventory", "read_products"}
    stand.shop.access.scopes |= {"write_products"}
    result = await SHOPIFY.probe(stand.client)
    assert {finding.field: finding.fatal for finding in result.findings} == {
        "read_inventory": True,
        "read_all_orders": False,
        "write_inventory": False,
    }
    assert not result.ok
    assert all(finding.params["detail"] for finding in result.findings)


async def test_a_shop_without_a_location_or_counted_articles_is_told_so_and_may_be_connected(stand: Stand) -> None:
    assert (await SHOPIFY.probe(stand.client)).findings == []
    for place in stand.shop.catalogue.places:
        place["isActive"] = False
    for variant in stand.shop.catalogue.variants:
        variant["inventoryItem"]["tracked"] = False
    stand.client = SHOPIFY.client(credentials(stand, str(stand.shop.name)), stand.outside)
    result = await SHOPIFY.probe(stand.client)
    assert [(finding.code, finding.fatal) for finding in result.findings] == [
        ("location_missing", False),
        ("stock_not_tracked", False),
    ]
    assert result.ok


async def test_another_api_version_that_answers_is_an_alarm(stand: Stand) -> None:
    stand.outside.transport = Newer(stand.outside.transport)
    client = SHOPIFY.client(credentials(stand, str(stand.shop.name)), stand.outside)
    with capture_logs() as logs:
        result = await SHOPIFY.probe(client)
        await client.who()
    assert [(entry["log_level"], entry["served"]) for entry in logs] == [("error", "2027-01")]
    assert [(finding.code, finding.fatal) for finding in result.findings] == [("version_other", False)]
    assert result.facts["version"] == "2027-01"


async def test_an_ignored_search_term_stops_the_run_instead_of_reading_everything(stand: Stand) -> None:
    with pytest.raises(Defect, match="ignored"):
        await stand.client.orders("updatd_at:>'2026-01-01T00:00:00Z'", 10, None)


async def test_a_malformed_id_is_one_refused_record(stand: Stand) -> None:
    with pytest.raises(Rejected):
        await stand.stream("order").fetch_one(stand.client, "gid://shopify/Order/none")


async def test_an_address_without_a_shop_is_said_to_be_one(stand: Stand) -> None:
    client = SHOPIFY.client(credentials(stand, "elsewhere"), stand.outside)
    with pytest.raises(Misconfigured) as caught:
        await client.who()
    assert (caught.value.code, caught.value.field) == ("shop_unknown", "shop_url")


async def test_orders_that_the_app_may_not_see_are_not_there_but_no_error(stand: Stand, place: Place) -> None:
    id = place("engraving")
    stand.shop.access.scopes.discard("read_all_orders")
    stand.sandbox.clock.shift(timedelta(days=61))
    assert await stand.items(window=Window()) == {}
    assert await stand.stream("order").fetch_one(stand.client, id) == []
