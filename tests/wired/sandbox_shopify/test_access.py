"""Who may call, what he may see, and what it costs."""

from datetime import timedelta
from typing import Any

from services.sandbox.faults import Rule
from tests.wired.sandbox_shopify.admin import GRANT, LIST, PATH, Admin

SHOP = "{ shop { name } }"


def form(admin: Admin, **differing: str) -> dict[str, str]:
    access = admin.shop.access
    known = {"client_id": access.client_id, "client_secret": access.client_secret}
    return {"grant_type": "client_credentials", **known, **differing}


async def test_client_credentials_give_a_token_for_a_day_as_form_or_as_json(admin: Admin) -> None:
    for how in ("data", "json"):
        answer = await admin.http.post(GRANT, **{how: form(admin)})
        granted = answer.json()
        assert (answer.status_code, granted["expires_in"]) == (200, 86399)
        assert "write_inventory" in granted["scope"].split(",")
        admin.token = granted["access_token"]
        assert (await admin.post(SHOP)).status_code == 200
    admin.sandbox.clock.shift(timedelta(hours=24))
    assert (await admin.post(SHOP)).status_code == 401


async def test_a_wrong_secret_is_refused_with_a_name_for_it(admin: Admin) -> None:
    answer = await admin.http.post(GRANT, data=form(admin, client_secret="shpss_wrong"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")
    admin.shop.access.installed = False
    answer = await admin.http.post(GRANT, data=form(admin))
    assert (answer.status_code, answer.json()["error"]) == (400, "app_not_installed")


async def test_without_a_token_nothing_is_answered(admin: Admin) -> None:
    for token in (None, "shpat_wrong"):
        admin.token = token
        answer = await admin.post(SHOP)
        assert answer.status_code == 401
        assert "Invalid API key or access token" in answer.json()["errors"]


async def test_revoked_tokens_stop_working_and_a_new_one_may_be_asked_for(admin: Admin) -> None:
    admin.shop.access.revoke()
    assert (await admin.post(SHOP)).status_code == 401
    admin.token = (await admin.http.post(GRANT, data=form(admin))).json()["access_token"]
    assert (await admin.post(SHOP)).status_code == 200


async def test_the_fault_that_revokes_refuses_the_credentials_too(admin: Admin) -> None:
    admin.opened.faults.add(Rule("revoke_token"))
    assert (await admin.post(SHOP)).status_code == 401
    assert (await admin.http.post(GRANT, data=form(admin))).status_code == 400


async def test_the_answer_names_the_version_that_answered(admin: Admin) -> None:
    headers = {"X-Shopify-Access-Token": str(admin.token)}
    for asked, served in (("2026-10", "2026-10"), ("2024-04", "2026-01")):
        answer = await admin.http.post(PATH.replace("2026-10", asked), json={"query": SHOP}, headers=headers)
        assert answer.headers["X-Shopify-API-Version"] == served
    assert (await admin.http.post(PATH.replace("2026-10", "latest"), json={"query": SHOP})).status_code == 404


async def test_the_answer_carries_the_shops_time(admin: Admin) -> None:
    admin.sandbox.clock.shift(timedelta(days=365))
    year = admin.sandbox.clock().year
    assert f" {year} " in (await admin.post(SHOP)).headers["Date"]


async def test_a_missing_scope_is_said_and_data_stays_partial(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    admin.shop.access.scopes -= {"read_customers", "read_merchant_managed_fulfillment_orders", "write_inventory"}
    query = """query Q($id: ID!) { order(id: $id) {
      name customer { id } fulfillmentOrders(first: 5) { nodes { id } } } }"""
    body = await admin.body(query, id=order_id)
    order = body["data"]["order"]
    assert (order["name"], order["customer"], order["fulfillmentOrders"]) == ("#1001", None, {"nodes": []})
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert body["errors"][0]["path"] == ["order", "customer"]
    granted = await admin.data("{ currentAppInstallation { accessScopes { handle } } }")
    assert {"handle": "read_customers"} not in granted["currentAppInstallation"]["accessScopes"]


async def test_a_mutation_without_its_scope_does_nothing(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    admin.shop.access.scopes.discard("write_orders")
    body = await admin.body(
        'mutation Q($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }', id=order_id
    )
    assert body["data"]["tagsAdd"] is None
    assert "`write_orders` access scope" in body["errors"][0]["message"]
    record = admin.shop.orders.open(order_id)
    assert record is not None
    assert record["tags"] == []


async def test_customer_data_may_be_withheld(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    admin.shop.access.scopes.discard("protected_customer_data")
    query = "query Q($id: ID!) { order(id: $id) { email billingAddress { city } shippingAddress { city } } }"
    body = await admin.body(query, id=order_id)
    assert body["data"]["order"] == {"email": None, "billingAddress": None, "shippingAddress": None}
    assert len(body["errors"]) == 3


async def test_every_answer_says_what_it_cost_and_gives_the_rest_back(admin: Admin, place: Any) -> None:
    for _ in range(3):
        place("guest")
    query = "{ orders(first: 50) { nodes { id lineItems(first: 10) { nodes { id } } } } }"
    cost = (await admin.body(query))["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (54, 6)
    assert cost["throttleStatus"] == {"maximumAvailable": 2000.0, "currentlyAvailable": 1994, "restoreRate": 100.0}
    assert admin.opened.requests.cost == 6
    mutation = (
        'mutation { webhookSubscriptionDelete(id: "gid://shopify/WebhookSubscription/1") { userErrors { message } } }'
    )
    assert (await admin.body(mutation))["extensions"]["cost"]["requestedQueryCost"] == 10


async def test_an_empty_bucket_throttles_with_status_200_until_it_fills_again(admin: Admin) -> None:
    admin.shop.bucket.resize(20, 5)
    query = "{ orders(first: 50) { nodes { id lineItems(first: 10) { nodes { id } } } } }"
    answer = await admin.post(query)
    body = answer.json()
    assert (answer.status_code, body["errors"][0]["extensions"]["code"]) == (200, "THROTTLED")
    assert "data" not in body
    assert body["extensions"]["cost"]["actualQueryCost"] is None
    admin.shop.bucket.resize(54, 5)
    assert admin.shop.bucket.reserve(54)
    assert "errors" in await admin.body(query)
    admin.sandbox.clock.shift(timedelta(seconds=11))
    assert "errors" not in await admin.body(query)


async def test_a_query_that_could_cost_more_than_a_thousand_points_is_refused(admin: Admin) -> None:
    query = "{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { id taxLines(first: 250) { rate } } } } } }"
    body = await admin.body(query)
    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert body["errors"][0]["extensions"]["cost"] > 1000


async def test_throttling_on_request_may_name_an_operation(admin: Admin) -> None:
    admin.opened.faults.add(Rule("graphql_throttled", times=1, path_contains="orders"))
    assert "errors" not in await admin.body(SHOP)
    assert (await admin.body(LIST, first=1))["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "errors" not in await admin.body(LIST, first=1)


async def test_a_lost_answer_has_taken_effect(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    admin.opened.faults.add(Rule("answer_lost", times=1, path_contains="mutation:"))
    assert (await admin.post(LIST, first=1)).status_code == 200
    mutation = 'mutation Q($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }'
    assert (await admin.post(mutation, id=order_id)).status_code == 500
    assert (await admin.data("query Q($id: ID!) { order(id: $id) { tags } }", id=order_id))["order"]["tags"] == ["x"]
    assert (await admin.post(mutation, id=order_id)).status_code == 200
