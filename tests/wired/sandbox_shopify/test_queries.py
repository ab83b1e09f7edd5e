"""Queries are read, refused and answered as GraphQL says."""

from pathlib import Path
from typing import Any

from graphql import GraphQLResolveInfo, graphql_sync

from services.sandbox import seeds
from services.sandbox.shopify import derived
from services.sandbox.shopify.graph import SCHEMA
from services.sandbox.shopify.paging import window
from tests.wired.sandbox_shopify.admin import Admin

FULL = (Path(__file__).parent / "order_full.graphql").read_text()


def by_the_book(record: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
    """Resolves a field for graphql-core's own walk, independent of ours."""
    if not isinstance(record, dict):
        return getattr(record, info.field_name)
    own = derived.FIELDS.get((info.parent_type.name, info.field_name))
    value = own(record, args) if own else record.get(info.field_name)
    if not str(info.return_type).strip("!").endswith("Connection"):
        return value
    page = window(value or [], args, info.field_name)
    pairs = zip(page.nodes, page.cursors, strict=True)
    edges = [{"node": node, "cursor": cursor} for node, cursor in pairs]
    return {"nodes": page.nodes, "edges": edges, "pageInfo": page.info()}


async def test_our_walk_over_an_order_answers_what_graphql_core_answers(admin: Admin, basket: Any) -> None:
    admin.shop.bucket.resize(1e6, 1e6)
    for case in sorted(set(seeds.CASES) - {"note of ten megabytes", "wrong type"}):
        order_id = admin.opened.place(basket(case))
        root = {"order": admin.shop.orders.open(order_id)}
        expected = graphql_sync(SCHEMA, FULL, root, variable_values={"id": order_id}, field_resolver=by_the_book)
        assert expected.errors is None, (case, expected.errors)
        assert (await admin.body(FULL, id=order_id))["data"] == expected.data, case


async def test_an_unknown_field_fails_as_a_whole_and_at_the_top(admin: Admin) -> None:
    body = await admin.body("{ shop { name colour } }")
    assert "data" not in body
    assert "colour" in body["errors"][0]["message"]


async def test_a_missing_variable_is_a_top_level_error(admin: Admin) -> None:
    body = await admin.body("query Q($id: ID!) { order(id: $id) { id } }")
    assert "$id" in body["errors"][0]["message"]


async def test_a_list_without_a_size_is_refused(admin: Admin) -> None:
    body = await admin.body("{ orders { nodes { id } } }")
    assert "first or last" in body["errors"][0]["message"]


async def test_a_page_holds_250_rows_at_most(admin: Admin) -> None:
    assert "errors" in await admin.body("{ orders(first: 251) { nodes { id } } }")
    assert "errors" not in await admin.body("{ orders(first: 250) { nodes { id } } }")


async def test_aliases_fragments_and_directives_work(admin: Admin, place: Any) -> None:
    order_id = place("foreign presentment currency")
    query = """query Q($id: ID!, $with: Boolean!) {
      node(id: $id) { __typename ...Head }
      again: order(id: $id) { total: totalPriceSet { presentmentMoney { currencyCode } } note @include(if: $with) }
    }
    fragment Head on Order { name test }"""
    data = await admin.data(query, id=order_id, **{"with": False})
    assert data == {
        "node": {"__typename": "Order", "name": "#1001", "test": False},
        "again": {"total": {"presentmentMoney": {"currencyCode": "CHF"}}},
    }
    assert "note" in (await admin.data(query, id=order_id, **{"with": True}))["again"]


async def test_several_orders_are_read_at_once_and_unknown_ids_are_null(admin: Admin, place: Any) -> None:
    first, second = place("guest"), place("tip")
    query = "query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { id name } } }"
    data = await admin.data(query, ids=[second, "gid://shopify/Order/1", first])
    assert [node and node["id"] for node in data["nodes"]] == [second, None, first]


async def test_a_body_without_a_query_is_a_bad_request(admin: Admin) -> None:
    headers = {"X-Shopify-Access-Token": str(admin.token)}
    answer = await admin.http.post("/shopify/demo/admin/api/2026-10/graphql.json", content=b"{}", headers=headers)
    assert answer.status_code == 400


async def test_three_hundred_lines_are_met_on_several_pages(admin: Admin, place: Any) -> None:
    order_id = place("three hundred lines")
    query = """query Q($id: ID!, $after: String) {
      order(id: $id) { lineItems(first: 120, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }
    }"""
    found: list[str] = []
    after, sizes = None, []
    while True:
        page = (await admin.data(query, id=order_id, after=after))["order"]["lineItems"]
        found += [line["id"] for line in page["nodes"]]
        sizes.append(len(page["nodes"]))
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sizes == [120, 120, 60]
    assert len(set(found)) == 300
