"""What a connector reads of a shop's articles, and what an import makes of it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.inventory.import_merge import article_row, content_of
from services.inventory.import_plan import Found, plan
from services.inventory.import_wish import ImportWish
from shared.contracts.article import ArticleContent, ArticleReceived, ListedArticle
from shared.contracts.envelope import decode, encode, event
from shared.contracts.order import Observation
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def travelled(article: ListedArticle) -> ListedArticle:
    """The article as it comes out at the other end of the broker."""
    observed = Observation(stamp=NOW, observed_at=NOW, content_hash="x", revision=1)
    sent = event(
        ArticleReceived(article=article, observed=observed), id=uuid4(), source="test", subject="test", time=NOW
    )
    (received,) = decode(encode([sent]), ArticleReceived)
    article_again: ListedArticle = received.data.article
    return article_again


def found(article: ListedArticle) -> Found:
    return Found(
        id=uuid4(),
        external_id=article.external_id,
        sku=article.sku or "",
        ean=article.ean or "",
        title=article.title,
        content=article.content or ArticleContent(),
        price=None if article.price is None else article.price.amount,
        currency=None if article.price is None else article.price.currency,
        quantity=article.quantity if article.counts_stock else None,
        observed_at=NOW,
    )


@pytest.mark.proves("first-import-master-data")
async def test_a_listing_of_the_shop_becomes_an_article_with_its_number_and_name(any_stand: Stand) -> None:
    for article in await articles(any_stand, "KR-1001", "KR-7001"):
        assert travelled(article) == article
        made = plan(found(article), ImportWish(), {})
        assert (made.action, made.article_number) == ("create", article.sku)
        row = article_row(found(article), made, None, "create")
        assert row.title
        assert row.ean == article.ean
        assert content_of(article.content or ArticleContent(), None, "create") is not None


@pytest.mark.proves("first-import-stock")
async def test_the_shops_quantity_is_there_for_an_import_that_asks_for_it(any_stand: Stand) -> None:
    (article,) = await articles(any_stand, "KR-1001")
    assert found(travelled(article)).quantity == any_stand.shop.stock()["KR-1001"]


@pytest.mark.proves("first-import-prices")
async def test_the_shops_price_is_there_for_an_import_that_asks_for_it(any_stand: Stand) -> None:
    (article,) = await articles(any_stand, "KR-1001")
    assert article.price is not None
    arrived = found(travelled(article))
    assert (arrived.price, arrived.currency) == (article.price.amount, article.price.currency)


SHOPS = ("shopify", "woocommerce", "shopware5", "shopware6", "amazon")
IN_NO_CATEGORY = ("amazon",)
"""A listing has a product type there, and no place in a tree that the seller knows."""
OPTION = {"amazon": "color"}
"""What the option of a colour is called, where the platform has a word of its own for it."""


@pytest.mark.proves("first-import-media", "shopify", "woocommerce", "shopware5", "shopware6", "amazon", "kaufland")
@pytest.mark.proves("first-import-media", "ebay", "tradebyte")
async def test_references_to_the_images_come_with_the_article(any_stand: Stand) -> None:
    if any_stand.connector.platform not in (*SHOPS, "kaufland", "ebay", "tradebyte"):
        pytest.skip("images of this platform are not read")
    for article in await articles(any_stand, "KR-1001", "KR-7001"):
        assert article.content is not None
        assert len(article.content.media) == 2
        assert all(one.startswith("https://bilder.kramladen.example/") for one in article.content.media)


async def test_a_shops_article_has_its_text_weight_and_place_and_a_variant_its_head(any_stand: Stand) -> None:
    if any_stand.connector.platform not in SHOPS:
        pytest.skip("no more is read of this platform's articles than stock and price need")
    one, variant = await articles(any_stand, "KR-1001", "KR-7001")
    assert one.content is not None
    assert "aus dem Kramladen" in one.content.description
    assert one.content.weight_grams == 500
    assert bool(one.content.categories) == (any_stand.connector.platform not in IN_NO_CATEGORY)
    assert (one.content.head, one.content.options) == (None, {})
    assert variant.content is not None
    assert variant.content.head is not None
    assert variant.content.head.number not in ("", "KR-7001")
    assert variant.content.head.title == "Schürze"
    assert list(variant.content.options) == [OPTION.get(any_stand.connector.platform, "Farbe")]
