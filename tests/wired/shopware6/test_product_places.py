"""Where products lie and what they look like: categories below an entry, images that the shop fetches itself."""

from dataclasses import replace
from typing import Any

import pytest

from services.connectors.shopware6.connector import PRODUCTS, SHOPWARE6
from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.pictures import file_name
from services.sandbox.faults import Rule
from services.sandbox.shopware6.values import hexid
from shared.contracts.article import MediaText
from tests.wired.contract.shops.shopware6 import VARIETIES, credentials
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.telling import BACK, FRONT, attribute, changed, family, of_number, piece, product, shown, tell

BROKEN = "https://bilder.invalid/brett.jpg"


def media(stand: Stand) -> dict[str, dict[str, Any]]:
    """The shop's files by the address from which they were taken."""
    store = stand.shop.store
    return {store.library.sources[id]: row for id, row in store.library.all("media").items() if row["fileName"]}


def fetched(stand: Stand) -> int:
    return sum("/_action/media/" in one["path"] for one in stand.opened.requests.report(500)["latest"])


async def test_each_address_is_fetched_once_however_many_products_show_it_however_often(stand: Stand) -> None:
    before = len(media(stand))
    await stand.send("product", [product("NP-1"), product("NP-2")])
    await tell(stand, product("NP-1"))
    assert fetched(stand) == 2
    assert len(media(stand)) == before + 2
    made = media(stand)[FRONT]
    assert (made["title"], made["alt"], made["mediaFolderId"]) == (
        "Brett", "Das Brett von vorn", hexid("folder", "product"),
    )  # fmt: skip
    assert media(stand)[BACK]["title"] is None


async def test_an_image_whose_answer_was_lost_is_there_once(stand: Stand) -> None:
    before = len(media(stand))
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/_action/media/"))
    assert (await tell(stand, product())).outcome == "done"
    assert stand.opened.faults.struck["answer_lost"] == 1
    assert len(media(stand)) == before + 2
    assert [one.address for one in shown(stand, "NP-1").images] == [FRONT, BACK]


async def test_words_with_an_image_change_and_its_place_in_the_shops_folders_stays(stand: Stand) -> None:
    first = await tell(stand, product())
    media(stand)[FRONT]["mediaFolderId"] = hexid("folder", "Warenwirtschaft")
    words = {FRONT: MediaText(title="Brettchen")}
    await tell(stand, changed(product(), content={"media_texts": words}, external_id=first.external_id))
    made = media(stand)[FRONT]
    assert (made["title"], made["alt"]) == ("Brettchen", "Brettchen")
    assert made["mediaFolderId"] == hexid("folder", "Warenwirtschaft")


async def test_an_image_that_the_shop_cannot_fetch_is_named_and_its_product_waits_for_it(stand: Stand) -> None:
    bad = product("NP-2", content={"media": (FRONT, BROKEN)})
    results = await stand.send("product", [product("NP-1"), bad])
    assert [result.outcome for result in results] == ["done", "failed"]
    assert results[1].params["detail"].startswith(f"media: {BROKEN}: Cannot open source stream")
    assert of_number(stand, "NP-2") == []
    good = product("NP-2", content={"media": (FRONT,)})
    assert (await tell(stand, good)).outcome == "done"


async def test_words_with_an_image_that_the_shop_refuses_hold_back_their_own_product_alone(stand: Stand) -> None:
    words = {BACK: MediaText(title="x" * 300)}
    bad = product("NP-2", content={"media": (FRONT, BACK), "media_texts": words})
    one, other = product("NP-1", content={"media": (FRONT,)}), product("NP-3", content={"media": (FRONT,)})
    results = await stand.send("product", [one, bad, other])
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert results[1].params["detail"].startswith("media.title: Diese Zeichenkette ist zu lang")
    assert BACK not in media(stand)
    assert media(stand)[FRONT]["title"] == "Brett"


async def test_what_one_product_says_of_an_image_stays_where_another_says_nothing(stand: Stand) -> None:
    await stand.send("product", [product("NP-1"), product("NP-2", content={"media_texts": {}})])
    assert media(stand)[FRONT]["title"] == "Brett"


