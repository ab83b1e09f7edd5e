"""Orders hold stock from the moment we hear of them, whatever happens to them afterwards."""

import pytest

from shared.contracts.order import OrderCancelled, OrderImported, OrderParked
from tests.integration.inventory.stockroom import SHOP, Stockroom, at


async def reserved(stockroom: Stockroom, article: str = "A-1") -> dict[str, str]:
    page = await stockroom.get("/reservations", article=article)
    return {one["number"]: one["quantity"] for one in page["items"]}


async def test_an_order_holds_the_sum_of_its_lines_and_components(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2), ("B-1", 1), ("A-1", 3)], kind=OrderImported))
    assert await reserved(stockroom) == {"1": "5"}
    assert await stockroom.sellable() == 5


async def test_an_event_about_an_older_version_changes_nothing(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 3, [("A-1", 1)]))
    await stockroom.take(stockroom.order("1", 2, [("A-1", 9)]))
    await stockroom.take(stockroom.order("1", 3, [("A-1", 9)]))
    assert await reserved(stockroom) == {"1": "1"}


@pytest.mark.parametrize("late", [False, True])
async def test_an_acknowledgement_counts_without_a_new_version_of_the_order(stockroom: Stockroom, late: bool) -> None:
    await stockroom.shelf(quantity=10)
    plain = stockroom.order("1", 1, [("A-1", 4)])
    known = stockroom.order("1", 1, [("A-1", 4)], acknowledged_at=at(5))
    for event in (known, plain) if late else (plain, known):
        await stockroom.take(event)
    await stockroom.count("A-1", 6, when=at(10), meaning="available")
    assert await stockroom.sellable() == 6


async def test_a_version_and_its_acknowledgement_in_one_batch_count_as_acknowledged(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(
        stockroom.order("1", 1, [("A-1", 4)], acknowledged_at=at(5)), stockroom.order("1", 1, [("A-1", 4)])
    )
    (held,) = (await stockroom.get("/reservations", article="A-1"))["items"]
    assert held["acknowledged_at"] is not None


async def test_two_versions_in_one_batch_count_as_the_newer(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 2, [("A-1", 4)]), stockroom.order("1", 1, [("A-1", 1)]))
    assert await reserved(stockroom) == {"1": "4"}


async def test_a_parked_and_a_waiting_order_hold_stock_too(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 1)], kind=OrderParked, status="parked"))
    await stockroom.take(stockroom.order("2", 1, [("A-1", 2)], status="waiting"))
    assert await stockroom.sellable() == 7


async def test_a_cancelled_order_gives_its_stock_back(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 4)]))
    await stockroom.take(stockroom.order("1", 2, kind=OrderCancelled, status="cancelled"))
    assert await reserved(stockroom) == {}
    assert await stockroom.sellable() == 10


async def test_an_upload_never_ends_a_reservation(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 4)]))
    await stockroom.count("A-1", 10)
    assert await stockroom.sellable() == 6


async def test_an_order_for_an_article_nobody_knows_yet_holds_it_once_it_is_known(stockroom: Stockroom) -> None:
    await stockroom.take(stockroom.order("1", 1, [("A-1", 4)]))
    await stockroom.shelf(quantity=10)
    assert await stockroom.sellable() == 6


async def test_the_journal_says_what_was_reserved_and_released_for_each_order(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 4)]))
    await stockroom.take(stockroom.order("1", 2, [("A-1", 4)], acknowledged_at=at(5)))
    await stockroom.take(stockroom.order("1", 3, [("A-1", 1)]))
    entries = [one for one in await stockroom.journalled() if one.noun == "order"]
    assert [(one.action, one.params["quantity"], one.params["articles"]) for one in entries] == [
        ("reserved", "4", "A-1 × 4"), ("released", "3", "A-1 × 1")
    ]  # fmt: skip
    assert {(key.kind, key.value) for key in entries[0].keys} == {("number", "1"), ("sku", "A-1")}


async def test_reservations_can_be_paged_through_and_are_limited_to_the_keys_connections(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    for n in range(3):
        await stockroom.take(stockroom.order(str(n), 1, [("A-1", 1)]))
    page = await stockroom.get("/reservations", article="A-1", limit=2)
    rest = await stockroom.get("/reservations", article="A-1", limit=2, after=page["next"])
    assert {one["number"] for one in [*page["items"], *rest["items"]]} == {"0", "1", "2"}
    token = await stockroom.key("read", [])
    assert (await stockroom.call("GET", "/reservations?article=A-1", token=token)).json()["items"] == []
    token = await stockroom.key("read", [SHOP])
    assert len((await stockroom.call("GET", "/reservations?article=A-1", token=token)).json()["items"]) == 3
