"""Products: what is the shop's own way with them, beside what every shop must do."""

from decimal import Decimal
from typing import Any

import pytest

from services.sandbox.shopware6.values import hexid
from shared.contracts.article import ArticleText
from shared.contracts.money import Money
from shared.contracts.product import ProductAttribute, ProductPush
from tests.wired.contract.stand import Stand
from tests.wired.contract.telling import attribute, changed, family, piece, product, shown, tell

SPOON = "Löffel"


def row(stand: Stand, number: str) -> dict[str, Any]:
    """What the shop has stored, without what a variant takes over."""
    (found,) = [one for one in stand.shop.store.catalogue.rows.values() if one["productNumber"] == number]
    return dict(found)


def rows(stand: Stand, entity: str) -> list[dict[str, Any]]:
    return list(stand.shop.store.library.all(entity).values())


def told_with(value: str, target: str, number: str = "NP-1") -> ProductPush:
    return product(number, attributes=(attribute("Angabe", value, target),))


async def refusal(stand: Stand, told: ProductPush) -> str:
    """Why the shop does not take it, its neighbours in the same call being taken."""
    results = await stand.send("product", [product("NP-7"), told, product("NP-9")])
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert results[1].code == "product_refused"
    return str(results[1].params["detail"])


@pytest.mark.proves("article-unit", "shopware6")
@pytest.mark.proves("article-minimum-order", "shopware6")
@pytest.mark.proves("article-delivery-time", "shopware6")
@pytest.mark.proves("article-manufacturer-number", "shopware6")
async def test_unit_times_quantities_and_the_makers_number(any_version: Stand) -> None:
    await tell(any_version, product())
    made = shown(any_version, "NP-1")
    assert (made.unit, made.minimum_order, made.delivery_time) == ("Stück", 2, "2-3 Tage")
    assert made.manufacturer_number == "HW-77"
    assert row(any_version, "NP-1")["weight"] == 0.75


async def test_names_that_differ_in_capital_letters_alone_are_one_and_units_have_two_names(stand: Stand) -> None:
    await tell(stand, product("NP-1", content={"manufacturer": "Holzwerk", "unit": "stk."}))
    await tell(stand, product("NP-2", content={"manufacturer": "HOLZWERK", "unit": "Stück", "tags": ("eiche",)}))
    assert [one["name"] for one in rows(stand, "product_manufacturer") if "holz" in one["name"].lower()] == ["Holzwerk"]
    assert [one["name"] for one in rows(stand, "tag")] == ["Eiche", "Handarbeit"]
    assert len(rows(stand, "unit")) == 3


async def test_a_variant_holds_only_what_differs_from_its_product(stand: Stand) -> None:
    dear = Money(amount=Decimal("31.90"), currency="EUR")
    told = family(content={"weight_grams": Decimal(750)})
    two = told.variants[1].model_copy(update={"price": dear, "tax_rate": Decimal(7), "title": told.title})
    await tell(stand, told.model_copy(update={"variants": (told.variants[0], two)}))
    first, second, parent = row(stand, "NP-8-1"), row(stand, "NP-8-2"), row(stand, "NP-8")
    names = ("price", "taxId", "active", "weight")
    assert [first[name] for name in names] == [None] * 4
    assert (second["price"][0]["gross"], second["taxId"]) == (31.9, hexid("tax", Decimal("0.07")))
    assert (second["name"], first["name"]) == (None, "Frühstücksbrett Rot")
    assert (parent["weight"], parent["price"][0]["gross"], parent["price"][0]["net"]) == (0.75, 29.9, 25.12605)
    assert (parent["childCount"], parent["stock"]) == (2, 0)