async def test_an_address_that_names_no_file_is_refused(stand: Stand) -> None:
    (result,) = await stand.send("product", [product(content={"media": ("https://bilder.example/anzeigen?id=7",)})])
    assert result.params["detail"].startswith("media: the address https://bilder.example/anzeigen?id=7 does not end")


async def test_a_file_name_that_another_medium_has_gets_a_longer_mark(stand: Stand) -> None:
    name, extension = file_name(FRONT)
    stand.shop.store.library.put("media", "f" * 32, fileName=name, fileExtension=extension)
    stand.shop.store.library.sources["f" * 32] = "by hand"
    assert (await tell(stand, product())).outcome == "done"
    assert media(stand)[FRONT]["fileName"] == f"{name}-{id_of('media', FRONT)}"


async def test_the_first_image_is_the_cover_and_a_variant_may_have_its_own(stand: Stand) -> None:
    told = family(content={"media": (FRONT,)})
    own = piece("NP-8-2", content={"options": {"Farbe": "Blau"}, "media": (BACK, FRONT)})
    await tell(stand, told.model_copy(update={"variants": (told.variants[0], own)}))
    rows = {one["productNumber"]: one for one in stand.shop.store.catalogue.rows.values()}
    assert rows["NP-8-1"]["media"] == []
    blue = rows["NP-8-2"]
    cover = next(one for one in blue["media"] if one["id"] == blue["coverId"])
    assert stand.shop.store.library.sources[cover["mediaId"]] == BACK


async def test_images_that_are_told_in_another_order_stand_in_it(stand: Stand) -> None:
    further = "https://bilder.kramladen.example/neu-oben.jpg"
    first = await tell(stand, product(content={"media": (FRONT, BACK, further)}))
    order = (further, FRONT, BACK)
    await tell(stand, changed(product(), content={"media": order}, external_id=first.external_id))
    assert tuple(one.address for one in shown(stand, "NP-1").images) == order
    assert fetched(stand) == 3


async def test_an_image_that_is_there_under_its_own_address_is_not_fetched_again(stand: Stand) -> None:
    """An article that was taken from this shop has the shop's own addresses."""
    before = shown(stand, "KR-1001")
    addresses = tuple(one.address for one in before.images)
    await tell(stand, product("KR-1001", content={"media": addresses}, parts=("images",)))
    assert fetched(stand) == 0
    assert shown(stand, "KR-1001").images == before.images


async def test_a_path_may_begin_with_the_entry_and_the_merchants_own_categories_stay(stand: Stand) -> None:
    library, told = stand.shop.store.library, product(content={"categories": ("Kramladen > Küche > Bretter", "küche")})
    first = await tell(stand, told)
    assert sorted(shown(stand, "NP-1").categories) == ["Küche", "Küche > Bretter"]
    own = library.category(["Aktionen", "Advent"])
    stand.shop.store.catalogue.rows[first.external_id]["categories"].append(own)
    await tell(stand, changed(told, content={"categories": ("Küche > Bretter",)}, external_id=first.external_id))
    paths = [one["breadcrumb"] for one in stand.shop.store.catalogue.rows[first.external_id]["categories"]]
    assert sorted(paths) == [["Aktionen", "Advent"], ["Kramladen", "Küche", "Bretter"]]
    assert [one["name"] for one in library.all("category").values()].count("Küche") == 1


@pytest.mark.parametrize(
    ("setting", "path"),
    [("Kramladen > Küche & Tisch", ["Kramladen", "Küche & Tisch", "Küche", "Bretter"]), ("Nirgendwo", [])],
)
async def test_the_merchant_may_name_the_category_and_the_folder_where_ours_begin(
    setting: str, path: list[str]
) -> None:
    def named(shop: Any, url: str) -> dict[str, Any]:
        return credentials(shop, url) | {"entry_category": setting, "media_folder": "Warenwirtschaft"}

    opened = open_stand(replace(VARIETIES[0], credentials=named), SHOPWARE6)
    (result,) = await opened.send("product", [product()])
    if path:
        made = opened.shop.store.catalogue.rows[result.external_id]
        assert [one["breadcrumb"] for one in made["categories"]] == [path]
        assert media(opened)[FRONT]["mediaFolderId"] == hexid("folder", "Warenwirtschaft")
    else:
        assert (result.outcome, result.code) == ("failed", "product_refused")
        assert result.params["detail"] == "entry_category: the shop has no category Nirgendwo"
    await opened.close()


