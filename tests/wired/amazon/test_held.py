"""What lies with Amazon is read beside the listings, by SKU and marketplace, and never told back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.connectors.amazon.reading import held
from shared.connector_kit.declaration import RawItem, Window
from shared.connector_kit.translation import read
from tests.wired.amazon.calls import asked
from tests.wired.contract.stand import Stand

Account = Callable[..., Stand]
SUMMARIES = "/fba/inventory/v1/summaries"
DE, FR = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"


def told(stand: Stand, items: dict[str, RawItem]) -> dict[str, int | None]:
    """What each listing says of the pieces that lie with Amazon."""
    found: dict[str, Any] = {id: read(stand.stream("article"), item).contract for id, item in items.items()}
    return {id: one.held_by_channel for id, one in found.items()}


def sku(stand: Stand) -> str:
    (row,) = stand.shop.store.goods.lying()
    return str(row.sku)


async def test_a_listing_says_what_of_it_lies_with_amazon_in_each_marketplace(account: Account) -> None:
    stand = account(marketplaces="DE FR")
    stand.shop.store.goods.lie(sku(stand), 12)
    found = told(stand, await stand.items("article"))
    assert {id: pieces for id, pieces in found.items() if pieces is not None} == {
        f"{DE}:{sku(stand)}": 12, f"{FR}:{sku(stand)}": 12,
    }  # fmt: skip
    (item,) = await stand.stream("article").fetch_one(stand.client, f"{FR}:{sku(stand)}")
    article: Any = read(stand.stream("article"), item).contract
    assert (article.held_by_channel, article.market, article.counts_stock) == (12, "fr", False)


async def test_only_what_changed_is_asked_for_again_and_a_listing_that_did_not_change_is_told(stand: Stand) -> None:
    pages = await stand.pages("article")
    since = pages[-1].watermark
    stand.sandbox.clock.shift(timedelta(seconds=30))
    assert told(stand, await stand.items("article", Window(since))) == {}
    stand.shop.store.goods.lie(sku(stand), 3)
    assert told(stand, await stand.items("article", Window(since))) == {f"{DE}:{sku(stand)}": 3}
    # A listing that was changed brings what lies there, though none of that moved.
    row = stand.shop.store.goods.rows[sku(stand)]
    stand.sandbox.clock.shift(timedelta(seconds=60))
    later = stand.sandbox.clock()
    stand.sandbox.clock.shift(timedelta(seconds=1))
    row.changed = stand.sandbox.clock()
    assert told(stand, await stand.items("article", Window(later))) == {f"{DE}:{sku(stand)}": 3}


async def test_many_pages_are_read_before_their_token_ends(stand: Stand) -> None:
    goods = stand.shop.store.goods
    for number in range(230):
        goods.offer(f"LIES-{number:03d}", goods.rows["KR-1001"].variant, channel="AMAZON_EU")
        goods.lie(f"LIES-{number:03d}", number)
    found = told(stand, await stand.items("article"))
    assert {found[f"{DE}:LIES-{number:03d}"] for number in range(230)} == set(range(230))
    assert {row["status"] for row in asked(stand, "GET", SUMMARIES)} == {200}
    assert len(asked(stand, "GET", SUMMARIES)) == 5
    lying = held.nothing(stand.client)
    await lying.complete(stand.client, [f"LIES-{number:03d}" for number in range(120)])
    assert len(lying.skus) == 120


async def test_a_sku_of_which_nothing_is_told_has_nothing_there(stand: Stand) -> None:
    goods = stand.shop.store.goods
    goods.lie(sku(stand), 0)
    found = told(stand, await stand.items("article"))
    assert found[f"{DE}:{sku(stand)}"] == 0


async def test_a_connection_for_own_shipments_does_not_ask(account: Account) -> None:
    stand = account({"fulfilment": "merchant"})
    assert set(told(stand, await stand.items("article")).values()) == {None}
    assert asked(stand, "GET", SUMMARIES) == []


async def test_without_the_role_listings_are_read_all_the_same(account: Account) -> None:
    stand = account(lacking="fba")
    found = told(stand, await stand.items("article"))
    assert len(found) > 50
    assert set(found.values()) == {None}
    findings = (await stand.connector.probe(stand.client)).findings
    assert [(one.code, one.field, one.fatal) for one in findings] == [("scope_missing", "fba", False)]
