"""Articles go as catalogue files: one per channel for what is new, one for what holds everywhere, never too large."""

from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from services.connectors.tradebyte.sending import catalogue
from shared.contracts.product import ProductAttribute
from tests.wired.contract.stand import Stand
from tests.wired.contract.telling import attribute, changed, family, piece, product, shelf, shown, shown_piece, tell
from tests.wired.contract.test_pushes import articles
from tests.wired.tradebyte.test_prices import entered


def files(stand: Stand) -> int:
    return sum("/sync/in/" in one["path"] for one in stand.opened.requests.report(latest=2000)["latest"])


async def refusal(stand: Stand, told: Any) -> str:
    result = await tell(stand, told)
    assert (result.outcome, result.code) == ("failed", "product_refused")
    return str(result.params["detail"])


async def test_new_articles_are_a_file_for_each_channel_and_changes_one_for_all(stand: Stand) -> None:
    told = [product("NP-1"), family(), product("NP-2", channels=("chat",))]
    await stand.send("product", told)
    assert files(stand) == 2
    assert (shown(stand, "NP-1").channels, shown(stand, "NP-2").channels) == (("chde", "chat"), ("chat",))
    prices = stand.shop.account.articles
    assert (set(prices["NP-1"].prices), set(prices["NP-2"].prices)) == ({"chde", "chat"}, {"chat"})
    stand.opened.requests.clear()
    await stand.send("product", [changed(one, title="Neu") for one in told])
    assert files(stand) == 1
    assert {one.title for one in shelf(stand) if one.external_id.startswith("NP-")} == {"Neu"}


async def test_unit_delivery_time_and_smallest_order(stand: Stand) -> None:
    await tell(stand, product())
    made = shown(stand, "NP-1")
    assert (made.unit, made.delivery_time, made.minimum_order, made.manufacturer_number) == ("Stück", "3", 2, "HW-77")


@pytest.mark.proves("article-unit", "tradebyte")
@pytest.mark.proves("article-delivery-time", "tradebyte")
@pytest.mark.proves("article-minimum-order", "tradebyte")
@pytest.mark.proves("article-manufacturer-number", "tradebyte")
async def test_what_a_variant_says_of_itself_goes_before_what_its_product_says(stand: Stand) -> None:
    own = {"unit": "Paar", "delivery_time": "1 Woche", "minimum_order": Decimal(5), "manufacturer_number": "HW-78"}
    await tell(stand, product(variants=(piece("NP-1", content=own),)))
    made = shown(stand, "NP-1")
    assert (made.unit, made.delivery_time, made.minimum_order, made.manufacturer_number) == ("Paar", "7", 5, "HW-78")


async def test_a_measure_that_is_missing_leaves_the_parcel_out_and_nothing_else(stand: Stand) -> None:
    await tell(stand, product(variants=(piece("NP-1", content={"height_mm": None}),)))
    assert (shown_piece(stand, "NP-1").weight_grams, shown_piece(stand, "NP-1").origin) == (None, "DE")


async def test_numbers_are_article_numbers_or_our_ids_and_stay_what_they_are(stand: Stand) -> None:
    await tell(stand, product("NP-1"))
    entered(stand, numbered_by="id")
    await tell(stand, product("NP-2"))
    id, parent = (str(uuid5(NAMESPACE_URL, name)) for name in ("NP-2", "product:NP-2"))
    made = shown(stand, id)
    assert (made.external_id, made.related) == (parent, ())
    # What TB.One has under one number is not filed a second time under another: the listing tells it.
    known = piece("NP-1", external_id="NP-1")
    await tell(stand, changed(product("NP-1"), variants=(known,), external_id="NP-1", title="Neu"))
    assert shown(stand, "NP-1").title == "Neu"