@pytest.mark.proves("variant-sorting", "shopware6")
async def test_variants_are_chosen_in_the_order_in_which_they_are_told(stand: Stand) -> None:
    first = await tell(stand, family(colours=("Rot", "Blau", "Grün")))
    assert order(stand) == ["Rot", "Blau", "Grün"]
    again = family(colours=("Rot", "Blau", "Grün"))
    variants = (again.variants[2], again.variants[0], again.variants[1])
    await tell(stand, changed(again, variants=variants, external_id=first.external_id))
    assert order(stand) == ["Grün", "Rot", "Blau"]


def order(stand: Stand) -> list[str]:
    settings = sorted(row(stand, "NP-8")["configuratorSettings"], key=lambda one: one["position"])
    return [one["option"]["name"] for one in settings]


async def test_an_option_that_changes_replaces_the_one_before(stand: Stand) -> None:
    first = await tell(stand, family())
    red, blue = family().variants
    other = blue.model_copy(update={"content": blue.content.model_copy(update={"options": {"Farbe": "Türkis"}})})
    await tell(stand, changed(family(), variants=(red, other), external_id=first.external_id))
    assert [dict(one.options) for one in shown(stand, "NP-8-1").pieces] == [{"Farbe": "Rot"}, {"Farbe": "Türkis"}]


