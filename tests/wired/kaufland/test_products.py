"""Product data: told, worked through, judged value by value, and made an offer; lost answers, refusals, categories."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.connectors.kaufland import reading
from services.inventory.product_mapping import Article, Asked, map_product
from services.sandbox.faults import Rule
from services.sandbox.kaufland.categories import APRONS, CUPS
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.article import ArticleContent, MediaText
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.money import Money
from shared.contracts.product import ProductVariant
from tests.wired.contract.stand import Stand

Account = Callable[..., Stand]
EAN, OTHER_EAN = "4006381333931", "4012345678901"
PICTURES = ("https://bilder.kramladen.example/neu-1.jpg", "https://bilder.kramladen.example/neu-2.jpg")
GOOD = {
    "ean": EAN, "title": "Becher mit Henkel", "description": "<p>Ein Becher aus Emaille, von Hand gemacht.</p>",
    "manufacturer": "Kramladen | Werkstatt", "material": "Emaille", "color": "Rot|Blau",
    "product_safety_contact.name": "Kramladen", "product_safety_contact.address": "Rötelstraße 35, Neckarsulm, DE",
}  # fmt: skip


def article(number: str, **differing: Any) -> ProductVariant:
    facts: dict[str, Any] = {
        "article_id": uuid4(), "number": number, "ean": EAN, "title": "Becher",
        "price": Money(amount=Decimal("12.90"), currency="EUR"), "tax_rate": Decimal(19),
        "content": ArticleContent(media=PICTURES, media_texts={PICTURES[1]: MediaText(title="Von hinten")}),
    }  # fmt: skip
    return ProductVariant.model_validate(facts | differing)


def product(number: str, values: dict[str, str] | None = None, ticket: str = "", **differing: Any) -> Command:
    facts: dict[str, Any] = {
        "article_id": uuid4(), "version": 1, "article_number": number, "format": "operator",
        "values": GOOD if values is None else values, "category": str(CUPS), "article": article(number),
    }  # fmt: skip
    return Command(number, 1, uuid4(), MappedProductPush.model_validate(facts | differing), ticket=ticket)


async def sent(stand: Stand, *commands: Command) -> list[PushResult]:
    return list(await stand.push("mapped_product").send(stand.client, commands))


async def looked(stand: Stand, *commands: Command) -> list[PushResult | None]:
    return list(await stand.push("mapped_product").verify(stand.client, commands))


async def judged(stand: Stand, command: Command) -> PushResult:
    """Told, and asked about until the platform has said everything."""
    (result,) = await sent(stand, command)
    for _ in range(10):
        if result.outcome != "waiting":
            return result
        stand.sandbox.clock.shift(timedelta(minutes=5))
        again = Command(command.subject, 1, command.key, command.payload, ticket=result.external_id)
        (found,) = await looked(stand, again)
        assert found is not None
        result = found
    raise AssertionError("The platform never came to an end")


@pytest.mark.proves("article-images", "kaufland")
@pytest.mark.proves("article-image-title", "kaufland")
async def test_a_product_that_is_told_becomes_an_offer_that_nobody_can_buy_before_its_stock_is_told(
    stand: Stand,
) -> None:
    result = await judged(stand, product("N-1"))
    assert result.outcome == "done"
    stand.sandbox.clock.shift(timedelta(minutes=5))
    (listed,) = [one for one in (await stand.items("article")).values() if b'"N-1"' in one.body]
    assert (listed.external_id,) == (result.external_id,) == result.listings
    unit = stand.shop.store.goods.units[int(result.external_id.partition(":")[2])]
    assert (unit.ean, unit.price, stand.shop.stock()["N-1"]) == (EAN, 1290, 0)
    told = stand.shop.store.products.data[EAN, "de-DE"].attributes
    assert told["manufacturer"] == ["Kramladen | Werkstatt"]
    assert told["color"] == ["Rot", "Blau"]
    assert told["picture"] == [PICTURES[0], '{"url": "' + PICTURES[1] + '", "alt_text": "Von hinten"}']
    assert told["product_safety_contact"] == {"name": "Kramladen", "address": "Rötelstraße 35, Neckarsulm, DE"}


async def test_sent_twice_it_is_one_product_and_one_offer(stand: Stand) -> None:
    first, second = await judged(stand, product("N-1")), await judged(stand, product("N-1"))
    assert (first.outcome, second.outcome) == ("done", "done")
    assert first.external_id == second.external_id
    assert sum(unit.id_offer == "N-1" for unit in stand.shop.store.goods.units.values()) == 1


async def test_while_the_platform_works_it_waits_and_says_what_for(stand: Stand) -> None:
    (result,) = await sent(stand, product("N-1"))
    assert (result.outcome, result.external_id) == ("waiting", EAN)
    (still,) = await looked(stand, product("N-1", ticket=EAN))
    assert still is not None
    assert (still.outcome, still.params["detail"]) == ("waiting", f"EAN {EAN}, the platform says PENDING")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (GOOD | {"material": "Plastik"}, "MISSING_ATTRIBUTES; material: Plastik is not among the values of material."),
        ({name: value for name, value in GOOD.items() if name != "material"}, "material: is missing"),
        (GOOD | {"description": "Kurz"}, "NOT_ENOUGH_TEXT"),
        (GOOD | {"title": "X"}, "NO_CATEGORY"),
    ],
)
async def test_what_the_platform_refuses_comes_back_in_its_words_and_makes_no_offer(
    stand: Stand, values: dict[str, str], said: str
) -> None:
    result = await judged(stand, product("N-1", values))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert said in result.params["detail"]
    assert "N-1" not in stand.shop.stock()


async def test_one_refused_product_holds_back_no_other(stand: Stand) -> None:
    stand.shop.store.products.refused[OTHER_EAN] = "Dieses Produkt wird nicht verkauft."
    results = [
        await judged(stand, product("N-2", GOOD | {"ean": OTHER_EAN})),
        *await sent(
            stand,
            product("N-3", GOOD | {"ean": "1234567890123"}),
            product("N-4", GOOD | {"ean": ""}, article=article("N-4", ean=None)),
            product("N-5", article=article("N-5", content=ArticleContent())),
            product("N-6", format="own"),
            product("N-1"),
        ),
    ]
    assert [result.outcome for result in results] == ["failed"] * 5 + ["waiting"]
    words = ["Dieses Produkt wird nicht verkauft.", "ean: must be a valid EAN", "ean: ", "picture: ", "own attributes"]
    assert all(word in result.params["detail"] for word, result in zip(words, results, strict=False))


@pytest.mark.parametrize(
    ("price", "said"),
    [(None, "there is no price"), (Money(amount=Decimal(9), currency="CZK"), "sells in EUR, not in CZK")],
)
async def test_without_a_price_that_the_storefront_takes_the_product_is_known_and_the_offer_missing(
    stand: Stand, price: Money | None, said: str
) -> None:
    result = await judged(stand, product("N-1", article=article("N-1", price=price)))
    assert result.outcome == "failed"
    assert said in result.params["detail"]


async def test_a_price_without_tax_is_offered_with_it(stand: Stand) -> None:
    net = article("N-1", price=Money(amount=Decimal("10.00"), currency="EUR"), includes_tax=False)
    assert (await judged(stand, product("N-1", article=net))).outcome == "done"
    assert [unit.price for unit in stand.shop.store.goods.units.values() if unit.id_offer == "N-1"] == [1190]


async def test_product_data_whose_answer_was_lost_is_found_and_not_told_again(stand: Stand) -> None:
    stand.opened.faults.add(Rule("answer_lost", times=10, path_contains="/product-data", method="PUT"))
    with pytest.raises(Transient):
        await sent(stand, product("N-1"))
    stand.opened.faults.clear()
    (found,) = await looked(stand, product("N-1"))
    assert found is not None
    assert (found.outcome, found.external_id) == ("waiting", EAN)
    (never_told,) = await looked(stand, product("N-2", GOOD | {"ean": OTHER_EAN}))
    (told_otherwise,) = await looked(stand, product("N-1", GOOD | {"title": "Becher ohne Henkel"}))
    assert (never_told, told_otherwise) == (None, None)


async def test_an_offer_whose_answer_was_lost_is_waited_for_until_the_list_has_it(stand: Stand) -> None:
    (result,) = await sent(stand, product("N-1"))
    stand.sandbox.clock.shift(timedelta(minutes=15))
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/v2/units", method="POST"))
    with pytest.raises(Transient):
        await looked(stand, product("N-1", ticket=result.external_id))
    outcomes = []
    for minutes in (0, 1, 5):
        stand.sandbox.clock.shift(timedelta(minutes=minutes))
        (found,) = await looked(stand, product("N-1", ticket=result.external_id))
        assert found is not None
        outcomes.append(found.outcome)
    assert outcomes == ["waiting", "waiting", "done"]
    assert sum(unit.id_offer == "N-1" for unit in stand.shop.store.goods.units.values()) == 1


async def test_categories_come_without_the_one_above_all_and_each_with_what_it_asks(stand: Stand) -> None:
    whole = await reading.taxonomy(stand.client)
    assert {one.code: one.parent_code for one in whole.categories} == {"34000": "", "34401": "34000", "34402": "34000"}
    assert {one.role for one in whole.attributes if one.requirement == "required"} == {
        "ean", "title", "description", "brand",
    }  # fmt: skip
    assert whole.leaves_only
    cups = await reading.category(stand.client, str(CUPS))
    asked = {one.code: (one.requirement, one.list_code, one.multiple) for one in cups.attributes}
    assert asked == {
        "material": ("required", "material", False),
        "color": ("optional", "color", True),
        "capacity": ("optional", "", False),
    }
    assert len([one for one in cups.values if one.list_code == "color"]) == 123
    with pytest.raises(Rejected):
        await reading.category(stand.client, "1234567")


async def test_the_platform_suggests_categories_for_a_title_with_their_whole_paths(stand: Stand) -> None:
    found = await reading.suggested(stand.client, "Schürze mit Tasche")
    assert next((one.code, one.label) for one in found) == (str(APRONS), "Haushalt > Schürzen")


async def test_what_the_seller_told_of_a_product_is_asked_for_once_a_day_and_anew_after_we_told_it(
    stand: Stand,
) -> None:
    def asked() -> int:
        rows = stand.opened.requests.report(2000)["latest"]
        return sum("/product-data/" in row["path"] for row in rows)

    items = await stand.items("article")
    assert asked() == len(items)
    await stand.items("article")
    assert asked() == len(items)
    known = next(ean for ean, _ in stand.shop.store.products.data)
    await sent(stand, product("KR-1001", GOOD | {"ean": known}))
    again = await stand.items("article")
    assert asked() == len(items) + 1
    assert sum(b"Ein Becher aus Emaille" in one.body for one in again.values()) == 1


@pytest.mark.proves("article-name", "kaufland")
@pytest.mark.proves("article-number", "kaufland")
@pytest.mark.proves("article-ean", "kaufland")
@pytest.mark.proves("article-description", "kaufland")
@pytest.mark.proves("article-manufacturer", "kaufland")
@pytest.mark.proves("article-properties", "kaufland")
@pytest.mark.proves("article-product-group", "kaufland")
async def test_an_article_that_passes_our_check_passes_the_platforms(stand: Stand) -> None:
    whole, cups = await reading.taxonomy(stand.client), await reading.category(stand.client, str(CUPS))
    lists: dict[str, dict[str, str]] = {}
    for one in cups.values:
        lists.setdefault(one.list_code, {})[one.code] = one.label
    asked = Asked(
        known=True, leaf=True, above=[str(CUPS)], attributes=[*whole.attributes, *cups.attributes], lists=lists,
        leaves_only=True, separator=whole.separator,
    )  # fmt: skip
    ours = Article(
        number="N-1", ean=EAN, title="Becher mit Henkel", description="Ein Becher, von Hand gemacht.", parent="",
        attributes={("category", ""): "Becher", ("Material", ""): "emaille", ("Farbe", ""): "Rot|Grün"},
        facts={"manufacturer": "Kramladen"},
    )  # fmt: skip
    mapped = map_product(ours, str(CUPS), asked, {})
    assert mapped.problems == []
    assert (await judged(stand, product("N-1", mapped.values))).outcome == "done"
    told = stand.shop.store.products.data[EAN, "de-DE"].attributes
    assert told["title"] == ["Becher mit Henkel"]
    assert told["description"] == ["Ein Becher, von Hand gemacht."]
    assert told["manufacturer"] == ["Kramladen"]
    assert told["material"] == ["Emaille"]
    assert told["color"] == ["Rot", "Grün"]


async def test_products_are_told_in_the_language_of_the_first_storefront_that_is_named(account: Account) -> None:
    stand = account({"storefronts": "cz, de"}, storefronts="de cz")
    crowns = article("N-1", price=Money(amount=Decimal(299), currency="CZK"))
    result = await judged(stand, product("N-1", article=crowns))
    assert (result.outcome, result.external_id.partition(":")[0]) == ("done", "cz")
    assert (EAN, "cs-CZ") in stand.shop.store.products.data
    assert (EAN, "de-DE") not in stand.shop.store.products.data


@pytest.mark.proves("article-delivery-time", "kaufland")
@pytest.mark.parametrize(("told", "days"), [("3", 3), ("2-4 Tage", 7), ("", 7), ("999", 7)])
async def test_an_offer_is_made_with_the_articles_own_days_or_with_those_of_the_connection(
    account: Account, told: str, days: int
) -> None:
    stand = account({"handling_time": 7})
    content = ArticleContent(media=PICTURES, delivery_time=told)
    assert (await judged(stand, product("N-1", article=article("N-1", content=content)))).outcome == "done"
    assert [unit.handling_time for unit in stand.shop.store.goods.units.values() if unit.id_offer == "N-1"] == [days]


@pytest.mark.proves("article-inactive", "kaufland")
async def test_an_article_taken_off_sale_is_put_on_hold_and_comes_back_and_a_new_one_is_not_offered(
    stand: Stand,
) -> None:
    gone = article("N-1", active=False)
    assert (await judged(stand, product("N-1", article=gone))).outcome == "done"
    assert "N-1" not in stand.shop.stock()
    made = await judged(stand, product("N-1"))
    unit = stand.shop.store.goods.units[int(made.external_id.partition(":")[2])]
    stand.sandbox.clock.shift(timedelta(minutes=5))
    for wanted, status in ((gone, "ONHOLD"), (gone, "ONHOLD"), (article("N-1"), "AVAILABLE")):
        result = await judged(stand, product("N-1", article=wanted))
        assert (result.outcome, result.external_id, unit.status) == ("done", made.external_id, status)


async def test_an_offer_that_the_platform_calls_incomplete_is_left_as_it_is(stand: Stand) -> None:
    made = await judged(stand, product("N-1"))
    unit = stand.shop.store.goods.units[int(made.external_id.partition(":")[2])]
    unit.status = "INCOMPLETE"
    stand.sandbox.clock.shift(timedelta(minutes=5))
    assert (await judged(stand, product("N-1", article=article("N-1", active=False)))).outcome == "done"
    assert unit.status == "INCOMPLETE"


async def test_an_account_without_a_storefront_says_what_is_missing(account: Account) -> None:
    stand = account(storefronts="")
    with pytest.raises(Misconfigured) as raised:
        await sent(stand, product("N-1"))
    assert (raised.value.code, raised.value.field) == ("storefront_none", "storefronts")
