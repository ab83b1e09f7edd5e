"""What sets may sell, from the bill of material that arrives to the push that leaves."""

from decimal import Decimal
from typing import Any

from shared.contracts.bill import BillChanged, BillPart
from shared.contracts.envelope import Event
from tests.integration.inventory.stockroom import SHOP, Stockroom, listing_id

BILL = {"A-1": 2, "A-2": 1}


def told(room: Stockroom, version: int, bill: dict[str, int], *, kept: bool = False, head: str = "SET") -> Event[Any]:
    parts = tuple(BillPart(article_number=number, quantity=Decimal(pieces)) for number, pieces in bill.items())
    return room.says(BillChanged(head=head, version=version, kept_in_stock=kept, parts=parts))


async def shelf(room: Stockroom, **counts: int) -> None:
    """Listings of a set and of its parts, with levels of 7 and 5 of the parts; all of it told."""
    await room.connect()
    await room.articles("SET", *BILL)
    for number in ("SET", *BILL):
        await room.take(room.listed(f"L-{number}", number))
    await room.count("A-1", 7)
    await room.count("A-2", 5)
    for number, quantity in counts.items():
        await room.count(number, quantity)
    await numbers(room)


async def numbers(room: Stockroom) -> dict[str, int]:
    """What is pushed now, by article."""
    await room.work()
    return {push.sku: push.quantity for push in await room.sent("stock.push")}


async def test_a_set_is_told_what_its_parts_allow_and_again_when_they_change(stockroom: Stockroom) -> None:
    room = stockroom
    await shelf(room)
    await room.take(told(room, 1, BILL))
    assert await numbers(room) == {"SET": 3}
    await room.take(told(room, 1, BILL))
    assert await numbers(room) == {}
    await room.count("A-2", 1)
    assert await numbers(room) == {"SET": 1, "A-2": 1}
    # Two pieces of a part that a set order wants: the other set is gone, too.
    await room.take(room.order("1", 1, [("A-1", 2), ("A-2", 1)]))
    assert await numbers(room) == {"SET": 0, "A-1": 5, "A-2": 0}


async def test_a_set_kept_in_stock_is_told_its_shelf_and_what_its_parts_allow(stockroom: Stockroom) -> None:
    room = stockroom
    await shelf(room, SET=1)
    await room.take(told(room, 1, BILL, kept=True))
    assert await numbers(room) == {"SET": 4}
    await room.take(room.order("1", 1, [("SET", 1)]))
    assert await numbers(room) == {"SET": 3}
    await room.take(room.order("2", 1, [("SET", 2)]))
    assert await numbers(room) == {"SET": 1, "A-1": 3, "A-2": 3}
    view = await room.get(f"/listings/{listing_id('L-SET')}/quantity")
    (place,) = view["places"]
    assert (place["terms"]["from_parts"], place["terms"]["reserved"], place["computed"]) == ("1", "3", 1)
    assert any("the scarcest is article A-1" in one["sentence"] for one in place["explanation"])
    of_part = (await room.get(f"/listings/{listing_id('L-A-1')}/quantity"))["places"][0]
    assert of_part["terms"]["for_sets"] == "4"


async def test_an_older_bill_changes_nothing_and_one_without_parts_ends_the_set(stockroom: Stockroom) -> None:
    room = stockroom
    await shelf(room, SET=9)
    await room.take(told(room, 2, BILL), told(room, 1, {"A-2": 1}))
    assert await numbers(room) == {"SET": 3}
    await room.take(told(room, 1, {"A-2": 1}))
    assert await numbers(room) == {}
    await room.take(told(room, 3, {"A-2": 1}))
    assert await numbers(room) == {"SET": 5}
    await room.take(told(room, 4, {}))
    assert await numbers(room) == {"SET": 9}
    await room.count("A-2", 0)
    assert await numbers(room) == {"A-2": 0}


async def test_a_set_needs_no_level_of_its_own_before_it_goes_live(stockroom: Stockroom) -> None:
    room = stockroom
    await shelf(room)
    points = await _levels(room)
    assert points["state"] == "attention"
    await room.take(told(room, 1, BILL))
    assert (await _levels(room))["state"] == "done"


async def _levels(room: Stockroom) -> dict[str, Any]:
    (point,) = [one for one in await room.get("/checklist", connection=SHOP) if one["name"] == "levels"]
    return dict(point)
