"""Stock by parent, and shipments where the shop has no records for them."""

from typing import Any

from services.sandbox import seeds
from services.sandbox.faults import Rule
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled


async def test_stock_goes_in_one_call_per_parent(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-7001", "KR-7002", "KR-7101")
    stand.opened.requests.clear()
    results = await stand.send("stock", [level(article, 4) for article in found])
    assert {result.outcome for result in results} == {"done"}
    assert {result.actual for result in results} == {4}
    assert stand.opened.requests.requests == 3


async def test_a_variation_named_without_its_parent_fails_alone(stand: Stand) -> None:
    simple, variation = await articles(stand, "KR-1001", "KR-7001")
    results = await stand.send("stock", [level(variation, 4, parent_external_id=None), level(simple, 4)])
    assert [result.outcome for result in results] == ["failed", "done"]
    assert results[0].params["platform_code"] == "woocommerce_rest_invalid_product_id"


async def test_a_parent_that_is_gone_fails_its_variations_only(stand: Stand) -> None:
    one, two = await articles(stand, "KR-7001", "KR-1001")
    results = await stand.send("stock", [level(one, 4, parent_external_id="99999"), level(two, 4)])
    assert [result.outcome for result in results] == ["failed", "done"]
    assert results[0].code == "stock_refused"


async def test_a_shop_without_shipment_records_gets_a_note_and_meta_data(old_stand: Stand) -> None:
    order = await order_of(old_stand, "engraving")
    push = parcel(order)
    assert (await settled(old_stand, "fulfilment", push)).outcome == "done"
    body = old_stand.shop.store.book.orders[int(order.external_id)].body()
    kept = {row["key"]: row["value"] for row in body["meta_data"]}
    assert kept[f"_kontor_parcel_{push.fulfilment.id}"]["tracking_number"] == push.fulfilment.tracking_number


async def test_a_note_that_did_not_get_through_is_written_when_the_parcel_is_sent_again(old_stand: Stand) -> None:
    order = await order_of(old_stand, "engraving")
    old_stand.opened.faults.add(Rule("error_500", times=1, path_contains="/notes", method="POST"))
    assert (await settled(old_stand, "fulfilment", parcel(order))).outcome == "done"
    assert len(old_stand.shop.parcels()) == 1


async def test_a_customer_who_is_not_to_be_told_gets_no_note(old_stand: Stand) -> None:
    order = await order_of(old_stand, "engraving")
    push = parcel(order, notify_customer=False)
    assert [(await settled(old_stand, "fulfilment", push)).outcome for _ in range(2)] == ["done", "unchanged"]
    assert old_stand.shop.parcels() == []
    (note,) = [row for row in old_stand.shop.store.notes[int(order.external_id)] if "DHL" in row["note"]]
    assert not note["customer_note"]


async def test_goods_that_lie_ready_are_a_note(old_stand: Stand) -> None:
    order = await order_of(old_stand, "pickup")
    push = parcel(order, "", ready_for_pickup=True)
    assert (await settled(old_stand, "fulfilment", push)).outcome == "done"
    assert [one.tracking_number for one in old_stand.shop.parcels()] == ["Ready for pickup."]


async def test_an_order_completed_in_the_shop_is_not_cancelled_and_one_refunded_is_so_already(stand: Stand) -> None:
    done = await order_of(stand, "engraving")
    await stand.client.put_order(done.external_id, {"status": "completed"})
    result = await settled(stand, "cancellation", cancellation(done))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "completed" in result.params["detail"]
    refunded = await order_of(stand, "engraving")
    await stand.client.put_order(refunded.external_id, {"status": "refunded"})
    assert (await settled(stand, "cancellation", cancellation(refunded))).outcome == "unchanged"


async def test_a_cancelled_order_gives_the_shops_own_stock_back_once(stand: Stand) -> None:
    before = stand.shop.stock()
    order = await order_of(stand, "reduced rate only")
    assert stand.shop.stock() != before
    for _ in range(2):
        await settled(stand, "cancellation", cancellation(order))
    assert stand.shop.stock() == before


async def many(stand: Stand, count: int) -> list[Any]:
    stand.shop.stock_catalogue(seeds.many(count, "MANY"))
    found = await stand.items("article")
    read_ones = [read(stand.stream("article"), item).contract for item in found.values()]
    stand.opened.requests.clear()
    return [level(one, 4) for one in read_ones if isinstance(one, ListedArticle) and (one.sku or "").startswith("MANY")]


def batches(stand: Stand) -> list[int]:
    return [row["status"] for row in stand.opened.requests.report()["latest"] if row["path"].endswith("/batch")]


async def test_a_shop_with_a_smaller_limit_of_its_own_is_asked_for_less_from_then_on(small_stand: Stand) -> None:
    pushes = await many(small_stand, 240)
    assert {one.outcome for one in await small_stand.send("stock", pushes)} == {"done"}
    assert batches(small_stand) == [413, *[200] * 5]
    assert {one.outcome for one in await small_stand.send("stock", pushes[:100])} == {"done"}
    assert batches(small_stand) == [413, *[200] * 7]


async def test_a_web_server_that_waits_no_longer_is_asked_for_less(stand: Stand) -> None:
    pushes = await many(stand, 200)
    stand.opened.faults.add(Rule("answer_lost", times=4, path_contains="/batch"))
    assert {one.outcome for one in await stand.send("stock", pushes)} == {"done"}
    assert batches(stand) == [*[500] * 4, *[200] * 4]


async def test_what_a_shop_has_answered_counts_although_it_is_down_afterwards(stand: Stand) -> None:
    pushes = await many(stand, 100)
    (variation,) = await articles(stand, "KR-7001")
    stand.opened.faults.add(Rule("error_500", path_contains="/variations/batch"))
    results = await stand.send("stock", [*pushes, level(variation, 3)])
    assert [one.outcome for one in results] == [*["done"] * 100, "retrying"]
