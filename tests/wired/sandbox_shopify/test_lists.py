"""Lists of orders: windows, cursors, search terms, and an index that lags."""

from datetime import timedelta
from typing import Any

from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from tests.wired.sandbox_shopify.admin import LIST, Admin


async def test_every_order_is_met_once_even_when_many_share_a_second(admin: Admin) -> None:
    placed = admin.shop.place_many(120, admin.sandbox.plain_baskets)
    assert sorted(await admin.ids(page=50)) == sorted(placed)


async def test_a_window_of_time_holds_what_was_updated_in_it(admin: Admin, place: Any) -> None:
    old, new = place("guest", ago=timedelta(hours=2)), place("guest", ago=timedelta(minutes=2))
    now = admin.sandbox.clock()
    border = (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert await admin.ids(f"updated_at:>='{border}'") == [new]
    assert await admin.ids(f"updated_at:<'{border}'") == [old]
    elsewhere = (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
    assert await admin.ids(f'updated_at:>="{elsewhere}"') == [new]


async def test_terms_are_joined_and_a_minus_excludes(admin: Admin, place: Any) -> None:
    plain, test = place("guest"), place("test order")
    cancelled = place("guest")
    admin.shop.change(cancelled, Change("cancel"))
    assert await admin.ids("test:false status:open") == [plain]
    assert await admin.ids("status:cancelled") == [cancelled]
    assert await admin.ids("-status:cancelled test:true") == [test]
    assert sorted(await admin.ids("name:#1001 OR name:#1002")) == sorted([plain, test])
    assert await admin.ids(f"id:{test.rsplit('/', 1)[1]}") == [test]


async def test_a_misspelt_term_is_ignored_with_a_warning(admin: Admin, place: Any) -> None:
    order_id = place("guest")
    body = await admin.body(LIST, first=10, query="updatd_at:>'2030-01-01T00:00:00Z'")
    assert [node["id"] for node in body["data"]["orders"]["nodes"]] == [order_id]
    warning = body["extensions"]["search"][0]["warnings"][0]
    assert (warning["field"], warning["code"]) == ("updatd_at", "invalid_field")
    assert "search" not in (await admin.body(LIST, first=10, query="status:open"))["extensions"]


async def test_an_order_changed_while_paging_is_met_again_at_the_end(admin: Admin, place: Any) -> None:
    ids = [place("guest", ago=timedelta(minutes=minutes)) for minutes in (5, 4, 3)]
    first = (await admin.data(LIST, first=1))["orders"]
    admin.shop.change(ids[0], Change("touch"))
    rest = (await admin.data(LIST, first=5, after=first["pageInfo"]["endCursor"]))["orders"]
    assert [node["id"] for node in rest["nodes"]] == [ids[1], ids[2], ids[0]]


async def test_the_fault_that_moves_a_row_does_the_same(admin: Admin, place: Any) -> None:
    ids = [place("guest", ago=timedelta(minutes=minutes)) for minutes in (5, 4, 3)]
    admin.opened.faults.add(Rule("row_moves", times=1))
    assert await admin.ids(page=2) == [*ids, ids[0]]


async def test_a_repeated_page_is_served_once_more(admin: Admin, place: Any) -> None:
    ids = [place("guest", ago=timedelta(minutes=minutes)) for minutes in (5, 4, 3, 2)]
    admin.opened.faults.add(Rule("repeat_page", times=1))
    assert await admin.ids(page=2) == [*ids[:2], *ids]


async def test_a_new_order_becomes_listed_only_later(admin: Admin, place: Any) -> None:
    admin.opened.faults.add(Rule("late_visibility", times=1, seconds=30))
    order_id = place("guest")
    assert await admin.ids() == []
    assert (await admin.data("query Q($id: ID!) { order(id: $id) { id } }", id=order_id))["order"]
    admin.sandbox.clock.shift(timedelta(seconds=31))
    assert await admin.ids() == [order_id]


async def test_the_newest_come_first_when_asked_for(admin: Admin, place: Any) -> None:
    ids = [place("guest", ago=timedelta(minutes=minutes)) for minutes in (5, 4, 3)]
    query = "{ orders(first: 2, reverse: true, sortKey: CREATED_AT) { edges { cursor node { id } } } }"
    listed = (await admin.data(query))["orders"]
    assert [edge["node"]["id"] for edge in listed["edges"]] == [ids[2], ids[1]]
    after = listed["edges"][1]["cursor"]
    more = await admin.data(query.replace("first: 2", f'first: 2, after: "{after}"'))
    assert [edge["node"]["id"] for edge in more["orders"]["edges"]] == [ids[0]]


async def test_a_cursor_of_another_order_is_refused(admin: Admin, place: Any) -> None:
    place("guest")
    listed = (await admin.data(LIST, first=1))["orders"]
    cursor = listed["pageInfo"]["endCursor"]
    body = await admin.body(f'{{ orders(first: 1, after: "{cursor}", sortKey: CREATED_AT) {{ nodes {{ id }} }} }}')
    assert "cursor" in body["errors"][0]["message"]
    assert body["data"] is None


async def test_orders_are_counted(admin: Admin, place: Any) -> None:
    place("guest")
    place("test order")
    assert (await admin.data("{ ordersCount { count precision } }"))["ordersCount"] == {
        "count": 2,
        "precision": "EXACT",
    }


async def test_without_the_wide_scope_old_orders_are_not_there(admin: Admin, place: Any) -> None:
    old, new = place("guest", ago=timedelta(days=61)), place("guest")
    admin.shop.access.scopes.discard("read_all_orders")
    assert await admin.ids() == [new]
    assert (await admin.data("query Q($id: ID!) { order(id: $id) { id } }", id=old))["order"] is None


async def test_the_catalogue_lists_variants_with_and_without_numbers(admin: Admin) -> None:
    query = """query Q($after: String) {
      productVariants(first: 40, after: $after) {
        nodes { sku price product { title } inventoryItem { id tracked } } pageInfo { hasNextPage endCursor }
      }
    }"""
    found: list[Any] = []
    after = None
    while True:
        page = (await admin.data(query, after=after))["productVariants"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    numbers = [variant["sku"] for variant in found]
    assert len(found) == len(admin.shop.catalogue.variants)
    assert numbers.count("KR-4001") == 2
    assert "" in numbers
    assert " KR-1004 " in numbers


async def test_a_shop_of_many_orders_lists_and_reads_them_like_placed_ones(admin: Admin) -> None:
    placed = admin.shop.place_many(3000, admin.sandbox.plain_baskets, timedelta(hours=1))
    assert await admin.ids() == placed
    query = """query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on Order {
      id name lineItems(first: 9) { nodes { id } } fulfillmentOrders(first: 9) { nodes { id orderId } } } } }"""
    rows = (await admin.data(query, ids=placed[-2:]))["nodes"]
    assert [row["id"] for row in rows] == placed[-2:]
    assert [row["name"] for row in rows] == ["#3999", "#4000"]
    assert [row["fulfillmentOrders"]["nodes"][0]["orderId"] for row in rows] == placed[-2:]
    assert len({line["id"] for row in rows for line in row["lineItems"]["nodes"]}) == 10
    census = {row.external_id: row for row in admin.shop.census()}
    assert census.keys() == set(placed)
