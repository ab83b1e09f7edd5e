"""Prices: whole minor units of the storefront's currency, with tax."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

from services.connectors.kaufland import outbound
from shared.contracts.money import Money
from shared.contracts.price import PricePush
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import eur, price, shown
from tests.wired.contract.test_pushes import articles

Account = Callable[..., Stand]


def named(stand: Stand, storefront: str, sku: str) -> str:
    """The listing of an article in one storefront."""
    units = stand.shop.store.goods.units.values()
    id = next(one.id for one in units if (one.storefront, one.id_offer) == (storefront, sku))
    return f"{storefront}:{id}"


async def test_a_net_price_is_shown_with_the_tax_of_its_rate(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    await stand.send("price", [price(article, "10.00", includes_tax=False, tax_rate=Decimal(7))])
    assert await shown(stand, "KR-1001") == [Decimal("10.70")]


async def test_each_storefront_has_its_own_price_and_the_other_keeps_its(account: Account) -> None:
    stand = account(storefronts="de cz")
    (article, *_) = await articles(stand, "KR-1001")
    units = {one.storefront: one for one in stand.shop.store.goods.units.values() if one.id_offer == "KR-1001"}
    german = units["de"].body(1)["price"]
    crowns = Money(amount=Decimal("249.90"), currency="CZK")
    (result,) = await stand.send(
        "price", [price(article, "1", external_id=named(stand, "cz", "KR-1001"), price=crowns)]
    )
    assert result.outcome == "done"
    assert units["cz"].body(1)["price"] == 24_990
    assert units["de"].body(1)["price"] == german


async def test_a_price_in_a_currency_the_storefront_does_not_sell_in_is_refused_and_its_neighbour_is_not(
    stand: Stand,
) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    crowns = Money(amount=Decimal(99), currency="CZK")
    results = await stand.send("price", [price(one, "4", price=crowns), price(two, "5")])
    assert [(result.outcome, result.params.get("detail")) for result in results] == [
        ("failed", "the storefront de sells in EUR, not in CZK"), ("done", None),
    ]  # fmt: skip
    assert await shown(stand, "KR-1002") == [eur("5").amount]


def test_nothing_but_the_price_is_written() -> None:
    facts = {"listing_id": uuid4(), "version": 1, "external_id": "de:387500001001", "sku": "KR-1001"}
    push = PricePush.model_validate(facts | {"price": eur("19.99"), "tax_rate": Decimal(19)})
    assert outbound.price(push) == {"id_unit": 387_500_001_001, "unit_data": {"listing_price": 1999}}
