"""From the shelf to the shop: what a channel is told, when, and what happens to it there."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.inventory import connection_replica, stock_loop
from shared.contracts.connection import ConnectionChanged
from tests.integration.inventory.stockroom import NOW, OTHER, SHOP, Stockroom, at, listing_id

SOON = timedelta(seconds=5)


async def place(stockroom: Stockroom, external_id: str = "L1", n: int = 0) -> dict[str, Any]:
    view = await stockroom.get(f"/listings/{listing_id(external_id)}/quantity")
    found: dict[str, Any] = view["places"][n]
    return found


async def test_a_counted_level_reaches_the_shop_once(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    await stockroom.count("A-1", 5)
    pushes = await stockroom.pushes()
    assert [(push.quantity, push.sku, push.external_id) for push in pushes] == [(5, "A-1", "L1")]
    await stockroom.count("A-1", 5)
    assert await stockroom.pushes() == []


async def test_a_change_is_sent_with_what_the_shop_was_told_before(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    await stockroom.count("A-1", 5, when=at(1))
    assert await stockroom.told("L1") == 5
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    pushes = await stockroom.pushes()
    assert [(push.quantity, push.expected) for push in pushes] == [(3, 5)]


async def test_many_changes_before_the_loop_runs_become_one_push_of_the_newest_number(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    for n in range(5):
        await stockroom.take(stockroom.order(str(n), 1, [("A-1", 1)]))
    assert [push.quantity for push in await stockroom.pushes()] == [4]


async def test_five_three_five_ends_with_the_shop_knowing_five_in_whatever_order_reports_come(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.told("L1")
    pushes = []
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    pushes += await stockroom.pushes()
    await stockroom.take(stockroom.order("1", 2))
    pushes += await stockroom.pushes()
    assert [push.quantity for push in pushes] == [3, 5]
    await stockroom.report(pushes[1])
    await stockroom.report(pushes[0])
    assert (await place(stockroom))["told"] == 5
    assert await stockroom.pushes() == []


async def test_a_refused_last_push_leaves_the_shop_at_the_one_before(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.told("L1")
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    (three,) = await stockroom.pushes()
    await stockroom.take(stockroom.order("2", 1, [("A-1", 1)]))
    (two,) = await stockroom.pushes()
    await stockroom.report(two, "failed", code="rejected", params={"detail": "too late"})
    await stockroom.report(three)
    assert (await place(stockroom))["told"] == 3


async def test_a_failed_push_is_visible_and_goes_again_with_the_next_change_or_on_request(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf()
    await stockroom.count("A-1", 5, when=at(1))
    (push,) = await stockroom.pushes()
    await stockroom.report(push, "failed", code="rejected", params={"detail": "variant is archived"})
    seen = (await place(stockroom))["last_push"]
    assert seen["outcome"] == "failed"
    assert "variant is archived" in seen["said"]["sentence"]
    failed = await stockroom.get("/listings", failed="true")
    assert [one["external_id"] for one in failed["items"]] == ["L1"]
    await stockroom.count("A-1", 5, when=at(2))
    assert await stockroom.pushes() == []
    reply = await stockroom.call("POST", f"/listings/{listing_id('L1')}/push")
    assert reply.status_code == 202
    (again,) = await stockroom.pushes()
    assert (again.quantity, again.version > push.version) == (5, True)
    await stockroom.report(again)
    assert (await stockroom.get("/listings", failed="true"))["items"] == []


async def test_a_failed_push_goes_again_when_the_listing_was_changed_in_the_shop(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    await stockroom.count("A-1", 5, when=at(1))
    (push,) = await stockroom.pushes()
    await stockroom.report(push, "failed", code="rejected", params={"detail": "x"})
    await stockroom.take(stockroom.listed("L1", "A-1", minute=3, title="mended"))
    assert [one.quantity for one in await stockroom.pushes()] == [5]


async def test_a_shop_that_holds_something_else_than_expected_is_recorded_and_told_at_once(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.journalled()
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    (push,) = await stockroom.pushes()
    await stockroom.report(
        push, "failed", code="rejected", params={"detail": "stale"}, actual=6, reported_at=NOW + SOON
    )
    (again,) = await stockroom.pushes()
    assert (again.quantity, again.expected) == (7, 6)
    drifted = await stockroom.journalled("stock_drifted")
    assert [(one.params["shop"], one.params["told"]) for one in drifted] == [("6", "9")]
    await stockroom.report(again, "failed", code="rejected", params={"detail": "stale"}, actual=6)
    assert await stockroom.pushes() == []


async def test_reports_about_unknown_pushes_and_other_nouns_are_left_alone(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    (push,) = await stockroom.pushes()
    await stockroom.report(push.model_copy(update={"version": 99}))
    await stockroom.report(push.model_copy(update={"listing_id": listing_id("nobody")}))
    assert (await place(stockroom))["told"] == 9


async def test_a_superseded_push_says_so_and_changes_nothing_told(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    (push,) = await stockroom.pushes()
    await stockroom.report(push, "superseded")
    seen = await place(stockroom)
    assert (seen["told"], seen["last_push"]["outcome"]) == (9, "superseded")


async def test_a_blocked_connection_keeps_its_numbers_waiting_and_says_which_switch(stockroom: Stockroom) -> None:
    await stockroom.connect(productive=False)
    await stockroom.shelf()
    await stockroom.count("A-1", 5)
    assert await stockroom.pushes() == []
    view = (await stockroom.call("GET", f"/listings/{listing_id('L1')}/quantity", language="de")).json()
    assert (view["blocked_by"]["code"], view["places"][0]["waits"]) == ("productive_mode_off", True)
    assert "Produktivmodus" in view["blocked_by"]["sentence"]
    assert (await stockroom.get(f"/summary/{SHOP}"))["blocked"] == 1
    assert [o["external_id"] for o in (await stockroom.get("/listings", blocked="true"))["items"]] == ["L1"]
    await stockroom.connect(version=2)
    assert [push.quantity for push in await stockroom.pushes()] == [5]
    assert (await stockroom.get(f"/summary/{SHOP}"))["blocked"] == 0


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"integration": {"orders": True}}, "integration_mode_off"),
        ({"paused_because": "credentials_refused"}, "connection_paused"),
        ({"deleted": True}, "connection_deleted"),
    ],
)
async def test_every_switch_that_blocks_is_named(stockroom: Stockroom, switches: dict[str, Any], code: str) -> None:
    await stockroom.shelf()
    await stockroom.connect(version=2, **switches)
    await stockroom.count("A-1", 5)
    assert await stockroom.pushes() == []
    assert (await stockroom.get(f"/summary/{SHOP}"))["blocked_by"]["code"] == code


async def test_a_connection_never_heard_of_is_read_from_its_owner_before_anything_is_told(
    stockroom: Stockroom,
) -> None:
    await stockroom.articles("A-1")
    await stockroom.take(stockroom.listed("M1", "A-1", connection=OTHER))
    await stockroom.count("A-1", 5)
    assert await stockroom.pushes() == []
    assert (await stockroom.get(f"/summary/{OTHER}"))["blocked_by"]["code"] == "connection_not_read"
    await stockroom.connect(OTHER)
    assert [push.quantity for push in await stockroom.pushes()] == [5]


async def test_a_change_of_a_connection_is_read_from_its_owner_even_when_he_is_down_at_first(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf()
    await stockroom.connect(version=2, productive=False)
    stockroom.owner.connections[SHOP] = stockroom.owner.connections[SHOP].model_copy(
        update={"productive": True, "version": 3}
    )
    await stockroom.take(stockroom.says(ConnectionChanged(id=SHOP, version=3, platform="shop")))
    stockroom.owner.down = True
    assert await connection_replica.refresh(stockroom.service)
    stockroom.owner.down = False
    assert not await connection_replica.refresh(stockroom.service)
    await stockroom.take(stockroom.says(ConnectionChanged(id=SHOP, version=3, platform="shop")))
    while await connection_replica.refresh(stockroom.service):
        pass
    await stockroom.count("A-1", 5)
    assert [push.quantity for push in await stockroom.pushes()] == [5]


async def test_an_older_state_of_a_connection_does_not_undo_a_newer_one(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    await stockroom.connect(version=5, productive=False)
    await stockroom.connect(version=4)
    assert (await stockroom.get(f"/summary/{SHOP}"))["blocked_by"]["code"] == "productive_mode_off"


async def test_a_listing_whose_stock_the_shop_does_not_count_is_told_nothing(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await stockroom.take(stockroom.listed("L1", "A-1", counts_stock=False))
    await stockroom.count("A-1", 5)
    assert await stockroom.pushes() == []
    view = await stockroom.get(f"/listings/{listing_id('L1')}/quantity")
    assert view["blocked_by"]["code"] == "stock_not_counted"


async def test_settings_change_every_listing_of_the_connection_and_keep_their_history(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    path = f"/settings/{SHOP}"
    assert (await stockroom.get(path))["version"] == 0
    for body in ({"buffer": 2}, {"buffer": 2}, {"buffer": 2, "maximum": 4}):
        assert (await stockroom.call("PUT", path, json=body)).status_code == 200
    assert [push.quantity for push in await stockroom.pushes()] == [4]
    view = await stockroom.get(path)
    assert [(one["version"], one["settings"]["maximum"], one["changed_by"]) for one in view["history"]] == [
        (2, 4, "anna (operate)"), (1, None, "anna (operate)")
    ]  # fmt: skip
    entries = await stockroom.journalled("stock_settings_changed")
    assert [one.params["changes"] for one in entries] == ["buffer 0 → 2", "maximum – → 4"]


async def test_settings_that_name_a_warehouse_nobody_created_are_refused(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    reply = await stockroom.call("PUT", f"/settings/{SHOP}", json={"warehouses": ["mian"]})
    assert (reply.status_code, reply.json()["code"]) == (422, "settings_warehouse_unknown")
    reply = await stockroom.call("PUT", f"/settings/{SHOP}", json={"bufer": 1})
    assert (reply.status_code, reply.json()["code"]) == (422, "request_invalid")


@pytest.mark.proves("stock-locations")
async def test_each_location_of_a_channel_is_told_its_own_number(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.call("PUT", "/warehouses/second", json={})
    await stockroom.count("A-1", 4, when=at(0), warehouse="second")
    assert await stockroom.told("L1") == 13
    mapped = {"locations": {"berlin": ["main"], "bonn": ["second"]}}
    await stockroom.call("PUT", f"/settings/{SHOP}", json=mapped)
    pushes = await stockroom.pushes()
    assert sorted((push.location, push.quantity) for push in pushes) == [("berlin", 9), ("bonn", 4)]
    await stockroom.report(pushes[0])
    await stockroom.take(stockroom.order("1", 1, [("A-1", 1)]))
    assert sorted((push.location, push.quantity) for push in await stockroom.pushes()) == [("berlin", 8), ("bonn", 3)]
    view = await stockroom.get(f"/listings/{listing_id('L1')}/quantity")
    assert [one["location"] for one in view["places"]] == ["berlin", "bonn"]
    await stockroom.call("PUT", f"/settings/{SHOP}", json={})
    assert [(push.location, push.quantity) for push in await stockroom.pushes()] == [(None, 12)]


async def test_an_article_switched_inactive_is_sold_no_more(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.articles("A-1", active=False)
    assert [push.quantity for push in await stockroom.pushes()] == [0]


async def test_a_read_back_that_differs_shows_in_the_drift_report_until_the_shop_is_right(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.journalled()
    await stockroom.read_back("L1", 9, NOW + SOON)
    assert (await stockroom.get("/drift"))["items"] == []
    for _ in range(2):
        await stockroom.read_back("L1", 6, NOW + 2 * SOON)
    (row,) = (await stockroom.get("/drift", connection=str(SHOP)))["items"]
    assert (row["told"], row["shop"], row["computed"], row["reason"]["code"]) == (9, 6, 9, "stock_drift_unexplained")
    assert (await stockroom.get(f"/summary/{SHOP}"))["drifted"] == 1
    assert len(await stockroom.journalled("stock_drifted")) == 1
    token = await stockroom.key("read", [OTHER])
    assert (await stockroom.call("GET", "/drift", token=token)).json()["items"] == []
    stockroom.now = NOW + 3 * SOON
    await stockroom.call("POST", f"/listings/{listing_id('L1')}/push")
    (push,) = await stockroom.pushes()
    assert (push.quantity, push.expected) == (9, 6)
    await stockroom.report(push)
    assert (await stockroom.get("/drift"))["items"] == []


async def test_a_read_back_older_than_the_last_push_says_nothing(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.read_back("L1", 6, NOW - SOON)
    assert (await stockroom.get("/drift"))["items"] == []


async def test_a_sale_the_shop_counted_itself_agrees_with_our_own_number(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.connect(version=2, productive=False)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 1)]))
    await stockroom.work()
    await stockroom.journalled()
    await stockroom.read_back("L1", 8, NOW + SOON)
    assert await stockroom.journalled("stock_drifted") == []
    (row,) = (await stockroom.get("/drift"))["items"]
    assert row["reason"]["code"] == "productive_mode_off"


async def test_what_the_shop_believes_and_why_is_one_answer_in_words(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    await stockroom.call("PUT", f"/settings/{SHOP}", json={"buffer": 1})
    view = (await stockroom.call("GET", f"/listings/{listing_id('L1')}/quantity", language="de")).json()
    assert view["dirty"]
    shown = view["places"][0]
    terms = {name: shown["terms"][name] for name in ("base", "reserved", "subtracted", "buffer", "quantity")}
    assert terms == {"base": "9", "reserved": "2", "subtracted": "2", "buffer": 1, "quantity": 6}
    words = " ".join(step["sentence"] for step in shown["explanation"])
    assert "Der Shop weiß 9 Stück" in words
    assert "physischer Bestand" in words
    assert "Verkäuflich sind also 6 Stück." in words
    await stockroom.told("L1")
    view = await stockroom.get(f"/listings/{listing_id('L1')}/quantity")
    assert (view["dirty"], view["places"][0]["told"], view["places"][0]["last_push"]["outcome"]) == (False, 6, "done")


async def test_an_unmatched_listing_explains_itself_and_cannot_be_pushed(stockroom: Stockroom) -> None:
    await stockroom.take(stockroom.listed("L1", "A-1"))
    view = await stockroom.get(f"/listings/{listing_id('L1')}/quantity")
    assert (view["match"]["code"], view["places"][0]["told"]) == ("listing_article_unknown", None)
    reply = await stockroom.call("POST", f"/listings/{listing_id('L1')}/push")
    assert (reply.status_code, reply.json()["code"]) == (409, "stock_push_unmatched")
    assert "A-1" in reply.json()["detail"]


async def test_the_summary_counts_every_listing_of_a_connection(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.articles("A-2", "A-3")
    await stockroom.take(
        stockroom.listed("L2", "A-2"), stockroom.listed("L3", "A-3"), stockroom.listed("L4", "none"),
        stockroom.listed("L5", "A-9", state="deleted"), stockroom.listed("M1", "A-1", connection=OTHER),
    )  # fmt: skip
    await stockroom.told("L1")
    await stockroom.count("A-3", 7)
    (push,) = await stockroom.pushes()
    await stockroom.report(push, "failed", code="rejected", params={"detail": "x"})
    await stockroom.count("A-2", 1)
    summary = await stockroom.get(f"/summary/{SHOP}")
    expected = {"listings": 4, "matched": 3, "unmatched": 1, "told": 3, "dirty": 1, "blocked": 0, "failed": 1}
    assert {name: summary[name] for name in expected} == expected


async def test_two_loops_at_once_send_each_number_once(stockroom: Stockroom) -> None:
    numbers = [f"A-{n}" for n in range(200)]
    await stockroom.articles(*numbers)
    await stockroom.take(*[stockroom.listed(number, number) for number in numbers])
    await stockroom.pushes()
    for number in numbers[:50]:
        await stockroom.take(stockroom.order(f"o {number}", 1, [(number, 1)]))
    rows = [{"reference": "GR", "article_number": number, "warehouse": "main", "quantity": 5} for number in numbers]
    await stockroom.call("POST", "/movements", json={"movements": rows})
    await asyncio.gather(*(_work(stockroom) for _ in range(3)))
    sent = await stockroom.sent("stock.push")
    assert {push.sku: push.quantity for push in sent} == {n: 4 if i < 50 else 5 for i, n in enumerate(numbers)}
    assert len(sent) == len(numbers)


async def _work(stockroom: Stockroom) -> None:
    while await stock_loop.step(stockroom.service):
        pass
