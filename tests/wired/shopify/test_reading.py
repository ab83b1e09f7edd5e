"""An order is read whole, however long its own lists are."""

from typing import Any

from services.sandbox.merchant import Change
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.shopify.conftest import Place


async def order(stand: Stand, id: str) -> Order:
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


async def test_three_hundred_lines_are_all_there(stand: Stand, place: Place) -> None:
    found = await order(stand, place("three hundred lines"))
    assert len({line.external_id for line in found.line_items}) == 300
    listed = read(stand.stream("order"), (await stand.items())[found.external_id]).contract
    assert listed == found


async def test_more_refunds_and_payments_than_the_list_shows_are_read_too(stand: Stand, place: Place) -> None:
    id = place("three hundred lines")
    for line in range(12):
        stand.shop.change(id, Change("refund_line", line=line))
    found = await order(stand, id)
    assert len(found.refunds) == 12
    assert sum(line.cancelled_quantity for line in found.line_items) == 12


async def test_a_refund_of_more_lines_than_a_page_is_read_whole(stand: Stand, place: Place) -> None:
    id = place("three hundred lines")
    stand.shop.change(id, Change("refund_full"))
    found = await order(stand, id)
    assert len(found.refunds[0].lines) == 300
    assert all(line.outstanding == 0 for line in found.line_items)


async def test_lines_that_wait_are_told_from_those_that_do_not(stand: Stand, place: Place) -> None:
    held = await order(stand, place("preorder"))
    assert [line.held for line in held.line_items] == [True]
    plain = place("engraving")
    assert not any(line.held for line in (await order(stand, plain)).line_items)
    stand.shop.put_on_hold(plain)
    assert all(line.held for line in (await order(stand, plain)).line_items)


async def test_two_hundred_and_fifty_orders_cost_a_few_calls(stand: Stand) -> None:
    stand.shop.place_many(250, stand.sandbox.plain_baskets)
    await stand.items()
    stand.opened.requests.clear()
    await stand.items()
    assert stand.opened.requests.requests <= 4
    assert stand.opened.requests.cost < 800


async def test_a_products_webhook_brings_all_its_variants(stand: Stand) -> None:
    items = await stand.items("article")
    family: dict[str, list[str]] = {}
    for item in items.values():
        article: Any = read(stand.stream("article"), item).contract
        family.setdefault(article.parent_external_id, []).append(article.external_id)
    product, variants = max(family.items(), key=lambda pair: len(pair[1]))
    assert len(variants) == 6
    found = await stand.stream("article").fetch_one(stand.client, product)
    assert [raw.external_id for raw in found] == variants


async def test_an_article_at_several_locations_is_the_sum_and_each(stand: Stand) -> None:
    catalogue = stand.shop.catalogue
    variant = catalogue.variant("KR-1001", "")
    catalogue.connect(variant["inventoryItem"], catalogue.places[1], 5)
    (raw,) = await stand.stream("article").fetch_one(stand.client, variant["id"])
    article: Any = read(stand.stream("article"), raw).contract
    assert sorted(article.locations.values())[0] == 5
    assert article.quantity == sum(article.locations.values()) == stand.shop.stock()["KR-1001"]
