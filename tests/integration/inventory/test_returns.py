"""Goods that came back raise the level of the warehouse they had left, once, and only where no count holds them."""

from decimal import Decimal
from typing import Any

from shared.contracts.order import DemandLine
from tests.integration.inventory.stockroom import Stockroom, at


def back(pieces: int) -> tuple[DemandLine, ...]:
    return (DemandLine(line_external_id="0", article_number="A-1", quantity=Decimal(pieces)),)


async def level(stockroom: Stockroom, warehouse: str = "main") -> str:
    rows = (await stockroom.get("/levels", article="A-1"))["items"]
    return next(str(row["quantity"]) for row in rows if row["warehouse"] == warehouse)


async def shipped(stockroom: Stockroom, version: int, pieces: int, returned: int = 0, **more: Any) -> None:
    if returned:
        more = {"returned": back(returned), "returned_at": at(30)} | more
    event = stockroom.order("1", version, shipped=[("A-1", pieces)], shipped_at=at(10), **more)
    await stockroom.take(event)


async def test_a_return_is_booked_once_whatever_is_said_again(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await shipped(stockroom, 1, 3)
    assert await level(stockroom) == "7"
    await shipped(stockroom, 2, 3, returned=2)
    assert await level(stockroom) == "9"
    await shipped(stockroom, 2, 3, returned=2)
    await shipped(stockroom, 1, 3)
    await shipped(stockroom, 3, 3, returned=2)
    assert await level(stockroom) == "9"
    assert await stockroom.sellable() == 9
    booked = [one for one in (await stockroom.get("/ledger", article="A-1"))["items"] if one["reason"] == "return"]
    assert [(one["quantity"], one["delta"], one["warehouse"]) for one in booked] == [("2", "2", "main")]
    (told,) = await stockroom.journalled("order_restocked")
    assert (told.params["quantity"], told.params["article"]) == ("2", "A-1")


async def test_a_shipment_and_its_return_in_one_version_are_both_booked(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await shipped(stockroom, 5, 3, returned=1)
    assert await level(stockroom) == "8"


async def test_goods_counted_after_they_came_back_are_not_added_again(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await shipped(stockroom, 1, 3)
    await stockroom.count("A-1", 9, when=at(40))
    await shipped(stockroom, 2, 3, returned=2)
    assert await level(stockroom) == "9"


async def test_goods_counted_between_shipment_and_return_are_added(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await shipped(stockroom, 1, 3)
    await stockroom.count("A-1", 7, when=at(20))
    await shipped(stockroom, 2, 3, returned=2)
    assert await level(stockroom) == "9"


async def test_goods_go_back_to_the_warehouse_they_left(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=2)
    await stockroom.call("PUT", "/warehouses/outlet", role="admin", json={"name": "Outlet"})
    await stockroom.count("A-1", 50, when=at(0), warehouse="outlet")
    await shipped(stockroom, 1, 3)
    await stockroom.count("A-1", 90, when=at(20))
    await shipped(stockroom, 2, 3, returned=3)
    assert (await level(stockroom), await level(stockroom, "outlet")) == ("90", "50")