@pytest.mark.proves("article-becomes-parent", "shopware6")
async def test_a_plain_article_becomes_a_parent_where_it_is(stand: Stand) -> None:
    before = await tell(stand, product("NP-8"))
    after = await tell(stand, family("NP-8"))
    assert after.external_id == before.external_id
    assert [one.sku for one in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-2"]


async def test_a_product_is_known_by_its_variants_whatever_its_own_number_is_in_the_shop(stand: Stand) -> None:
    before = shown(stand, "KR-7001")
    told = family("KR-7")
    pieces = tuple(
        one.model_copy(update={"number": each.sku, "content": one.content.model_copy(update={"options": each.options})})
        for one, each in zip(told.variants, before.pieces, strict=False)
    )
    result = await tell(stand, told.model_copy(update={"variants": pieces}))
    assert (result.outcome, result.external_id) == ("done", before.external_id)
    assert row(stand, "KR-7")["id"] == before.external_id
    assert [one.external_id for one in shown(stand, "KR-7001").pieces] == [one.external_id for one in before.pieces]


async def test_a_tax_that_changes_is_the_products_and_its_variants_take_it_over(stand: Stand) -> None:
    first = await tell(stand, family())
    lower = tuple(one.model_copy(update={"tax_rate": Decimal(7)}) for one in family().variants)
    await tell(stand, changed(family(), variants=lower, external_id=first.external_id))
    assert [row(stand, number)["taxId"] for number in ("NP-8", "NP-8-1")] == [hexid("tax", Decimal("0.07")), None]
    assert {one.tax for one in shown(stand, "NP-8-1").pieces} == {"7"}


async def test_a_number_that_is_another_products_is_refused(stand: Stand) -> None:
    taken = piece("KR-1002", content={"options": {"Farbe": "Gelb"}})
    told = family().model_copy(update={"variants": (family().variants[0], taken)})
    assert await refusal(stand, told) == "number: KR-1002 is a product of its own in the shop"
    foreign = piece("KR-7001", content={"options": {"Farbe": "Gelb"}})
    first = await tell(stand, family())
    told = changed(family(), variants=(family().variants[0], foreign), external_id=first.external_id)
    assert await refusal(stand, told) == "number: KR-7001 is another product's in the shop"


async def test_a_number_taken_in_the_shop_is_refused_in_the_shops_words(stand: Stand) -> None:
    first = await tell(stand, product("NP-1"))
    told = product("KR-1003", external_id=first.external_id)
    stand.opened.requests.clear()
    assert await refusal(stand, told) == 'Product with number "KR-1003" already exists.'
    # The number says which one it was: the others go together.
    assert sum("sync" in one["path"] for one in stand.opened.requests.report(100)["latest"]) == 2


@pytest.mark.parametrize(
    ("differing", "detail"),
    [
        ({"tax_rate": Decimal(16)}, "tax_rate: the shop has no tax of 16 %"),
        ({"tax_rate": None}, "tax_rate: a new product needs a tax rate"),
        ({"price": None}, "price: NP-1 is new and needs a price and a tax rate"),
        ({"price": Money(amount=Decimal(9), currency="USD")}, "price: the shop keeps its prices in EUR"),
        ({"content": {"minimum_order": Decimal("1.5")}}, "minimum_order: a whole number is expected, not “1.5”"),
        ({"content": {"delivery_time": "morgen"}}, "delivery_time: the shop has no delivery time “morgen”"),
        ({"ean": "4" * 300}, "ean: Diese Zeichenkette ist zu lang. Sie sollte höchstens 255 Zeichen haben."),
    ],
)
async def test_what_a_new_product_lacks_or_the_shop_does_not_have_is_named(
    stand: Stand, differing: Any, detail: str
) -> None:
    assert await refusal(stand, product(variants=(piece("NP-1", **differing),))) == detail


async def test_a_variant_that_is_refused_is_named_and_with_it_its_whole_product(stand: Stand) -> None:
    one, two = family().variants
    long = two.model_copy(update={"title": "Brett " * 50})
    detail = await refusal(stand, family().model_copy(update={"variants": (one, long)}))
    assert detail.startswith("NP-8-2 name: Diese Zeichenkette ist zu lang")
    assert not any(one["productNumber"].startswith("NP-8") for one in stand.shop.store.catalogue.rows.values())


async def test_a_text_in_another_language_that_is_refused_is_named_by_its_field(stand: Stand) -> None:
    detail = await refusal(stand, product(content={"texts": {"en": ArticleText(title="Board " * 50)}}))
    assert detail.startswith("name: Diese Zeichenkette ist zu lang")


async def test_a_tag_that_is_refused_holds_back_only_the_products_that_bear_it(stand: Stand) -> None:
    detail = await refusal(stand, product(content={"tags": ("Eiche", "x" * 256)}))
    assert detail.startswith("tag.name: Diese Zeichenkette ist zu lang")


async def test_variants_that_do_not_differ_in_the_same_options_are_refused(stand: Stand) -> None:
    one, two = family().variants
    plain = two.model_copy(update={"content": two.content.model_copy(update={"options": {}})})
    same = two.model_copy(update={"content": one.content})
    for variants, words in (((one, plain), "do not differ in the same options"), ((one, same), "have the same ones")):
        assert words in await refusal(stand, family().model_copy(update={"variants": variants}))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("garantie_monate", "24", 24),
        ("fuellmenge", "0,75", 0.75),
        ("spuelfest", "ja", True),
        ("spuelfest", "0", False),
        ("lieferbar_ab", "2026-12-01", "2026-12-01T00:00:00.000+00:00"),
        ("guete", "b", "b"),
        ("guete", "Erste Wahl", "a"),
        ("siegel", "bio, Fair", ["bio", "fair"]),
        ("pflege_text", "<b>Von Hand</b>", "<b>Von Hand</b>"),
    ],
)
async def test_a_custom_field_gets_a_value_of_its_kind(stand: Stand, field: str, text: str, value: Any) -> None:
    assert (await tell(stand, told_with(text, field))).outcome == "done"
    stored = row(stand, "NP-1")["customFields"][field]
    assert (stored, type(stored)) == (value, type(value))


@pytest.mark.parametrize(
    ("field", "text", "wanted"),
    [
        ("garantie_monate", "zwei Jahre", "a whole number is expected, not “zwei Jahre”"),
        ("garantie_monate", "1.5", "a whole number is expected, not “1.5”"),
        ("fuellmenge", "viel", "a number is expected, not “viel”"),
        ("spuelfest", "vielleicht", "yes or no is expected, not “vielleicht”"),
        ("lieferbar_ab", "bald", "a day such as 2026-11-28 is expected, not “bald”"),
        ("guete", "c", "one of a, b is expected, not “c”"),
        ("siegel", "bio, demeter", "one of bio, fair is expected, not “demeter”"),
    ],
)
async def test_a_value_of_another_kind_is_refused_by_the_name_of_its_field(
    stand: Stand, field: str, text: str, wanted: str
) -> None:
    assert await refusal(stand, told_with(text, field)) == f"{field}: {wanted}"


