"""What lies with a channel is a warehouse of its own: read, never counted, sold elsewhere only where it is chosen."""

from decimal import Decimal
from typing import Any

from shared.contracts.connection import ConnectionChanged
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, at

HELD = f"shop:{OTHER}"


async def levels(stockroom: Stockroom, **params: Any) -> dict[tuple[str, str], Decimal]:
    rows = (await stockroom.get("/levels", **params))["items"]
    return {(row["article_number"], row["warehouse"]): Decimal(row["quantity"]) for row in rows}


async def warehouses(stockroom: Stockroom) -> dict[str, Any]:
    return {row["code"]: row for row in await stockroom.get("/warehouses")}


async def held(stockroom: Stockroom, pieces: int | None, *, minute: float = 1, id: str = "F1", **more: Any) -> None:
    """The other connection shows so many pieces of A-1 that it holds itself."""
    given = {"sku": "A-1", "counts_stock": False, "held_by_channel": pieces} | more
    await stockroom.take(stockroom.listed(id, minute=minute, connection=OTHER, **given))


async def chosen(stockroom: Stockroom, **settings: Any) -> Any:
    return await stockroom.call("PUT", f"/settings/{SHOP}", json=settings)


async def test_a_warehouse_is_made_once_and_named_like_its_connection(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=4)
    await stockroom.connect(OTHER)
    for minute in (1, 1, 2):
        await held(stockroom, 7, minute=minute)
    found = (await warehouses(stockroom))[HELD]
    assert (found["name"], found["connection"], found["articles"]) == ("Shop", str(OTHER), 1)
    assert await levels(stockroom, article="A-1") == {("A-1", "main"): Decimal(4), ("A-1", HELD): Decimal(7)}
    assert await levels(stockroom, warehouse=HELD) == {("A-1", HELD): Decimal(7)}
    (made,) = await stockroom.journalled("warehouse_created")
    assert made.params == {"warehouse": HELD}


async def test_other_listings_sell_of_it_only_where_it_is_chosen(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=4)
    await held(stockroom, 7)
    assert await stockroom.sellable() == 4
    assert (await chosen(stockroom, warehouses=["main", HELD])).status_code == 200
    assert await stockroom.sellable() == 11
    assert (await chosen(stockroom, warehouses=[HELD])).status_code == 200
    assert await stockroom.told("L1") == 7
    await held(stockroom, 2, minute=3)
    assert await stockroom.told("L1") == 2
    # It no longer lies there at all.
    await held(stockroom, None, minute=4)
    assert await stockroom.told("L1") == 0
    assert await levels(stockroom) == {("A-1", "main"): Decimal(4)}


async def test_a_sku_in_two_marketplaces_is_one_pool_and_two_skus_are_two(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=1)
    await held(stockroom, 7, market="de")
    await held(stockroom, 6, id="F2", market="fr")
    assert (await levels(stockroom, warehouse=HELD)) == {("A-1", HELD): Decimal(7)}
    rows = (await stockroom.get("/listings", connection=str(OTHER)))["items"]
    assert {row["external_id"]: row["match"]["code"] for row in rows} == {
        "F1": "listing_matched",
        "F2": "listing_matched",
    }
    # Within one marketplace nobody knows which of two listings is meant.
    await held(stockroom, 7, id="F3", market="de", minute=2)
    rows = (await stockroom.get("/listings", connection=str(OTHER)))["items"]
    assert {row["external_id"] for row in rows if row["match"]["code"] == "listing_sku_shared"} == {"F1", "F3"}


async def test_a_level_follows_its_listing_to_another_article(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=1)
    assert (await chosen(stockroom, warehouses=["main"])).status_code == 200
    await held(stockroom, 7, sku="B-1")
    assert await levels(stockroom, warehouse=HELD) == {}
    assert (await chosen(stockroom, warehouses=[HELD])).status_code == 200
    assert await stockroom.told("L1") == 0
    await stockroom.articles("B-1")
    assert await levels(stockroom, warehouse=HELD) == {("B-1", HELD): Decimal(7)}
    await held(stockroom, 7, sku="A-1", minute=2)
    assert await levels(stockroom, warehouse=HELD) == {("A-1", HELD): Decimal(7)}
    assert await stockroom.told("L1") == 7


async def test_nobody_else_books_there(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=4)
    await held(stockroom, 7)
    counted = await stockroom.count("A-1", 99, warehouse=HELD)
    moved = await stockroom.move("m-1", "A-1", 5, warehouse=HELD)
    assert [(row["outcome"], row["code"], row["field"]) for row in (counted, moved)] == [
        ("refused", "level_warehouse_of_channel", "warehouse")
    ] * 2
    renamed = await stockroom.call("PUT", f"/warehouses/{HELD}", json={"name": "mine"})
    assert (renamed.status_code, renamed.json()["code"]) == (409, "warehouse_of_channel")
    sent = await chosen(stockroom, ships_from=HELD)
    assert (sent.status_code, sent.json()["code"]) == (422, "settings_ships_from_channel")
    # Shipments of a shop that sells of it are known to the channel, and leave our own shelf alone.
    await chosen(stockroom, warehouses=["main", HELD])
    await stockroom.take(stockroom.order("1", 1, shipped=[("A-1", 3)], shipped_at=at(10)))
    assert await levels(stockroom, article="A-1") == {("A-1", "main"): Decimal(1), ("A-1", HELD): Decimal(7)}


async def test_the_first_count_still_founds_the_merchants_own_warehouse(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await held(stockroom, 7)
    assert (await stockroom.count("A-1", 5, warehouse=HELD))["code"] == "level_warehouse_of_channel"
    assert (await stockroom.count("A-1", 5))["outcome"] == "accepted"
    assert await levels(stockroom) == {("A-1", "main"): Decimal(5), ("A-1", HELD): Decimal(7)}


async def test_it_ends_with_its_connection(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=4)
    await stockroom.connect(OTHER)
    await held(stockroom, 7)
    await stockroom.take(
        stockroom.says(ConnectionChanged(id=OTHER, platform="shop", version=2, deleted=True), connection=OTHER)
    )
    assert await levels(stockroom) == {("A-1", "main"): Decimal(4)}
