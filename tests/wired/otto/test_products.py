"""A product is checked by its task, then looked at by the platform, and only then it is done; each says why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.connectors.otto import reading
from services.connectors.otto.connector import OTTO
from services.inventory.product_mapping import Article, Asked, map_product
from services.sandbox.otto.catalogue import PROFILES
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.article import ArticleContent, ArticleHead
from shared.contracts.errors import Rejected
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.money import Money
from shared.contracts.product import ProductVariant
from shared.contracts.taxonomy import Taxonomy
from tests.wired.contract.shops.otto import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import articles
from tests.wired.otto.test_prices import calls

Account = Callable[..., Stand]
GOOD = {
    "productDescription.category": "Becher", "sku": "N-1", "ean": "4006381333931",
    "productDescription.brandId": "B-TOEPFEREI", "compliance.productSafety.name": "Töpferei Nord GmbH",
    "compliance.productSafety.address": "Am Hafen 1, 18055 Rostock, Deutschland",
    "compliance.productSafety.regionCode": "DE", "compliance.productSafety.email": "sicher@toepferei.example",
    "Material": "Ton\nHolz", "Farbe": "petrol",
}  # fmt: skip
IMAGE = ArticleContent(media=("https://images.example/1.jpg",))
EUROS = Money(amount=Decimal("9.90"), currency="EUR")


def product(
    number: str = "N-1", ean: str = "4006381333931", content: ArticleContent = IMAGE, format: str = "operator",
    ticket: str = "", category: str = "Becher", without: tuple[str, ...] = (), values: dict[str, str] | None = None,
    **facts: Any,
) -> Command:  # fmt: skip
    told = GOOD | {"sku": number, "ean": ean} | (values or {})
    article = {"article_id": uuid4(), "number": number, "title": "Becher", "price": EUROS, "content": content} | facts
    push: dict[str, Any] = {
        "article_id": uuid4(), "version": 1, "article_number": number, "format": format, "category": category,
        "values": {name: value for name, value in told.items() if name not in without},
        "article": ProductVariant.model_validate(article),
    }  # fmt: skip
    return Command(number, 1, uuid4(), MappedProductPush.model_validate(push), ticket=ticket)


@pytest.fixture
def account() -> Account:
    """An account whose OTTO is as the options say."""
    return lambda **options: open_stand(replace(VARIETIES[0], options=options), OTTO)


async def send(stand: Stand, *commands: Command) -> list[PushResult]:
    return list(await stand.push("mapped_product").send(stand.client, commands))


async def asked_again(stand: Stand, commands: list[Command], results: list[PushResult]) -> list[PushResult]:
    """One look at everything that still waits."""
    places = [place for place, one in enumerate(results) if one.outcome == "waiting"]
    again = [replace(commands[n], ticket=results[n].external_id) for n in places]
    for place, result in zip(places, await stand.push("mapped_product").verify(stand.client, again), strict=True):
        assert result is not None
        results[place] = result
    return results


async def judged(stand: Stand, *commands: Command) -> list[PushResult]:
    """Sent once, and asked about until the platform has said everything."""
    results = await send(stand, *commands)
    for _ in range(20):
        if all(one.outcome != "waiting" for one in results):
            return results
        stand.sandbox.clock.shift(timedelta(minutes=5))
        results = await asked_again(stand, list(commands), results)
    raise AssertionError("The platform never came to an end")


def row(stand: Stand, sku: str) -> Any:
    return stand.shop.store.goods.rows[sku]


async def test_categories_their_attributes_brands_and_shipping_profiles_are_read(stand: Stand) -> None:
    found = await reading.taxonomy(stand.client)
    above = {one.code: one.parent_code for one in found.categories}
    assert above["Becher"] == above["Teller"] == "group: Geschirr"
    # The group that is called as a category of another one takes nothing from it.
    assert (above["group: Becher"], above["Thermobecher"]) == ("", "group: Becher")
    mine = {one.code: one for one in found.attributes if one.category_code == "group: Geschirr"}
    assert (mine["Material"].requirement, mine["Material"].multiple, mine["Material"].suggested) == (
        "required", True, False,
    )  # fmt: skip
    assert (mine["Farbe"].requirement, mine["Farbe"].suggested, mine["Farbe"].variant) == ("recommended", True, True)
    assert (mine["Inhalt"].kind, mine["Inhalt"].label, mine["Anzahl Teile"].kind) == (
        "decimal", "Inhalt (l)", "integer",
    )  # fmt: skip
    common = {one.code: one for one in found.attributes if not one.category_code}
    assert {one.role for one in common.values()} >= {"category", "number", "ean", "brand", "variant_group"}
    lists: dict[str, set[str]] = {}
    for one in found.values:
        lists.setdefault(one.list_code, set()).add(one.code)
    # A brand that the seller must not use is not offered.
    assert lists["brands"] == {"KRAMLADEN", "B-TOEPFEREI"}
    assert lists["shipping-profiles"] == {one[0] for one in PROFILES}
    assert lists[mine["Material"].list_code] == {"Ton", "Holz", "Glas", "Baumwolle"}
    assert (found.leaves_only, len(lists["regions"])) == (True, 30)


async def test_shipping_profiles_that_the_app_may_not_read_are_a_finding_and_no_end(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = await stand.connector.probe(stand.client)
    assert (probe.facts["shipping_profiles"], [one for one in probe.findings if "profile" in one.code]) == ("2", [])
    monkeypatch.setattr(
        "services.sandbox.otto.access.SCOPE_OF", {"shipping-profiles": "secret"} | SCOPES_OF_OTHERS
    )  # fmt: skip
    probe = await stand.connector.probe(stand.client)
    assert (probe.ok, probe.facts["shipping_profiles"]) == (True, "–")
    assert "shipping_profiles_missing" in [one.code for one in probe.findings]
    found = await reading.taxonomy(stand.client)
    assert next(one for one in found.attributes if one.code == "delivery.shippingProfileId").list_code == ""


SCOPES_OF_OTHERS = {
    name: name for name in ("orders", "products", "availability", "shipments", "receipts", "returns")
}  # fmt: skip


@pytest.mark.proves("article-name", "otto")
@pytest.mark.proves("article-number", "otto")
@pytest.mark.proves("article-ean", "otto")
@pytest.mark.proves("article-description", "otto")
@pytest.mark.proves("article-manufacturer", "otto")
@pytest.mark.proves("article-manufacturer-number", "otto")
@pytest.mark.proves("article-manufacturer-link", "otto")
@pytest.mark.proves("article-short-text", "otto")
@pytest.mark.proves("article-properties-to-standard", "otto")
@pytest.mark.proves("article-weight", "otto")
@pytest.mark.proves("article-length", "otto")
@pytest.mark.proves("article-width", "otto")
@pytest.mark.proves("article-height", "otto")
@pytest.mark.proves("article-images", "otto")
@pytest.mark.proves("article-properties", "otto")
@pytest.mark.proves("article-product-group", "otto")
@pytest.mark.proves("price-tax-rate", "otto")
async def test_an_article_that_passes_our_check_is_taken_looked_at_and_sold(stand: Stand) -> None:
    taxonomy = await reading.taxonomy(stand.client)
    attributes = {
        ("category", ""): "Tassen", ("Farbe", ""): "petrol", ("Material", ""): "Ton|Holz", ("l", ""): "0.3",
        ("Produktlinie", ""): "Küstenbecher",
    }  # fmt: skip
    facts = {"manufacturer": "Töpferei Nord", "short_description": "Aus der Region | Spülmaschinenfest"}
    article = Article("N-1", "4006381333931", "Becher", "<p>Aus Ton</p>", "", attributes, facts)
    points, link = "productDescription.bulletPoints", "compliance.productSafety.url"
    targets: dict[Any, str | None] = {("attribute", "", "Inhalt"): "l", ("attribute", "", points): "@short_description"}
    targets["attribute", "", link] = "=https://toepferei.example"
    for name in ("name", "address", "regionCode", "email"):
        targets["attribute", "", f"compliance.productSafety.{name}"] = f"={GOOD[f'compliance.productSafety.{name}']}"
    mapped = map_product(article, "Becher", mugs(taxonomy), targets)
    assert mapped.problems == []
    content = ArticleContent(
        media=("https://images.example/1.jpg", "https://images.example/2.jpg"), manufacturer_number="TN-7",
        weight_grams=Decimal("350.4"), length_mm=Decimal(90), width_mm=Decimal(80), height_mm=Decimal(100),
    )  # fmt: skip
    command = product(content=content, price=Money(amount=Decimal("8.319"), currency="EUR"), includes_tax=False,
                      tax="reduced", tax_rate=Decimal(7))  # fmt: skip
    command = replace(command, payload=command.payload.model_copy(update={"values": mapped.values}))
    (result,) = await judged(stand, command)
    assert result == PushResult("done", external_id="N-1")
    listed = row(stand, "N-1")
    assert (listed.status, listed.moin != "", listed.vat) == ("ONLINE", True, "REDUCED")
    assert listed.pricing == {"standardPrice": {"amount": 8.9, "currency": "EUR"}}
    described = dict(listed.content["productDescription"])
    told = {one["name"]: one["values"] for one in described.pop("attributes")}
    assert described == {
        "category": "Becher", "brandId": "B-TOEPFEREI", "productLine": "Küstenbecher", "description": "<p>Aus Ton</p>",
        "bulletPoints": ["Aus der Region", "Spülmaschinenfest"],
    }  # fmt: skip
    assert told == {
        "Farbe": ["petrol"], "Inhalt": ["0.3"], "Material": ["Ton", "Holz"],
    }  # fmt: skip
    assert [one["location"][-5:] for one in listed.content["mediaAssets"]] == ["1.jpg", "2.jpg"]
    assert listed.content["logistics"]["packingUnits"] == [{"weight": 350, "width": 80, "height": 100, "length": 90}]
    (maker,) = listed.content["compliance"]["productSafety"]["addresses"]
    assert (maker["url"], maker["roles"]) == ("https://toepferei.example", ["MANUFACTURER"])
    assert (listed.content["mpn"], listed.content["productReference"]) == ("TN-7", "N-1")


def mugs(taxonomy: Taxonomy) -> Asked:
    lists: dict[str, dict[str, str]] = {}
    for one in taxonomy.values:
        lists.setdefault(one.list_code, {})[one.code] = one.label
    above = ("Becher", "group: Geschirr")
    attributes = [one for one in taxonomy.attributes if one.category_code in ("", *above)]
    return Asked(True, True, above, attributes, lists, taxonomy.leaves_only, taxonomy.separator)


async def test_what_was_taken_is_not_done_before_the_platform_has_looked_at_it(account: Account) -> None:
    stand = account(review_seconds=3600)
    command = product()
    results = await send(stand, command)
    assert (results[0].outcome, results[0].code) == ("waiting", "product_waits")
    results = await asked_again(stand, [command], results)
    assert "at work" in results[0].params["detail"]
    stand.sandbox.clock.shift(timedelta(minutes=5))
    results = await asked_again(stand, [command], results)
    assert results[0].external_id.startswith("market@")
    assert "PENDING" in results[0].params["detail"]
    before = calls(stand, "GET", "/update-tasks/")
    stand.sandbox.clock.shift(timedelta(hours=1))
    (result,) = await asked_again(stand, [command], results)
    assert result.outcome == "done"
    # The task has nothing more to say.
    assert calls(stand, "GET", "/update-tasks/") == before
    await stand.close()


async def test_each_product_has_its_own_errors_from_the_task_and_from_the_platforms_own_look(account: Account) -> None:
    stand = account(refused_products={"N-3": "Das Bild zeigt einen anderen Artikel"})
    results = await judged(
        stand,
        product("N-1", "4006381333931"),
        product("N-2", "2000000000015", values={"productDescription.brandId": "B-NOBEL"}, without=("Material",)),
        product("N-3", "4006381333948"),
        product("N-4", "4006381333955", values={"Material": "Plastik"}),
    )
    assert [one.outcome for one in results] == ["done", "failed", "failed", "failed"]
    for word in ("EAN", "B-NOBEL must not be used", "Material is mandatory"):
        assert word in results[1].params["detail"]
    assert "600001 - CONTENT_INVALID: Das Bild zeigt einen anderen Artikel" in results[2].params["detail"]
    assert "Plastik" in results[3].params["detail"]
    assert set(stand.opened.requests.by_status) <= {"200", "202"}
    await stand.close()


async def test_unchanged_is_no_success_whether_the_task_or_the_platform_refused_it_before(account: Account) -> None:
    stand = account(refused_products={"N-3": "Kein Platz im Sortiment"})
    wanted = [product("N-1"), product("N-2", "4006381333948", values={"Material": "Plastik"}),
              product("N-3", "4006381333955")]  # fmt: skip
    first = await judged(stand, *wanted)
    again = await judged(stand, *wanted)
    assert [one.outcome for one in first] == [one.outcome for one in again] == ["done", "failed", "failed"]
    assert "refused before" in again[1].params["detail"]
    assert "Kein Platz im Sortiment" in again[2].params["detail"]


async def test_a_refusal_from_before_is_not_taken_for_the_answer_to_what_was_mended(account: Account) -> None:
    stand = account(refused_products={"N-1": "Zu klein"}, review_seconds=1800)
    assert (await judged(stand, product()))[0].outcome == "failed"
    stand.shop.store.products.refused = {}
    mended = product(values={"Farbe": "rot"})
    results = await send(stand, mended)
    stand.sandbox.clock.shift(timedelta(minutes=5))
    stand.shop.store.tasks.progress(results[0].external_id.partition("@")[0])
    # The platform still shows the old word for a while.
    listed = row(stand, "N-1")
    truth = (listed.status, listed.errors, listed.changed_at)
    listed.status, listed.errors = "REJECTED", [{"code": "1", "title": "Zu klein"}]
    listed.changed_at -= timedelta(hours=2)
    results = await asked_again(stand, [mended], results)
    assert (results[0].outcome, "not looked at it again" in results[0].params["detail"]) == ("waiting", True)
    listed.status, listed.errors, listed.changed_at = truth
    stand.sandbox.clock.shift(timedelta(hours=1))
    assert (await asked_again(stand, [mended], results))[0].outcome == "done"


async def test_a_task_that_nobody_knows_and_one_whose_answer_was_lost_are_sent_again(stand: Stand) -> None:
    verify = stand.push("mapped_product").verify
    assert await verify(stand.client, [product(ticket="gone@2026-01-01T00:00:00+00:00"), product("N-2")]) == [
        None,
        None,
    ]
    for _ in range(2):
        (result,) = await judged(stand, product())
        assert result.outcome == "done"
    assert [sku for sku in stand.shop.store.goods.rows if sku.startswith("N-")] == ["N-1"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (product(format="own"), "maps no columns"),
        (product(content=ArticleContent()), "no image"),
        (product(price=None), "no price"),
        (product(price=Money(amount=Decimal(1), currency="USD")), "sells in EUR"),
        (product(without=("compliance.productSafety.email",)), "an email or an internet address"),
        (product(values={"delivery.processingTime": "3"}), "goes with a shipping profile"),
    ],
    ids=["own columns", "image", "price", "currency", "safety", "processing time"],
)
async def test_what_cannot_be_told_is_refused_by_name_and_its_neighbours_go(
    stand: Stand, command: Command, said: str
) -> None:
    results = await judged(stand, command, product("N-9", "4006381333962"))
    assert [(one.outcome, one.code) for one in results] == [("failed", "product_refused"), ("done", "")]
    assert said in results[0].params["detail"]
    assert "N-1" not in stand.shop.store.goods.rows


async def test_what_is_listed_keeps_its_price_its_group_and_what_only_the_portal_knows(stand: Stand) -> None:
    listed = row(stand, "KR-1001")
    listed.content["productDescription"]["attributes"] = [{"name": "Farbe", "values": ["blau"]}]
    listed.content["order"] = {"maxOrderQuantity": {"quantity": 3, "periodInDays": 7}}
    listed.content["mediaAssets"].append({"type": "WARNING_LABEL", "location": "https://images.example/w.jpg"})
    ended, begun = "2020-01-01T00:00:00Z", {"salePrice": {"amount": 5.0, "currency": "EUR"}}
    listed.pricing |= {"msrp": {"amount": 12.0, "currency": "EUR"}, "sale": begun}
    before, ean, reference = dict(listed.pricing), listed.content["ean"], listed.reference
    wanted = product(
        "A-17", ean, external_id="KR-1001", tax="reduced", category="Haushaltswaren",
        values={"productDescription.brandId": "KRAMLADEN", "productDescription.productLine": "Neu"},
        without=("Material", "Farbe"),
    )  # fmt: skip
    (result,) = await judged(stand, wanted)
    assert (result.outcome, result.external_id) == ("done", "KR-1001")
    after = row(stand, "KR-1001")
    assert (after.pricing, after.vat, after.reference, after.quantity) == (
        before,
        "REDUCED",
        reference,
        listed.quantity,
    )
    assert after.content["order"] == {"maxOrderQuantity": {"quantity": 3, "periodInDays": 7}}
    assert after.content["productDescription"]["attributes"] == [{"name": "Farbe", "values": ["blau"]}]
    assert after.content["productDescription"]["productLine"] == "Neu"
    assert [one["type"] for one in after.content["mediaAssets"]] == ["IMAGE", "WARNING_LABEL"]
    after.pricing["sale"] = begun | {"endDate": ended}
    (result,) = await judged(stand, replace(wanted, payload=wanted.payload.model_copy(update={"version": 2})))
    assert result.outcome == "done"
    assert "sale" not in row(stand, "KR-1001").pricing
    assert "A-17" not in stand.shop.store.goods.rows


@pytest.mark.proves("variants-created", "otto")
@pytest.mark.proves("variants-updated", "otto")
async def test_variants_share_a_reference_and_those_that_do_not_differ_are_refused(stand: Stand) -> None:
    content = IMAGE.model_copy(update={"head": ArticleHead(number="N", title="Becher aus der Region")})
    red, blue, same = (
        product(number, ean, content=content, title=f"Becher {colour}", values={"Farbe": colour})
        for number, ean, colour in (
            ("N-1", "4006381333931", "rot"), ("N-2", "4006381333948", "blau"), ("N-3", "4006381333955", "blau"),
        )
    )  # fmt: skip
    results = await judged(stand, red, blue)
    assert [one.outcome for one in results] == ["done", "done"]
    (result,) = await judged(stand, same)
    assert (result.outcome, "VARIATIONTHEME_INVALID" in result.params["detail"]) == ("failed", True)
    (result,) = await judged(stand, product("N-1", content=content, external_id="N-1", values={"Farbe": "weiß"}))
    assert result.outcome == "done"
    mine = [one for sku, one in stand.shop.store.goods.rows.items() if sku.startswith("N-")]
    assert {one.reference for one in mine} == {"N"}
    assert {one.content["productDescription"]["productLine"] for one in mine} == {"Becher aus der Region"}
    assert row(stand, "N-1").content["productDescription"]["attributes"][-1] == {"name": "Farbe", "values": ["weiß"]}


@pytest.mark.proves("article-delivery-time", "otto")
async def test_the_shipping_profile_is_told_once_the_platform_has_accepted_the_product(stand: Stand) -> None:
    profile = {"delivery.shippingProfileId": PROFILES[0][0]}
    results = await judged(
        stand,
        product("N-1", values=profile | {"delivery.processingTime": "3"}),
        product("N-2", "4006381333948", values=profile),
        product("N-3", "4006381333955", values={"delivery.shippingProfileId": "b5f2"}),
    )
    assert [one.outcome for one in results] == ["done", "done", "failed"]
    assert row(stand, "N-1").profile == {"shippingProfileId": PROFILES[0][0], "processingTime": "3"}
    assert row(stand, "N-2").profile["processingTime"] == "DEFAULT"
    assert "not its shipping profile: The shipping profile of the SKU N-3 is not known" in results[2].params["detail"]


async def test_a_product_that_is_sold_with_restrictions_is_done_and_says_so(stand: Stand) -> None:
    results = await send(stand, product())
    stand.sandbox.clock.shift(timedelta(minutes=30))
    stand.shop.store.tasks.progress(results[0].external_id.partition("@")[0])
    stand.shop.store.products.look()
    row(stand, "N-1").status, row(stand, "N-1").moin = "RESTRICTED", "M1"
    row(stand, "N-1").review_at = None
    (result,) = await asked_again(stand, [product()], results)
    assert (result.outcome, result.code, result.params["status"]) == ("done", "product_held_on_market", "RESTRICTED")


@pytest.mark.proves("price-base", "otto")
async def test_the_platform_hears_what_a_piece_holds_and_keeps_it_when_it_is_told_nothing_of_it(stand: Stand) -> None:
    taxonomy = await reading.taxonomy(stand.client)
    amount, unit = "pricing.normPriceInfo.salesAmount", "pricing.normPriceInfo.salesUnit"
    words = {("category", ""): "Tassen", ("Material", ""): "Ton", ("Füllmenge", ""): "500", ("Einheit", ""): "g"}
    article = Article("N-1", "4006381333931", "Becher", "<p>Aus Ton</p>", "", words, {"manufacturer": "Töpferei Nord"})
    targets: dict[Any, str | None] = {("attribute", "", amount): "Füllmenge", ("attribute", "", unit): "Einheit"}
    mapped = map_product(article, "Becher", mugs(taxonomy), targets)
    told = {name: mapped.values[name] for name in (amount, unit)}
    assert told == {amount: "500", unit: "g"}
    (result,) = await judged(stand, product(values=told))
    assert result.outcome == "done"
    norm = {"salesAmount": 500, "salesUnit": "g", "normAmount": 1000, "normUnit": "g"}
    assert row(stand, "N-1").pricing["normPriceInfo"] == norm
    (again,) = await judged(stand, product(external_id="N-1"))
    assert (again.outcome, row(stand, "N-1").pricing["normPriceInfo"]) == ("done", norm)


@pytest.mark.parametrize("half", [{"salesAmount": "500"}, {"salesUnit": "g"}, {"salesAmount": "0", "salesUnit": "g"},
                                  {"salesAmount": "5", "salesUnit": "oz"}])  # fmt: skip
async def test_half_of_what_a_piece_holds_is_refused_before_it_is_sent(stand: Stand, half: dict[str, str]) -> None:
    values = {f"pricing.normPriceInfo.{name}": value for name, value in half.items()}
    (result,) = await judged(stand, product(values=values))
    assert (result.outcome, "price per unit" in result.params["detail"]) == ("failed", True)
    assert "N-1" not in stand.shop.store.goods.rows


@pytest.mark.proves("article-inactive", "otto")
async def test_what_is_not_active_is_taken_off_sale_and_comes_back(stand: Stand) -> None:
    for active in (False, False, True):
        (result,) = await judged(stand, product(active=active))
        assert result == PushResult("done", external_id="N-1")
        assert row(stand, "N-1").on_market()["status"] == ("ONLINE" if active else "INACTIVE")
    switches = calls(stand, "POST", "/active-status")
    (result,) = await judged(stand, product())
    assert (result.outcome, calls(stand, "POST", "/active-status"), switches) == ("done", 2, 2)
    gone = product(ticket="active@gone")
    assert await stand.push("mapped_product").verify(stand.client, [gone]) == [None]


async def test_a_switch_that_is_refused_is_told_in_the_platforms_words(stand: Stand) -> None:
    results = await send(stand, product(active=False))
    for _ in range(8):
        stand.sandbox.clock.shift(timedelta(minutes=5))
        results = await asked_again(stand, [product(active=False)], results)
        if results[0].external_id.startswith("active@"):
            del stand.shop.store.goods.rows["N-1"]
    assert (results[0].outcome, "not whether it is on sale" in results[0].params["detail"]) == ("failed", True)
    assert "There is no product variation with the sku N-1" in results[0].params["detail"]


async def test_five_hundred_products_are_one_task_and_more_are_refused_as_a_whole(stand: Stand) -> None:
    push = stand.push("mapped_product")
    assert push.batch == 500
    commands = [
        product(f"N-{n}", f"40{n:011d}", values={"Material": "Ton" if n % 2 else "Plastik"}) for n in range(500)
    ]
    stand.opened.requests.clear()
    results = await judged(stand, *commands)
    assert [one.outcome for one in results] == ["failed", "done"] * 250
    assert calls(stand, "POST", "/v5/products") == 1
    assert set(stand.opened.requests.by_status) <= {"200", "202"}
    with pytest.raises(Rejected, match="PAYLOAD_TOO_LARGE"):
        await stand.client.catalogue.send([{"sku": "N"}] * 501)


async def test_the_market_is_read_whole_once_and_by_change_from_then_on(stand: Stand) -> None:
    await judged(stand, product())
    stand.opened.requests.clear()
    await judged(stand, product("N-2", "4006381333948"))
    looks = [one for one in stand.opened.requests.report(100)["latest"] if "marketplace-status" in one["path"]]
    assert looks
    assert all("fromDate" in one["query"] for one in looks)


@pytest.mark.proves("first-import-media", "otto")
async def test_what_was_told_is_read_again_with_its_images_text_and_measures(stand: Stand) -> None:
    content = ArticleContent(
        description="<p>Aus Ton</p>", manufacturer_number="TN-7", weight_grams=Decimal(350), length_mm=Decimal(90),
        width_mm=Decimal(80), height_mm=Decimal(100),
        media=("https://images.example/1.jpg", "https://images.example/2.jpg"),
    )  # fmt: skip
    (result,) = await judged(stand, product(content=content))
    assert result.outcome == "done"
    row(stand, "N-1").content["mediaAssets"].append({"type": "WARNING_LABEL", "location": "https://images.example/w"})
    (found,) = await articles(stand, "N-1")
    assert found.content == content.model_copy(update={"categories": ("Becher",)})
    assert (found.ean, found.title, found.counts_stock) == ("4006381333931", "Becher", True)
    assert found.price == EUROS