async def test_an_attribute_without_a_target_is_a_custom_field_of_its_name_else_a_property(stand: Stand) -> None:
    facts = (attribute("spuelfest", "ja", ""), attribute("Holzart", "Eiche", ""), attribute("Holzart", "Buche", ""))
    await tell(stand, product(attributes=facts))
    stored = row(stand, "NP-1")
    assert stored["customFields"]["spuelfest"] is True
    assert sorted(one["name"] for one in stored["properties"]) == ["Buche", "Eiche"]
    (group,) = [one for one in rows(stand, "property_group") if one["name"] == "Holzart"]
    assert group["filterable"] is True


async def test_a_target_may_say_which_of_both_and_a_custom_field_of_customers_is_none(stand: Stand) -> None:
    facts = (
        attribute("Pflege", "Von Hand", "customFields.pflege_hinweis"),
        attribute("Siegel", "Bio", "properties.siegel"),
        attribute("Farbe", "Blau", "lieblingsfarbe"),
    )
    await tell(stand, product(attributes=facts))
    stored = row(stand, "NP-1")
    assert stored["customFields"]["pflege_hinweis"] == "Von Hand"
    assert sorted(one["group"]["name"] for one in stored["properties"]) == ["lieblingsfarbe", "siegel"]
    detail = await refusal(stand, told_with("1", "customFields.gibt_es_nicht", "NP-2"))
    assert detail == "Angabe: the shop has no custom field gibt_es_nicht"


async def test_properties_that_were_not_told_are_the_merchants_own(stand: Stand) -> None:
    told = product(attributes=(attribute("Material", "Eiche", ""), attribute("Herkunft", "Bayern", "")))
    first = await tell(stand, told)
    less = changed(told, attributes=(attribute("Material", "Buche", ""),), external_id=first.external_id)
    await tell(stand, less)
    assert shown(stand, "NP-1").properties == {"Material": "Buche", "Herkunft": "Bayern"}


async def test_a_variants_own_property_stands_beside_those_of_its_product(stand: Stand) -> None:
    told = family(attributes=(attribute("Material", "Eiche", ""),))
    own = told.variants[0].model_copy(update={"attributes": (attribute("Finish", "Geölt", ""),)})
    await tell(stand, told.model_copy(update={"variants": (own, told.variants[1])}))
    assert sorted(one["name"] for one in row(stand, "NP-8-1")["properties"]) == ["Eiche", "Geölt"]
    assert row(stand, "NP-8-2")["properties"] == []


@pytest.mark.proves("article-free-fields-to-standard", "shopware6")
@pytest.mark.proves("article-properties-to-standard", "shopware6")
@pytest.mark.proves("price-base", "shopware6")
async def test_attributes_of_certain_names_fill_the_products_own_fields(stand: Stand) -> None:
    values = {
        "shopware6_max_purchase": "10", "shopware6_min_purchase": "3", "shopware6_purchase_steps": "2",
        "shopware6_purchase_unit": "0,5", "shopware6_reference_unit": "1", "shopware6_unit": "Liter",
        "shopware6_release_date": "2026-12-24", "shopware6_pack_unit": "Flasche", "shopware6_restock_time": "5",
        "shopware6_pack_unit_plural": "Flaschen", "shopware6_delivery_time": "1-2 Wochen",
    }  # fmt: skip
    facts = tuple(attribute(name, value, "") for name, value in values.items())
    assert (await tell(stand, product(attributes=facts))).outcome == "done"
    stored = row(stand, "NP-1")
    assert [stored[name] for name in ("maxPurchase", "minPurchase", "purchaseSteps", "restockTime")] == [10, 3, 2, 5]
    assert (stored["purchaseUnit"], stored["referenceUnit"], stored["unit"]["name"]) == (0.5, 1.0, "Liter")
    assert (stored["packUnit"], stored["packUnitPlural"]) == ("Flasche", "Flaschen")
    assert (stored["releaseDate"][:10], stored["deliveryTime"]["name"]) == ("2026-12-24", "1-2 Wochen")
    detail = await refusal(stand, product("NP-2", attributes=(attribute("shopware6_colour", "rot", ""),)))
    assert detail.startswith("shopware6_colour: there is no such field")