async def test_a_variant_that_is_not_sold_is_switched_off_there_and_never_made_for_it(stand: Stand) -> None:
    told = family(colours=("Rot", "Blau", "Grün"))
    red, blue, green = told.variants
    off = green.model_copy(update={"active": False})
    await tell(stand, told.model_copy(update={"variants": (red, blue, off)}))
    assert [one.sku for one in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-2"]
    gone = blue.model_copy(update={"active": False})
    await tell(stand, changed(told, variants=(red, gone), external_id="NP-8"))
    assert {one.sku: one.active for one in shown(stand, "NP-8-1").pieces} == {"NP-8-1": True, "NP-8-2": False}


async def test_keywords_are_parted_by_what_was_entered(stand: Stand) -> None:
    entered(stand, keyword_separator=";")
    await tell(stand, product(content={"meta_keywords": "brett, groß; eiche;; eiche"}))
    assert stand.shop.account.products["NP-1"].keywords == ("brett, groß", "eiche")


async def test_fields_become_components_or_attributes_and_only_where_they_are_told_of(stand: Stand) -> None:
    given = (
        attribute("Material", "Eiche", ""),
        attribute("Saison", "Winter", "attribute:Season"),
        attribute("Saison", "Herbst", "attribute:Season"),
        attribute("Herkunft", "Bayern", "component:Region"),
        ProductAttribute(name="Material", value="Oak", language="en-GB"),
    )
    await tell(stand, product(attributes=given))
    made = stand.shop.account.products["NP-1"]
    assert made.components == {"Material": {"x-default": "Eiche", "en-GB": "Oak"}, "Region": {"x-default": "Bayern"}}
    assert made.tags == {"Season": ("Winter", "Herbst")}
    await tell(stand, product("NP-2", attributes=given, parts=("texts", "custom_fields")))
    fewer = stand.shop.account.products["NP-2"]
    assert (fewer.components, fewer.tags) == ({"Region": {"x-default": "Bayern"}}, {})


async def test_a_field_that_tells_variants_apart_is_not_a_component_as_well(stand: Stand) -> None:
    told = family()
    both = (attribute("Farbe", "Rot", ""), attribute("Griff", "Leder", ""))
    first = told.variants[0].model_copy(update={"attributes": both})
    await tell(stand, told.model_copy(update={"variants": (first, told.variants[1])}))
    assert stand.shop.account.articles["NP-8-1"].components == {"Griff": {"x-default": "Leder"}}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (product("NP1"), "number"),
        (product("N" * 51), "number"),
        (product(title=""), "title"),
        (product(title="B" * 256), "title"),
        (product(content={"media": ("https://bilder.example/" + "b" * 240,)}), "media"),
        (product(content={"delivery_time": "bald"}), "delivery_time"),
        (product(content={"minimum_order": Decimal("1.5")}), "minimum_order"),
        (product(content={"manufacturer": "H" * 101}), "manufacturer"),
        (product(content={"meta_keywords": "w" * 256}), "meta_keywords"),
        (product(content={"categories": ("K" * 51,)}), "categories"),
        (product(variants=(piece("NP-1", ean="123"),)), "ean"),
        (product(variants=(piece("NP-1", content={"customs_number": "4419"}),)), "customs_number"),
        (family(colours=("Rot", "Rot")), "options"),
    ],
)  # fmt: skip
async def test_what_tb_one_could_not_read_in_is_refused_by_its_field_and_the_others_go(
    stand: Stand, told: Any, field: str
) -> None:
    bad, good = await stand.send("product", [told, product("NP-9")])
    assert (bad.outcome, bad.code) == ("failed", "product_refused")
    assert bad.params["detail"].startswith(f"{field}: ")
    assert good.outcome == "done"
    assert shown(stand, "NP-9").active


async def test_twelve_digits_are_an_ean_with_a_nought_before_them(stand: Stand) -> None:
    await tell(stand, product(variants=(piece("NP-1", ean="012345678905"),)))
    assert shown_piece(stand, "NP-1").ean == "0012345678905"


async def test_without_channels_nothing_new_is_sent_and_what_is_there_is_changed(stand: Stand) -> None:
    entered(stand, article_channels="")
    assert "article_channels" in await refusal(stand, product())
    assert (await tell(stand, product("KR-1001", title="Neuer Becher"))).outcome == "done"
    assert shown(stand, "KR-1001").title == "Neuer Becher"


async def test_files_are_no_larger_than_they_may_be(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    long = {"description": "Eiche. " * 300}
    monkeypatch.setattr(catalogue, "LARGEST_FILE", 12_000)
    told = [product(f"NP-{number}", content=long, channels=("chde",)) for number in range(10, 20)]
    results = await stand.send("product", [*told, product("NP-99", content={"description": "Eiche. " * 2000})])
    assert [result.outcome for result in results] == ["done"] * 10 + ["failed"]
    assert "larger" in results[-1].params["detail"]
    assert files(stand) == 4
    assert len([one for one in shelf(stand) if one.external_id.startswith("NP-")]) == 10


async def test_articles_go_as_files_over_sftp_as_stock_does(file_stand: Stand) -> None:
    await tell(file_stand, product())
    await tell(file_stand, changed(product(), title="Neu"))
    assert shown(file_stand, "NP-1").title == "Neu"
    assert [one.partition("/")[0] for one in file_stand.shop.files.fetched] == ["catalogue"] * 3
    assert file_stand.shop.files.refused == []


async def test_what_was_sent_is_read_back_with_the_next_reading_under_the_merchants_numbers(stand: Stand) -> None:
    await tell(stand, family())
    one, other = await articles(stand, "NP-8-1", "NP-8-2")
    assert {one.parent_external_id, other.parent_external_id} == {"NP-8"}
    assert one.price is not None
    assert (one.price.amount, one.ean, one.state) == (Decimal("29.90"), None, "active")


async def test_which_articles_are_there_is_asked_once_an_hour_and_no_oftener(stand: Stand) -> None:
    for number in range(1, 4):
        await tell(stand, product(f"NP-{number}"))
    lists = [one for one in stand.opened.requests.report(latest=2000)["latest"] if "/products/" in one["path"]]
    # Once for each channel.
    assert len(lists) == 2


async def test_a_product_that_tb_one_refuses_is_found_among_its_neighbours_and_told_in_its_words(stand: Stand) -> None:
    told = [product(f"NP-{number}", channels=("chde",)) for number in range(10, 74)]
    told[37] = product("NP-47", channels=("chde",), variants=(piece("NP-47", content={"origin": "DEU"}),))
    results = await stand.send("product", told)
    assert [place for place, result in enumerate(results) if result.outcome != "done"] == [37]
    assert (results[37].code, results[37].params["detail"]) == (
        "product_refused", "The XML does not validate: A_ORG_COUNTRY",
    )  # fmt: skip
    assert len([one for one in shelf(stand) if one.external_id.startswith("NP-")]) == 63
    # Six times in halves: the half that is good is taken, the other one refused.
    assert files(stand) == 1 + 2 * 6


async def test_a_fault_of_all_products_is_not_asked_about_one_by_one(stand: Stand) -> None:
    told = [product(f"NP-{number}", channels=("nowhere",)) for number in range(100, 300)]
    results = await stand.send("product", told)
    assert {(result.outcome, result.params["detail"]) for result in results} == {
        ("failed", "There is no channel nowhere")
    }
    assert files(stand) <= 80
