"""Articles become listings: what eBay asks is read, what it refuses is told in its words, and twice is once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.connectors.ebay import inbound, reading, wire
from services.connectors.ebay.connector import EBAY
from services.inventory.product_mapping import Article, Asked, Open, map_product
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.article import ArticleContent, ArticleHead
from shared.contracts.errors import Rejected, Transient, Unknown
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.money import Money
from shared.contracts.product import ProductVariant
from shared.contracts.taxonomy import Taxonomy
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import level

Account = Callable[..., Stand]
MUGS, SHIRTS = "20696", "15687"
GOOD = {".title": "Becher", ".description": "<p>Aus Ton</p>", "Marke": "Kramladen", "Produktart": "Becher"}
SHIRT = {".title": "Hemd", ".description": "<p>Aus Hanf</p>", "Marke": "Kramladen"}


def article(number: str, **more: Any) -> ProductVariant:
    content = {"media": ("https://images.example/1.jpg",)} | more.pop("content", {})
    facts: dict[str, Any] = {
        "article_id": uuid4(), "number": number, "title": "Becher", "price": Money.of(Decimal("12.90"), "EUR"),
        "tax_rate": Decimal(19), "content": ArticleContent.model_validate(content),
    }  # fmt: skip
    return ProductVariant.model_validate(facts | more)


def product(number: str, values: dict[str, str] = GOOD, category: str = MUGS, ticket: str = "", **more: Any) -> Command:
    payload = MappedProductPush(
        article_id=uuid4(), version=1, article_number=number, format="operator", values=values, category=category,
        article=article(number, **more),
    )  # fmt: skip
    return Command(number, 1, uuid4(), payload, ticket=ticket)


def shirt(number: str, size: str, colour: str, **more: Any) -> Command:
    head = ArticleHead(number="HEMD", title="Hemd aus Hanf", description="<p>In Farben</p>")
    content = {"head": head, "options": {"Größe": size, "Farbe": colour}} | more.pop("content", {})
    return product(number, SHIRT, SHIRTS, content=content, **more)


async def put(stand: Stand, *commands: Command) -> list[PushResult]:
    """As the kit does it: read back when in doubt, and sent again then."""
    push = stand.push("mapped_product")
    for _ in range(5):
        try:
            return list(await push.send(stand.client, commands))
        except Unknown:
            found = await push.verify(stand.client, commands)
            assert found == [None] * len(commands)
        except Transient:
            continue
    raise AssertionError("The push never came to an end")


async def stocked(stand: Stand, *commands: Command, pieces: int = 3) -> list[PushResult]:
    """Told, given stock, and asked about and told again until listed."""
    first = await put(stand, *commands)
    goods = stand.shop.store.goods
    for command in commands:
        if command.subject in goods.quantities:
            goods.quantities[command.subject] = pieces
    push = stand.push("mapped_product")
    results = []
    for command, result in zip(commands, first, strict=True):
        if result.outcome != "waiting":
            results.append(result)
            continue
        asked = Command(command.subject, 1, command.key, command.payload, ticket=result.external_id)
        (known,) = await push.verify(stand.client, [asked])
        results.append(known or (await put(stand, command))[0])
    return results


def offer_of(stand: Stand, sku: str, site: str = "EBAY_DE") -> Any:
    return next(one for one in stand.shop.store.goods.offers.values() if (one.sku, one.marketplace) == (sku, site))


async def test_the_tree_is_read_at_once_and_item_specifics_category_by_category(stand: Stand) -> None:
    found = await reading.taxonomy(stand.client)
    parents = {one.code: one.parent_code for one in found.categories}
    assert (parents[MUGS], parents["20625"], parents["11700"]) == ("20625", "11700", "")
    assert found.leaves_only
    assert {one.category_code for one in found.attributes} == {""}
    assert EBAY.taxonomy is not None
    assert EBAY.taxonomy.category is reading.category
    mugs = await reading.category(stand.client, MUGS)
    one = {attribute.code: attribute for attribute in mugs.attributes}
    assert (one["Marke"].requirement, one["Marke"].role, one["Marke"].suggested) == ("required", "brand", True)
    assert (one["Produktart"].suggested, one["Produktart"].list_code) == (False, f"{MUGS}:Produktart")
    assert (one["Farbe"].multiple, one["Farbe"].variant, one["Farbe"].requirement) == (True, True, "recommended")
    assert one["Anzahl der Einheiten"].kind == "decimal"
    assert {value.code for value in mugs.values if value.list_code == f"{MUGS}:Produktart"} == {"Becher", "Tasse"}
    assert (await reading.category(stand.client, "30120")).attributes == ()
    with pytest.raises(Rejected) as caught:
        await reading.category(stand.client, "20625")
    assert "leaf" in caught.value.detail


async def test_categories_are_suggested_for_a_title_under_their_whole_path(stand: Stand) -> None:
    found = await reading.suggested(stand.client, "Großer Becher aus Ton")
    assert [(one.code, one.label, one.parent_code) for one in found] == [
        (MUGS, "Möbel & Wohnen > Kochen & Genießen > Becher & Tassen", "20625")
    ]
    assert await reading.suggested(stand.client, "xyzzy") == []


@pytest.mark.proves("article-name", "ebay")
@pytest.mark.proves("article-number", "ebay")
@pytest.mark.proves("article-ean", "ebay")
@pytest.mark.proves("article-description", "ebay")
@pytest.mark.proves("article-images", "ebay")
@pytest.mark.proves("article-properties", "ebay")
@pytest.mark.proves("article-product-group", "ebay")
@pytest.mark.proves("article-manufacturer", "ebay")
@pytest.mark.proves("article-manufacturer-number", "ebay")
@pytest.mark.proves("article-weight", "ebay")
@pytest.mark.proves("article-length", "ebay")
@pytest.mark.proves("article-width", "ebay")
@pytest.mark.proves("article-height", "ebay")
async def test_an_article_becomes_an_offer_waits_for_stock_and_is_listed(stand: Stand) -> None:
    content = {
        "manufacturer": "Töpferei", "manufacturer_number": "T-1", "weight_grams": "350", "length_mm": "120",
        "width_mm": "90", "height_mm": "100",
    }  # fmt: skip
    command = product("A-1", GOOD | {"Farbe": "Rot|Blau"}, ean="4006381333931", content=content)
    (first,) = await put(stand, command)
    assert (first.outcome, first.code, first.external_id) == ("waiting", "product_waits", offer_of(stand, "A-1").id)
    waits = Command("A-1", 1, command.key, command.payload, ticket=first.external_id)
    push = stand.push("mapped_product")
    (still,) = await push.verify(stand.client, [waits])
    assert still is not None
    assert (still.outcome, still.external_id) == ("waiting", first.external_id)
    # The offer is read as a listing that is off, and stock is told to it as to any other.
    (listed,) = await stand.stream("article").fetch_one(stand.client, first.external_id)
    read = inbound.article(wire.Offer.model_validate_json(listed.body))
    assert (read.sku, read.state, read.stock_external_id) == ("A-1", "inactive", "A-1")
    (told,) = await stand.send("stock", [level(read, 0)])
    assert told.outcome == "done"
    (done,) = await stocked(stand, command)
    offer, goods = offer_of(stand, "A-1"), stand.shop.store.goods
    assert (done.outcome, done.external_id) == ("done", offer.id)
    assert offer.listing
    assert (offer.price, offer.details["categoryId"]) == (Decimal("12.90"), MUGS)
    assert offer.details["listingDescription"] == "<p>Aus Ton</p>"
    assert offer.details["tax"] == {"vatPercentage": 19}
    item = goods.item("A-1")
    assert item["product"] == {
        "title": "Becher", "description": "<p>Aus Ton</p>", "brand": "Töpferei", "mpn": "T-1",
        "ean": ["4006381333931"], "imageUrls": ["https://images.example/1.jpg"],
        "aspects": {"Marke": ["Kramladen"], "Produktart": ["Becher"], "Farbe": ["Rot", "Blau"]},
    }  # fmt: skip
    assert item["packageWeightAndSize"] == {
        "weight": {"value": 350, "unit": "GRAM"},
        "dimensions": {"length": 12, "width": 9, "height": 10, "unit": "CENTIMETER"},
    }
    assert (item["locale"], item["condition"]) == ("de_DE", "NEW")


async def test_the_same_article_twice_is_one_listing_with_its_stock_and_price(stand: Stand) -> None:
    command = product("A-1")
    await stocked(stand, command, pieces=7)
    listing = offer_of(stand, "A-1").listing
    offer_of(stand, "A-1").price = Decimal("9.99")
    goods = stand.shop.store.goods
    goods.items["A-1"]["product"]["upc"] = ["012345678905"]
    again = product("A-1", GOOD | {".title": "Becher, neu"}, external_id=offer_of(stand, "A-1").id)
    assert [one.outcome for one in await put(stand, again)] == ["done"]
    offer = offer_of(stand, "A-1")
    assert (offer.listing, offer.price, goods.quantities["A-1"]) == (listing, Decimal("9.99"), 7)
    assert goods.items["A-1"]["product"]["title"] == "Becher, neu"
    assert goods.items["A-1"]["product"]["upc"] == ["012345678905"]
    assert sum(one.sku == "A-1" for one in goods.offers.values()) == 1


async def test_a_listing_that_is_matched_is_changed_under_its_own_sku(stand: Stand) -> None:
    offer = offer_of(stand, "KR-1001")
    before = stand.shop.store.goods.quantities["KR-1001"]
    (result,) = await put(stand, product("OTHER-NUMBER", external_id=offer.id))
    assert (result.outcome, result.external_id) == ("done", offer.id)
    assert "OTHER-NUMBER" not in stand.shop.store.goods.items
    assert stand.shop.store.goods.items["KR-1001"]["product"]["title"] == "Becher"
    assert stand.shop.store.goods.quantities["KR-1001"] == before


@pytest.mark.parametrize(
    ("values", "more", "said"),
    [
        ({"Marke": ""}, {}, "Marke is missing"),
        ({"Produktart": "Krug"}, {}, "Krug is no value"),
        ({".title": "B" * 81}, {}, "title"),
        ({}, {"content": {"media": ("http://images.example/1.jpg",)}}, "pictures"),
        ({".condition": "SHINY"}, {}, "condition"),
    ],
)
async def test_what_ebay_refuses_comes_back_in_its_words_and_holds_back_no_neighbour(
    stand: Stand, values: dict[str, str], more: dict[str, Any], said: str
) -> None:
    told = {name: value for name, value in (GOOD | values).items() if value}
    results = await stocked(stand, product("A-1", told, **more), product("A-2"))
    assert [(one.outcome, one.code) for one in results] == [("failed", "product_refused"), ("done", "")]
    assert said in results[0].params["detail"]


async def test_a_category_with_others_below_is_refused(stand: Stand) -> None:
    (result,) = await stocked(stand, product("A-1", category="20625"))
    assert "category" in result.params["detail"]


@pytest.mark.parametrize("path", ["/inventory_item/A-1", "/offer", "/publish"])
@pytest.mark.parametrize("fault", ["answer_lost", "error_500"])
async def test_what_was_begun_and_lost_its_answer_is_found_by_its_sku(stand: Stand, path: str, fault: Any) -> None:
    method = "PUT" if "item" in path else "POST"
    stand.opened.faults.add(Rule(fault, times=1, path_contains=path, method=method))
    results = await stocked(stand, product("A-1"))
    assert stand.opened.faults.struck[fault] == 1
    assert [one.outcome for one in results] == ["done"]
    assert sum(one.sku == "A-1" for one in stand.shop.store.goods.offers.values()) == 1


@pytest.mark.proves("article-inactive", "ebay")
async def test_an_article_off_sale_ends_its_listing_and_comes_back_when_it_is_on_sale(stand: Stand) -> None:
    command = product("A-1")
    await stocked(stand, command)
    off = product("A-1", active=False)
    assert [(await put(stand, off))[0].outcome for _ in range(2)] == ["done", "unchanged"]
    assert offer_of(stand, "A-1").listing == ""
    assert [one.outcome for one in await put(stand, command)] == ["done"]
    assert offer_of(stand, "A-1").listing


@pytest.mark.proves("variants-created", "ebay")
@pytest.mark.proves("variant-parents-created", "ebay")
async def test_variants_are_one_listing_of_a_group(stand: Stand) -> None:
    shirts = [shirt("H-1", "S", "Rot"), shirt("H-2", "M", "Rot"), shirt("H-3", "M", "Blau")]
    results = await stocked(stand, *shirts)
    assert [one.outcome for one in results] == ["done"] * 3
    assert len({offer_of(stand, number).listing for number in ("H-1", "H-2", "H-3")}) == 1
    group = stand.shop.store.goods.groups["HEMD"]
    assert (group["title"], group["description"]) == ("Hemd aus Hanf", "<p>In Farben</p>")
    assert group["variantSKUs"] == ["H-1", "H-2", "H-3"]
    assert group["variesBy"]["specifications"] == [
        {"name": "Größe", "values": ["S", "M"]}, {"name": "Farbe", "values": ["Rot", "Blau"]},
    ]  # fmt: skip
    assert group["aspects"] == {"Marke": ["Kramladen"]}
    assert "aspectsImageVariesBy" not in group["variesBy"]


@pytest.mark.proves("variants-updated", "ebay")
@pytest.mark.proves("variant-parents-updated", "ebay")
async def test_a_variant_that_comes_later_joins_the_listing_and_a_changed_one_changes_its_group(stand: Stand) -> None:
    await stocked(stand, shirt("H-1", "S", "Rot"), shirt("H-2", "M", "Rot"))
    listing = offer_of(stand, "H-1").listing
    (late,) = await stocked(stand, shirt("H-3", "L", "Blau"))
    assert late.outcome == "done"
    assert offer_of(stand, "H-3").listing == listing
    head = ArticleHead(number="HEMD", title="Hemd, neu", description="<p>Neu</p>")
    (changed,) = await put(stand, shirt("H-2", "XL", "Rot", content={"head": head}))
    assert changed.outcome == "done"
    group = stand.shop.store.goods.groups["HEMD"]
    assert (group["title"], group["variantSKUs"]) == ("Hemd, neu", ["H-1", "H-2", "H-3"])
    sizes = next(one["values"] for one in group["variesBy"]["specifications"] if one["name"] == "Größe")
    assert sizes == ["S", "XL", "L"]
    assert offer_of(stand, "H-2").listing == listing


async def test_images_follow_the_option_that_they_show(stand: Stand) -> None:
    red, blue = ({"media": (f"https://images.example/{colour}.jpg",)} for colour in ("red", "blue"))
    await stocked(
        stand, shirt("H-1", "S", "Rot", content=red), shirt("H-2", "M", "Rot", content=red),
        shirt("H-3", "M", "Blau", content=blue),
    )  # fmt: skip
    group = stand.shop.store.goods.groups["HEMD"]
    assert group["variesBy"]["aspectsImageVariesBy"] == ["Farbe"]
    assert group["imageUrls"] == ["https://images.example/red.jpg", "https://images.example/blue.jpg"]


async def test_two_variants_that_differ_in_nothing_are_refused_with_ebays_words(stand: Stand) -> None:
    results = await stocked(stand, shirt("H-1", "S", "Rot"), shirt("H-2", "S", "Rot"))
    assert {one.outcome for one in results} == {"failed"}
    assert "not told apart" in results[0].params["detail"]


async def test_a_variant_that_ebay_refuses_stays_out_and_the_others_are_listed(stand: Stand) -> None:
    bad = shirt("H-2", "M", "Rot", content={"media": ("https://images.example/1.jpg",) * 25})
    too_long = product("H-3", SHIRT | {".title": "H" * 81}, SHIRTS, content={
        "head": ArticleHead(number="HEMD"), "options": {"Größe": "L", "Farbe": "Rot"},
    })  # fmt: skip
    results = await stocked(stand, shirt("H-1", "S", "Rot"), bad, too_long)
    assert [one.outcome for one in results] == ["done", "done", "failed"]
    assert stand.shop.store.goods.groups["HEMD"]["variantSKUs"] == ["H-1", "H-2"]


async def test_every_marketplace_whose_currency_the_price_is_in_has_an_offer(account: Account) -> None:
    stand = account(marketplaces="EBAY_DE EBAY_AT EBAY_GB")
    (result,) = await stocked(stand, product("A-1"))
    assert result.outcome == "done"
    offers = [one for one in stand.shop.store.goods.offers.values() if one.sku == "A-1"]
    assert [(one.marketplace, bool(one.listing)) for one in offers] == [("EBAY_DE", True), ("EBAY_AT", True)]
    (pounds,) = await put(stand, product("A-2", price=None))
    assert (pounds.outcome, pounds.code) == ("failed", "product_without_price")
    assert pounds.params["currency"] == "EUR, GBP"


async def test_policies_are_found_by_name_and_where_several_could_be_meant_the_merchant_must_say(
    account: Account,
) -> None:
    stand = account()
    express = stand.shop.store.account.add("fulfillment", "EBAY_DE", "Express")
    (unclear,) = await put(stand, product("A-1"))
    assert (unclear.outcome, unclear.code) == ("failed", "listing_terms_unclear")
    assert (unclear.params["what"], unclear.params["known"]) == ("fulfillment_policy", "Standard, Express")
    named = account({"fulfillment_policy": "Express", "stock_location": "NIRGENDS"})
    named.shop.store.account.add("fulfillment", "EBAY_DE", "Express")
    (wrong,) = await put(named, product("A-1"))
    assert (wrong.code, wrong.params["what"]) == ("listing_terms_unclear", "stock_location")
    found = await EBAY.probe(named.client)
    assert found.facts["fulfillment_policies"] == "Standard, Express"
    assert found.facts["stock_locations"] == "LAGER"
    assert [(one.code, one.field) for one in found.findings] == [("choice_unknown", "stock_location")]
    right = account({"fulfillment_policy": express})
    right.shop.store.account.add("fulfillment", "EBAY_DE", "Express")
    (result,) = await stocked(right, product("A-1"))
    assert result.outcome == "done"
    assert offer_of(right, "A-1").details["listingPolicies"]["fulfillmentPolicyId"] == express


async def test_without_the_right_to_read_policies_the_merchant_is_told_which_one(account: Account) -> None:
    stand = account(lacking="sell.account.readonly")
    found = await EBAY.probe(stand.client)
    assert found.ok
    assert [(one.code, one.field) for one in found.findings] == [("scope_missing", "sell.account.readonly")]
    (result,) = await put(stand, product("A-1"))
    assert (result.outcome, result.code) == ("failed", "scope_missing")
    assert result.params["field"] == "sell.account.readonly"
    # What the seller did agree to goes on.
    assert [one.outcome for one in await put(stand, product("X", external_id=offer_of(stand, "KR-1001").id))] == [
        "done"
    ]


async def test_an_offer_that_is_no_listing_yet_takes_the_newer_price(stand: Stand) -> None:
    await put(stand, product("A-1"))
    await stocked(stand, product("A-1", price=Money.of(Decimal("14.50"), "EUR")))
    assert offer_of(stand, "A-1").price == Decimal("14.50")


@pytest.mark.proves("article-unit", "ebay")
@pytest.mark.proves("article-origin", "ebay")
@pytest.mark.proves("article-short-text", "ebay")
async def test_an_article_that_passes_our_check_passes_ebays(stand: Stand) -> None:
    tree, own = await reading.taxonomy(stand.client), await reading.category(stand.client, MUGS)
    ours = Article(
        number="A-1", ean="4006381333931", title="Becher", description="<p>Aus Ton</p>", parent="",
        attributes={("category", ""): "Tassen", ("Produktart", ""): "becher", ("farbe", ""): "rot|petrol"},
        facts={"manufacturer": "Töpferei", "unit": "Stück", "origin": "DE", "short_description": "Von Hand"},
    )  # fmt: skip
    land = "Herstellungsland und -region"
    rows: dict[Open, str | None] = {
        ("attribute", MUGS, "Maßeinheit"): "@unit", ("attribute", MUGS, land): "@origin",
        ("value", f"{MUGS}:{land}", "DE"): "Deutschland", ("attribute", "", ".subtitle"): "@short_description",
    }  # fmt: skip
    found = map_product(ours, MUGS, known(tree, own), rows)
    assert found.problems == []
    assert found.values["Farbe"] == "Rot|petrol"
    (result,) = await stocked(stand, product("A-1", found.values))
    assert result.outcome == "done"
    listed = stand.shop.store.goods.items["A-1"]["product"]
    assert (listed["subtitle"], listed["aspects"]["Maßeinheit"]) == ("Von Hand", ["Stück"])
    assert listed["aspects"][land] == ["Deutschland"]


def known(tree: Taxonomy, own: Taxonomy) -> Asked:
    lists: dict[str, dict[str, str]] = {}
    for one in (*tree.values, *own.values):
        lists.setdefault(one.list_code, {})[one.code] = one.label
    attributes = [*tree.attributes, *own.attributes]
    return Asked(True, True, [MUGS], attributes, lists, tree.leaves_only, tree.separator)