async def test_words_in_the_shops_own_language_win_and_free_fields_are_said_in_each(stand: Stand) -> None:
    free = ProductAttribute(name="Pflege", value="By hand", language="en", target="pflege_hinweis")
    texts = {"de-DE": ArticleText(title="Brettchen"), "en": ArticleText(title="Board"), "xx": ArticleText(title="-")}
    await tell(stand, product(content={"texts": texts}, attributes=(free,)))
    made = shown(stand, "NP-1")
    assert (made.title, made.description) == ("Brettchen", "<p>Ein Brett aus einem Stück.</p>")
    assert made.titles == {"en": "Board"}
    said = stand.shop.store.translations[made.external_id]
    assert said[hexid("language", "en-GB")]["customFields"] == {"pflege_hinweis": "By hand"}


async def test_a_new_product_is_shown_in_the_channels_that_are_named_and_later_where_the_merchant_wants(
    stand: Stand,
) -> None:
    told = product(channels=("großhandel", hexid("channel")))
    first = await tell(stand, told)
    assert shown(stand, "NP-1").channels == ("Großhandel", "Kramladen")
    stand.shop.store.catalogue.rows[first.external_id]["visibilities"].clear()
    await tell(stand, changed(told, external_id=first.external_id))
    assert shown(stand, "NP-1").channels == ()
    assert (
        await refusal(stand, product("NP-2", channels=("Messe",))) == "channels: the shop has no sales channel “Messe”"
    )


async def test_a_closeout_of_the_merchants_own_stays_and_ours_ends_with_its_reason(stand: Stand) -> None:
    told = product(content={"sell_off": False})
    first = await tell(stand, told)
    for sells_off, closeout in ((True, True), (False, False)):
        told = changed(told, content={"sell_off": sells_off}, external_id=first.external_id)
        await tell(stand, told)
        assert row(stand, "NP-1")["isCloseout"] is closeout
    stand.shop.store.catalogue.rows[first.external_id]["isCloseout"] = True
    await tell(stand, changed(told, external_id=first.external_id))
    assert row(stand, "NP-1")["isCloseout"] is True


async def test_related_articles_change_with_what_is_told_and_groups_of_the_merchants_own_stay(stand: Stand) -> None:
    told = product(content={"related": ("KR-1001", "KR-1002", "GIBT-ES-NICHT")})
    first = await tell(stand, told)
    assert shown(stand, "NP-1").related == ("KR-1001", "KR-1002")
    own = {"id": "e" * 32, "name": "Handverlesen", "assignedProducts": []}
    stand.shop.store.catalogue.rows[first.external_id]["crossSellings"].append(own)
    await tell(stand, changed(told, content={"related": ("KR-1002",)}, external_id=first.external_id))
    assert shown(stand, "NP-1").related == ("KR-1002",)
    assert sorted(one["name"] for one in row(stand, "NP-1")["crossSellings"]) == ["Handverlesen", "Passend dazu"]


