"""A WooCommerce shop's order list: its bounds, its live order, its pages and its decimals."""

from datetime import timedelta
from decimal import Decimal

from tests.wired.sandbox.callers import Caller, total_of

WHOLE = {"orderby": "modified", "order": "asc", "dates_are_gmt": "true", "per_page": 100}


async def test_every_order_of_the_census_is_listed_once(reader: Caller) -> None:
    seen = []
    for page in range(1, 5):
        seen += [order["id"] for order in (await reader.get("/orders", **WHOLE, page=page, _fields="id")).json()]
    assert sorted(seen) == sorted(int(row.external_id) for row in reader.opened.shop.census())
    assert len(set(seen)) == len(seen) >= 210


async def test_bounds_are_exclusive(shop: Caller) -> None:
    order = await shop.order(await shop.place("guest"))
    stamp = f"{order['date_modified_gmt']}Z"
    assert (await shop.get("/orders", **WHOLE, modified_after=stamp)).json() == []
    assert (await shop.get("/orders", **WHOLE, modified_before=stamp)).json() == []
    earlier = shop.opened.shop.census()[0].stamp - timedelta(seconds=1)
    found = (await shop.get("/orders", **WHOLE, modified_after=earlier.isoformat())).json()
    assert [row["id"] for row in found] == [order["id"]]


async def test_a_date_without_offset_is_site_time_unless_gmt_is_asked_for(shop: Caller) -> None:
    order = await shop.order(await shop.place("guest"))
    before = shop.opened.shop.census()[0].stamp - timedelta(seconds=5)
    naive = before.strftime("%Y-%m-%dT%H:%M:%S")
    assert order["date_modified"] != order["date_modified_gmt"]
    gmt = await shop.get("/orders", modified_after=naive, dates_are_gmt="true")
    assert len(gmt.json()) == 1
    later = (before + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S")
    site = await shop.get("/orders", modified_after=later)
    assert len(site.json()) == 1, "half an hour later by GMT is half an hour earlier by the shop's own clock"


async def test_a_row_touched_between_two_pages_hides_another(shop: Caller) -> None:
    await shop.control("POST", "/orders", json={"count": 10, "spread_seconds": 100})
    everything = [row["id"] for row in (await shop.get("/orders", **WHOLE)).json()]
    first = (await shop.get("/orders", **(WHOLE | {"per_page": 5}))).json()
    await shop.control("POST", f"/orders/{first[0]['id']}/changes", json={"kind": "touch"})
    second = (await shop.get("/orders", **(WHOLE | {"per_page": 5, "page": 2}))).json()
    met = {row["id"] for row in (*first, *second)}
    assert set(everything) - met == {everything[5]}


async def test_a_crowded_second_is_larger_than_the_largest_page(reader: Caller) -> None:
    crowd = [row for row in reader.opened.shop.census() if row.case == "same second"]
    assert len({row.stamp for row in crowd}) == 1
    assert len(crowd) > 100


async def test_list_headers_say_how_many_and_where_to_go_on(reader: Caller) -> None:
    answer = await reader.get("/orders", per_page=50, page=2)
    count = len(reader.opened.shop.census())
    assert answer.headers["X-WP-Total"] == str(count)
    assert answer.headers["X-WP-TotalPages"] == str(-(-count // 50))
    assert 'rel="next"' in answer.headers["Link"]
    assert "page=3" in answer.headers["Link"]


async def test_a_page_beyond_the_end_is_empty_and_counts_nothing(reader: Caller) -> None:
    answer = await reader.get("/orders", per_page=100, page=9)
    assert (answer.status_code, answer.json(), answer.headers["X-WP-Total"]) == (200, [], "0")


async def test_every_wrong_parameter_is_named_at_once(reader: Caller) -> None:
    answer = await reader.get("/orders", per_page=101, status="shipped", modified_after="yesterday", orderby="price")
    assert answer.status_code == 400
    assert answer.json()["code"] == "rest_invalid_param"
    assert set(answer.json()["data"]["params"]) == {"per_page", "status", "modified_after", "orderby"}


async def test_statuses_narrow_the_list_and_the_bin_is_not_any(shop: Caller) -> None:
    kept, cancelled, binned = [await shop.place(case) for case in ("guest", "cancelled before import", "pickup")]
    await shop.call("DELETE", f"/orders/{binned}")
    assert {row["id"] for row in (await shop.get("/orders")).json()} == {kept, cancelled}
    assert [row["id"] for row in (await shop.get("/orders", status="cancelled,failed")).json()] == [cancelled]
    assert [row["id"] for row in (await shop.get("/orders", status="trash")).json()] == [binned]
    assert (await shop.order(binned))["status"] == "trash"


async def test_orders_can_be_picked_searched_and_cut_to_fields(reader: Caller) -> None:
    rows = {row.case: int(row.external_id) for row in reader.opened.shop.census()}
    wanted = [rows["pickup"], rows["engraving"]]
    answer = await reader.get(
        "/orders", include=",".join(map(str, wanted)), orderby="include", _fields="id,billing.city"
    )
    assert [row["id"] for row in answer.json()] == wanted
    assert set(answer.json()[0]) == {"id", "billing"}
    assert set(answer.json()[0]["billing"]) == {"city"}
    inside_lists = await reader.get(f"/orders/{wanted[0]}", _fields="line_items.sku")
    assert inside_lists.json() == {}
    found = await reader.get("/orders", search=str(wanted[0]))
    assert wanted[0] in [row["id"] for row in found.json()]


async def test_more_decimals_show_unrounded_lines_under_the_same_head(reader: Caller) -> None:
    rows = {row.case: int(row.external_id) for row in reader.opened.shop.census()}
    order_id = rows["several tax rates, shipping split"]
    short, long = await reader.order(order_id), await reader.order(order_id, dp=6)
    assert short["total"] == "137.70"
    assert long["total"] == "137.700000"
    line = long["line_items"][0]
    assert line["total"] == "49.579832"
    assert short["line_items"][0]["total"] == "49.58"
    assert len(long["shipping_lines"][0]["taxes"]) == 2, "shipping is taxed at both rates of the goods"
    assert total_of(short) == Decimal(short["total"])


async def test_orders_add_up_as_the_shop_counts_them(reader: Caller) -> None:
    wrong = {"wrong type", "absurd number", "total one cent off", "total wrong by five"}
    cases = {int(row.external_id): row.case for row in reader.opened.shop.census()}
    for page in (1, 2, 3):
        for order in (await reader.get("/orders", per_page=100, page=page)).json():
            if cases[order["id"]] not in wrong:
                assert total_of(order) == Decimal(order["total"]), cases[order["id"]]


async def test_three_thousand_plain_orders_come_back_complete(shop: Caller) -> None:
    await shop.control("POST", "/orders", json={"count": 3_000})
    seen: set[int] = set()
    lines: set[int] = set()
    for page in range(1, 31):
        for order in (await shop.get("/orders", **WHOLE, page=page, dp=6)).json():
            seen.add(order["id"])
            lines.update(line["id"] for line in order["line_items"])
    assert len(seen) == 3_000
    assert len(lines) == 15_000, "every line has an id of its own"