@pytest.mark.parametrize(("setting", "once"), [("one", True), ("each", False)])
async def test_the_merchant_may_say_how_new_products_are_shown(setting: str, once: bool) -> None:
    def set(shop: Any, url: str) -> dict[str, Any]:
        return credentials(shop, url) | {"page_layout": "werkstatt", "variants_in_lists": setting}

    opened = open_stand(replace(VARIETIES[0], credentials=set), SHOPWARE6)
    (result,) = await opened.send("product", [family()])
    made = opened.shop.store.catalogue.rows[result.external_id]
    assert made["cmsPageId"] == hexid("page", "Werkstatt")
    (group,) = made["variantListingConfig"]["configuratorGroupConfig"]
    assert (made["variantListingConfig"]["displayParent"], group["expressionForListings"]) == (once, not once)
    made["cmsPageId"], made["variantListingConfig"] = None, None
    await opened.send("product", [changed(family(), external_id=result.external_id)])
    assert (made["cmsPageId"], made["variantListingConfig"]) == (None, None)
    await opened.close()


async def test_a_layout_that_is_not_one_of_products_is_refused() -> None:
    def set(shop: Any, url: str) -> dict[str, Any]:
        return credentials(shop, url) | {"page_layout": "Start"}

    opened = open_stand(replace(VARIETIES[0], credentials=set), SHOPWARE6)
    (result,) = await opened.send("product", [product()])
    assert result.params["detail"] == "page_layout: the shop has no layout Start for products"
    await opened.close()


async def test_the_rights_that_are_asked_for_are_all_that_articles_need() -> None:
    limited = replace(VARIETIES[0], credentials=lambda shop, url: {"url": url, **shop.read_only_credentials()})
    opened = open_stand(limited, SHOPWARE6)
    store = opened.shop.store
    asked = {f"{entity}:{may}" for may, entities in PRODUCTS.items() for entity in entities}
    rights = store.limited_key.privileges | asked | {"product:update"}
    store.door.integrations = [replace(store.limited_key, privileges=frozenset(rights))]
    first = await tell(opened, product(attributes=(attribute("Material", "Eiche", ""),), channels=("Kramladen",)))
    less = {"tags": ("Neu",), "categories": ("Garten",), "media": (BACK,), "related": ("KR-1002",), "texts": {}}
    told = changed(product(), content=less, removes_images=True, external_id=first.external_id)
    other = (attribute("Material", "Buche", ""), attribute("spuelfest", "ja", ""))
    assert (await tell(opened, told.model_copy(update={"attributes": other}))).outcome == "done"
    many = await tell(opened, family())
    red, blue = family().variants
    green = blue.model_copy(update={"content": blue.content.model_copy(update={"options": {"Farbe": "Grün"}})})
    again = changed(family(), variants=(red, green), external_id=many.external_id)
    assert (await tell(opened, again)).outcome == "done"
    assert (await tell(opened, changed(again, withdrawn=True, deletes=True))).outcome == "done"
    await opened.close()


async def test_rights_that_are_missing_are_named_and_stop_nothing_but_articles() -> None:
    limited = replace(VARIETIES[0], credentials=lambda shop, url: {"url": url, **shop.read_only_credentials()})
    opened = open_stand(limited, SHOPWARE6)
    findings = [one.field for one in (await SHOPWARE6.probe(opened.client)).findings]
    assert {"product:create", "media:create", "tax:read", "product_media:create"} <= set(findings[-2].split(", "))
    results = await opened.send("product", [product("NP-1"), product("NP-2")])
    assert [(result.outcome, result.code) for result in results] == [("failed", "product_refused")] * 2
    assert results[0].params["detail"].startswith("The integration's role lacks ")
    await opened.close()
