"""Orders are a list to be worked off, articles come by their change, and the account hears one call at a time."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from services.sandbox.tradebyte.markup import Refusal
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.errors import Misconfigured, Transient
from shared.contracts.order import Order
from tests.wired.contract.shops.tradebyte import VARIETIES
from tests.wired.contract.stand import HOST, Stand, open_stand
from tests.wired.contract.test_pushes import order_of


async def acknowledged(stand: Stand) -> dict[str, Order]:
    """One run, every page of it acknowledged as the kit does."""
    stream, met = stand.stream("order"), {}
    for page in await stand.pages():
        orders = {raw.external_id: read(stream, raw).contract for raw in page.items}
        if page.acknowledge is not None:
            await page.acknowledge(list(orders))
        met |= {id: order for id, order in orders.items() if isinstance(order, Order)}
    return met


async def test_an_order_that_was_acknowledged_is_not_listed_again_but_can_be_read_by_its_id(stand: Stand) -> None:
    placed = stand.shop.place_many(3, stand.sandbox.plain_baskets)
    assert set(await acknowledged(stand)) == set(placed)
    assert await stand.items() == {}
    for id in placed:
        assert [raw.external_id for raw in await stand.stream("order").fetch_one(stand.client, id)] == [id]


async def test_a_long_list_is_one_call_per_channel_and_many_pages(stand: Stand) -> None:
    placed = stand.shop.place_many(230, stand.sandbox.plain_baskets)
    pages = await stand.pages()
    latest = stand.opened.requests.report(50)["latest"]
    assert sorted(one["path"].rpartition("/4711/")[2] for one in latest) == ["messages/"] * 2 + ["orders/"] * 2
    assert [len(page.items) for page in pages] == [50, 50, 15, 50, 50, 15, 0]
    assert {item.external_id for page in pages for item in page.items} == set(placed)


async def test_channels_count_for_themselves_and_their_numbers_meet(stand: Stand) -> None:
    one, two = stand.shop.place_many(2, stand.sandbox.plain_baskets)
    met = await acknowledged(stand)
    assert met[one].number == met[two].number
    assert {met[one].channel, met[two].channel} == {"chde", "chat"}
    assert one != two
    swapped = f"{met[two].channel}:{one.partition(':')[2]}"
    assert await stand.stream("order").fetch_one(stand.client, swapped) == []


async def test_only_the_channels_that_were_entered_are_read(stand: Stand) -> None:
    placed = stand.shop.place_many(4, stand.sandbox.plain_baskets)
    stand.client.settings = stand.client.settings.model_copy(update={"channels": "1701"})
    assert set(await stand.items()) == {id for id in placed if id.startswith("chde:")}


async def test_an_order_confirmed_between_reading_and_flagging_is_listed_again(pending_stand: Stand) -> None:
    stand = pending_stand
    order = await order_of(stand, "bank transfer, unpaid")
    assert (order.state_word, order.withheld) == ("pending", ("approval",))
    (page, *_) = [page for page in await stand.pages() if page.items]
    stand.sandbox.clock.shift(timedelta(seconds=5))
    stand.shop.confirm(order.external_id)
    assert page.acknowledge is not None
    await page.acknowledge([order.external_id])
    (confirmed,) = (await acknowledged(stand)).values()
    assert (confirmed.state_word, confirmed.withheld, confirmed.payment_state) == ("approved", (), "paid")
    assert confirmed.changed_at > order.changed_at
    assert await stand.items() == {}


async def test_a_pending_order_that_was_flagged_comes_again_when_it_is_withdrawn(pending_stand: Stand) -> None:
    stand = pending_stand
    order = await order_of(stand, "bank transfer, unpaid")
    assert set(await acknowledged(stand)) == {order.external_id}
    assert await stand.items() == {}
    stand.shop.change(order.external_id, Change("cancel"))
    (withdrawn,) = (await acknowledged(stand)).values()
    assert (withdrawn.state, withdrawn.state_word, withdrawn.withheld) == ("cancelled", "withdrawn", ())
    assert await stand.items() == {}


async def test_flagging_twice_is_harmless_and_so_is_an_order_that_is_gone(stand: Stand) -> None:
    (id,) = stand.shop.place_many(1, stand.sandbox.plain_baskets)
    tb_id = id.partition(":")[2]
    assert [await stand.client.exported(tb_id, pending=False) for _ in range(2)] == [True, True]
    assert not await stand.client.exported("999999", pending=False)


async def test_calls_of_all_jobs_reach_the_account_one_after_another(stand: Stand) -> None:
    stand.shop.place_many(6, stand.sandbox.plain_baskets)
    await asyncio.gather(*(stand.items() for _ in range(4)), stand.items("article"))
    assert stand.opened.requests.most_in_flight == 1
    assert set(stand.opened.requests.by_status) == {"200"}


async def test_clients_of_one_account_take_turns_whoever_opened_them(stand: Stand) -> None:
    stand.shop.place_many(6, stand.sandbox.plain_baskets)
    others = [open_stand(stand.variety, stand.connector, app=stand.app) for _ in range(3)]
    await asyncio.gather(*(one.items() for one in (stand, *others)), *(one.items("article") for one in others))
    assert stand.opened.requests.most_in_flight == 1
    assert set(stand.opened.requests.by_status) == {"200"}
    for one in others:
        await one.outside.close()


async def test_a_call_that_is_refused_pauses_the_connection_and_is_not_repeated(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(channel: str | None) -> Any:
        raise Refusal(400, "The channel is closed")

    monkeypatch.setattr(stand.shop.account, "open_orders", refuse)
    with pytest.raises(Misconfigured) as caught:
        await stand.items()
    assert (caught.value.code, caught.value.field, caught.value.params["channel"]) == (
        "channel_refused", "channels", "1701",
    )  # fmt: skip
    assert "The channel is closed" in caught.value.detail
    assert stand.opened.requests.requests == 1


async def test_an_order_without_a_number_of_the_accounts_is_seen_and_mistaken_for_no_other(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = stand.shop.place_many(3, stand.sandbox.plain_baskets)[::2]
    orders = stand.shop.account.orders
    broken, sound = orders[int(one.partition(":")[2])], orders[int(two.partition(":")[2])]
    monkeypatch.setattr(broken, "channel_id", str(sound.tb_id))
    monkeypatch.setattr(broken, "tb_id", "")
    found = {id: read(stand.stream("order"), raw) for id, raw in (await stand.items()).items()}
    unreadable = {id: one.unreadable.field for id, one in found.items() if one.unreadable}
    assert unreadable == {f"chde::{sound.tb_id}": "ORDER_DATA.TB_ID"}
    assert found[two].contract is not None


async def test_a_second_call_at_the_same_time_would_be_refused(stand: Stand) -> None:
    given = stand.shop.credentials()
    transport = httpx2.ASGITransport(stand.app)
    auth = httpx2.BasicAuth(given["user"], given["password"])
    async with httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}", auth=auth) as rude:
        address = f"/tradebyte/usual/{given['account']}/orders/"
        answers = await asyncio.gather(*(rude.get(address) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 503]


async def test_after_a_fault_the_account_rests_ten_minutes_whatever_is_asked(stand: Stand) -> None:
    stand.opened.faults.add(Rule("error_500", times=1))
    with pytest.raises(Transient) as caught:
        await stand.items()
    assert caught.value.retry_after == timedelta(minutes=10)
    with pytest.raises(Transient) as caught:
        await stand.items("article")
    assert caught.value.code == "paused"
    assert stand.opened.requests.requests == 1
    await stand.wait(caught.value)
    assert len(await stand.items("article")) > 50


async def test_letters_beyond_ascii_arrive_in_either_encoding(stand: Stand) -> None:
    latin = open_stand(VARIETIES[1], stand.connector)
    for one in (stand, latin):
        order = await order_of(one, "emoji and umlauts")
        assert order.note == "Bitte 🎁 für Jürgen!"
        assert order.shipping_address is not None
        assert (order.shipping_address.last_name, order.shipping_address.company) == (
            "Groß-Ångström",
            "Käse & Wein OHG",
        )
    await latin.close()


async def test_what_a_channel_took_back_is_told_only_where_open_quantities_are_switched_on(stand: Stand) -> None:
    latin = open_stand(VARIETIES[1], stand.connector)
    told = [await order_of(one, "quantity lowered after ordering") for one in (stand, latin)]
    assert [order.line_items[0].cancelled_quantity for order in told] == [2, 0]
    gone = [await order_of(one, "cancelled before import") for one in (stand, latin)]
    assert [order.state for order in gone] == ["cancelled", "open"]
    await latin.close()


async def test_articles_come_once_however_many_channels_sell_them_and_later_only_those_that_changed(
    stand: Stand,
) -> None:
    pages = await stand.pages("article")
    ids = [item.external_id for page in pages for item in page.items]
    assert len(ids) == len(set(ids))
    watermark = pages[-1].watermark
    assert watermark is not None
    stand.sandbox.clock.shift(timedelta(hours=1))
    account = stand.shop.account
    account.articles["KR-1001"].stock, account.articles["KR-1001"].changed = 3, account.clock()
    later = await stand.items("article", Window(watermark + timedelta(seconds=2)))
    assert set(later) == {"KR-1001"}
    changed: Any = read(stand.stream("article"), later["KR-1001"]).contract
    assert (changed.quantity, f"{changed.price.amount:f}") == (3, account.articles["KR-1001"].price)


async def test_an_article_that_is_not_in_the_catalogue_is_said_to_be_gone(stand: Stand) -> None:
    assert await stand.stream("article").fetch_one(stand.client, "KR-0000") == []


async def test_a_channel_that_the_user_is_not_approved_for_is_named_before_anything_is_read(stand: Stand) -> None:
    stand.client.settings = stand.client.settings.model_copy(update={"channels": "1701, 1799"})
    probe = await stand.connector.probe(stand.client)
    assert not probe.ok
    assert [(one.code, one.field, one.params["channel"]) for one in probe.findings] == [
        ("channel_refused", "channels", "1799")
    ]


async def test_the_live_test_flags_no_order(stand: Stand) -> None:
    placed = stand.shop.place_many(3, stand.sandbox.plain_baskets)
    assert (await stand.connector.probe(stand.client)).ok
    assert set(await stand.items()) == set(placed)


async def test_a_wrong_account_number_is_the_merchants_to_mend(stand: Stand) -> None:
    url = f"https://{HOST}/tradebyte/usual"
    given = stand.variety.credentials(stand.shop, url) | {"account": "1234"}
    client = stand.connector.client(stand.connector.credentials.model_validate(given), stand.outside)
    with pytest.raises(Misconfigured):
        await client.open_orders("1701")