async def test_an_article_that_is_one_of_several_in_the_shop_takes_none_of_them_with_it(stand: Stand) -> None:
    parent = shown(stand, "KR-7001")
    others = [one.sku for one in parent.pieces if one.sku != "KR-7001"]
    told = product("KR-7001", withdrawn=True, external_id=parent.external_id)
    assert (await tell(stand, told)).outcome == "done"
    assert {one.sku: one.active for one in shown(stand, "KR-7002").pieces}["KR-7001"] is False
    assert (await tell(stand, changed(told, deletes=True))).outcome == "done"
    assert [one.sku for one in shown(stand, "KR-7002").pieces] == others


async def test_a_withdrawn_product_takes_variants_with_it_that_were_on_sale_by_themselves(stand: Stand) -> None:
    parent = shown(stand, "KR-7001")
    stand.shop.store.catalogue.rows[parent.pieces[1].external_id]["active"] = True
    told = family("KR-7001-P").model_copy(update={"withdrawn": True, "external_id": parent.external_id})
    assert (await tell(stand, told)).outcome == "done"
    assert not any(one.active for one in shown(stand, "KR-7001").pieces)
    assert (await tell(stand, told)).outcome == "unchanged"


async def test_a_product_whose_variants_are_all_gone_here_is_withdrawn_with_those_the_shop_has(stand: Stand) -> None:
    first = await tell(stand, family())
    none_left = changed(family(), variants=(), withdrawn=True, external_id=first.external_id)
    assert (await tell(stand, none_left)).outcome == "done"
    assert not any(one.active for one in shown(stand, "NP-8-1").pieces)


async def test_a_variant_that_is_gone_here_is_off_sale_and_another_one_may_have_its_options(stand: Stand) -> None:
    first = await tell(stand, family())
    red, blue = family().variants
    gone = red.model_copy(update={"active": False})
    other = piece("NP-8-9", content={"options": {"Farbe": "Rot"}})
    bare = blue.model_copy(update={"active": False, "content": blue.content.model_copy(update={"options": {}})})
    told = changed(family(), variants=(gone, other, bare), external_id=first.external_id)
    assert (await tell(stand, told)).outcome == "done"
    assert {one.sku: (one.active, dict(one.options)["Farbe"]) for one in shown(stand, "NP-8-1").pieces} == {
        "NP-8-1": (False, "Rot"), "NP-8-2": (False, "Blau"), "NP-8-9": (True, "Rot"),
    }  # fmt: skip


async def test_what_has_variants_in_the_shop_and_none_here_is_not_touched(stand: Stand) -> None:
    first = await tell(stand, family())
    before = shown(stand, "NP-8-1")
    for withdrawn in (False, True):
        told = product("NP-8", external_id=first.external_id, withdrawn=withdrawn, deletes=withdrawn)
        assert await refusal(stand, told) == "number: NP-8 has variants in the shop, and none here"
    assert shown(stand, "NP-8-1") == before


async def test_what_the_database_refuses_for_ever_is_asked_once(stand: Stand) -> None:
    taxes, search = stand.shop.store.library.all("tax"), stand.client.search

    async def search_and_delete(entity: str, *given: object, **more: object) -> object:
        found = await search(entity, *given, **more)
        if entity == "tax":
            taxes.pop(hexid("tax", Decimal("0.07")))
        return found

    stand.client.search = search_and_delete
    stand.opened.requests.clear()
    (result,) = await stand.send("product", [product(parts=(), variants=(piece("NP-1", tax_rate=Decimal(7)),))])
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "foreign key constraint" in result.params["detail"]
    assert sum("sync" in one["path"] for one in stand.opened.requests.report(100)["latest"]) == 1


async def test_a_batch_is_one_write_however_many_products_it_holds(stand: Stand) -> None:
    stand.opened.requests.clear()
    told = [product(f"NP-{number}", parts=("texts", "tags")) for number in range(20)]
    results = await stand.send("product", told)
    assert {result.outcome for result in results} == {"done"}
    paths = [one["path"] for one in stand.opened.requests.report(100)["latest"]]
    assert sum("sync" in path for path in paths) == 1
    assert len(paths) < 25
