"""Prices: a product's list of them is replaced as a whole, and so is what one bad row would undo."""

from decimal import Decimal

from shared.contracts.money import Money
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import eur, price, shown
from tests.wired.contract.test_pushes import articles

DOLLARS = {"currencyId": "d" * 32, "gross": 20.0, "net": 16.81, "linked": False}


async def test_prices_in_other_currencies_and_a_strike_price_of_the_shops_own_stay(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    row = stand.shop.store.catalogue.rows[article.external_id]
    own = row["price"][0] | {"listPrice": {"currencyId": row["price"][0]["currencyId"], "gross": 30.0, "net": 25.21}}
    row["price"] = [DOLLARS, own]
    await stand.send("price", [price(article, "11.90")])
    kept = {one["currencyId"]: one for one in row["price"]}
    assert kept[DOLLARS["currencyId"]] == DOLLARS
    assert (kept[own["currencyId"]]["gross"], kept[own["currencyId"]]["net"]) == (11.9, 10.0)
    assert kept[own["currencyId"]]["listPrice"] == own["listPrice"]


async def test_a_net_price_is_shown_with_the_tax_of_its_rate(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    await stand.send("price", [price(article, "10.00", includes_tax=False, tax_rate=Decimal(7))])
    assert await shown(stand, "KR-1001") == [Decimal("10.7")]


async def test_a_variant_gets_a_price_of_its_own_and_its_siblings_keep_their_parents(stand: Stand) -> None:
    one, _ = await articles(stand, "KR-7001", "KR-7002")
    before = await shown(stand, "KR-7002")
    await stand.send("price", [price(one, "4.00")])
    assert await shown(stand, "KR-7001", "KR-7002") == [Decimal(4), *before]


async def test_a_price_in_another_currency_is_refused_and_its_neighbour_is_not(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    dollars = Money(amount=Decimal(9), currency="USD")
    results = await stand.send("price", [price(one, "4", price=dollars), price(two, "5")])
    assert [(result.outcome, result.params.get("detail")) for result in results] == [
        ("failed", "the shop keeps its prices in EUR"), ("done", None),
    ]  # fmt: skip
    assert await shown(stand, "KR-1002") == [eur("5").amount]


async def test_a_product_deleted_between_look_and_write_holds_back_no_price(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    rows, search = stand.shop.store.catalogue.rows, stand.client.search

    async def search_and_delete(entity: str, *given: object, **more: object) -> object:
        found = await search(entity, *given, **more)
        if entity == "product":
            rows.pop(two.external_id, None)
        return found

    stand.client.search = search_and_delete
    results = await stand.send("price", [price(two, "4"), price(one, "3")])
    assert [result.outcome for result in results] == ["failed", "done"]
