"""What a Shopware 5 article only names: its categories, its images, its groups of options."""

import json
from collections.abc import Callable

from services.connectors.shopware5 import reading
from services.connectors.shopware5.connector import SHOPWARE5
from shared.connector_kit.declaration import RawItem
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles

Shop = Callable[..., Stand]


async def listed(stand: Stand, sku: str) -> ListedArticle:
    (found,) = await articles(stand, sku)
    return found


def asked(stand: Stand, path: str) -> int:
    return sum(path in row["path"] for row in stand.opened.requests.report(2000)["latest"])


async def test_categories_are_paths_without_the_root_and_the_main_image_comes_first(stand: Stand) -> None:
    content = (await listed(stand, "KR-1001")).content
    assert content is not None
    assert content.categories == ("Deutsch > Haushalt > Küche",)
    assert [one.endswith(f"-{n}.jpg") for n, one in enumerate(content.media, 1)] == [True, True]
    assert content.media_texts[content.media[0]].description == "Emaillebecher weiß"
    assert (content.manufacturer, content.short_description) == ("Kramladen", "Emaillebecher weiß, kurz")


async def test_variants_have_one_head_that_is_named_after_the_main_one(stand: Stand) -> None:
    main = await listed(stand, "KR-7001")
    assert main.parent_external_id is not None
    rows = [
        read(stand.stream("article"), raw).contract
        for raw in await reading.article(stand.client, main.parent_external_id)
    ]
    contents = [row.content for row in rows if isinstance(row, ListedArticle) and row.content]
    assert len(contents) > 1
    assert {one.head.number for one in contents if one.head} == {"KR-7001-CONTAINER"}
    assert len({tuple(one.options.items()) for one in contents}) == len(contents)


async def test_a_whole_catalogue_reads_the_list_of_files_and_one_article_asks_for_its_own(stand: Stand) -> None:
    await stand.items("article")
    whole = asked(stand, "/api/media")
    assert whole <= 2
    (item,) = await reading.article(stand.client, "1:1")
    assert asked(stand, "/api/media/") == 2
    found = read(SHOPWARE5.streams[0], item).contract
    assert isinstance(found, ListedArticle)
    assert found.content is not None
    assert len(found.content.media) == 2


async def test_a_role_that_may_not_read_files_costs_the_images_only_and_the_test_says_so(stand: Stand) -> None:
    stand.shop.store.withheld |= {"media", "category"}
    probed = await SHOPWARE5.probe(stand.client)
    assert probed.ok
    assert {one.field for one in probed.findings if one.code == "scope_missing"} == {"media:read", "category:read"}
    for content in ((await listed(stand, "KR-1001")).content, await _one(stand)):
        assert content is not None
        assert (content.media, content.categories) == ((), ())
        assert content.description


async def _one(stand: Stand) -> object:
    found = read(stand.stream("article"), (await reading.article(stand.client, "1:1"))[0]).contract
    assert isinstance(found, ListedArticle)
    return found.content


async def test_measures_that_are_no_numbers_are_left_out_and_decide_nothing(stand: Stand) -> None:
    (item,) = await reading.article(stand.client, "1:1")
    body = json.loads(item.body)
    body["variant"] |= {"weight": "0.000", "width": "breit", "len": 12.5, "height": None, "minPurchase": 3}
    found = read(SHOPWARE5.streams[0], RawItem("1:1", item.stamp, json.dumps(body).encode())).contract
    assert isinstance(found, ListedArticle)
    assert found.content is not None
    assert (found.content.weight_grams, found.content.width_mm, found.content.height_mm) == (None, None, None)
    assert (found.content.length_mm, found.content.minimum_order) == (125, 3)
