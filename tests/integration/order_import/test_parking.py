"""Parked orders: all reasons at once, and on their way again as soon as the cause is gone."""

import asyncio
from uuid import uuid4

from services.order_import import article_replica, rejudging
from services.order_import.receiving import receive
from shared.contracts.article import ArticleChanged
from shared.contracts.identity import record_id
from tests.integration.order_import.book import SETTINGS, Book, order_id, received, unreadable
from tests.pure.order_import.samples import OTHER_SHOP, SHOP, eur, line, observed, order


async def test_a_parked_order_shows_every_reason_with_what_to_do_in_the_readers_language(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001", line("NEW"), line("KR-1"), billing_address=None), observed(0)))
    (told,) = await book.sent()
    assert (told.type, told.data.reasons) == ("order.parked", ("article_unknown", "billing_address_missing"))
    assert [one.article_number for one in told.data.demand] == ["KR-1"]
    client = await book.client("read")
    (parked,) = (await client.get("/orders/parked", headers={"Accept-Language": "de"})).json()["items"]
    assert [one["code"] for one in parked["reasons"]] == ["article_unknown", "billing_address_missing"]
    assert parked["reasons"][0]["sentence"] == "Die Artikelnummer „NEW“ ist unbekannt."
    assert parked["reasons"][0]["advice"]
    assert parked["reasons"][0]["field"] == "line_items.0.sku"


async def test_creating_the_article_releases_every_order_that_waited_for_it(book: Book) -> None:
    for n in range(5):
        await book.take(received(order(str(n), line("NEW")), observed(0)))
    await book.sweep()
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'parked'") == 5
    await book.know("NEW")
    await book.sweep()
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'imported'") == 5
    assert await book.value("SELECT count(*) FROM parked_reasons") == 0
    imported = await book.sent("order.imported")
    assert [(one.data.version, len(one.data.demand)) for one in imported] == [(2, 1)] * 5
    assert await book.told("3") == ["order_parked", "order_set_free"]


async def test_an_order_with_a_second_reason_stays_parked_for_that_one(book: Book) -> None:
    await book.take(received(order("1001", line("NEW"), billing_address=None), observed(0)))
    await book.know("NEW")
    await book.sweep()
    last = (await book.sent())[-1]
    assert (last.type, last.data.version, last.data.reasons) == ("order.parked", 2, ("billing_address_missing",))
    assert [one.article_number for one in last.data.demand] == ["NEW"]
    await book.sweep()
    assert (await book.row("1001"))["version"] == 2


async def test_an_article_created_while_the_order_is_being_parked_still_releases_it(book: Book) -> None:
    async with book.elsewhere() as tx:
        await receive(book.service, SETTINGS, tx, [received(order("1001", line("NEW")), observed(0))])
        await book.know("NEW")
        await book.sweep()
    assert (await book.row("1001"))["status"] == "parked"
    await book.sweep()
    assert (await book.row("1001"))["status"] == "imported"


async def test_an_ambiguous_number_is_clear_again_when_one_article_gets_another(book: Book) -> None:
    first, second = (ArticleChanged(id=uuid4(), version=1, number="TWICE") for _ in range(2))
    async with book.service.database.transaction() as tx:
        await article_replica.put(tx, [first, second])
    await book.take(received(order("1001", line("TWICE")), observed(0)))
    assert [one.data.reasons for one in await book.sent()] == [("article_ambiguous",)]
    async with book.service.database.transaction() as tx:
        await article_replica.put(tx, [second.model_copy(update={"version": 2, "number": "OTHER"})])
    await rejudging.sweep(book.service, SETTINGS, recently=False)
    assert (await book.row("1001"))["status"] == "imported"


async def test_an_article_deleted_before_an_order_comes_is_unknown(book: Book) -> None:
    await book.know("KR-1")
    await book.know("KR-1", version=2, deleted=True)
    await book.know("KR-1", version=1)
    await book.take(received(order("1001"), observed(0)))
    assert (await book.row("1001"))["status"] == "parked"


async def test_the_shop_mends_the_order_and_it_goes_on(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001", billing_address=None), observed(0)))
    await book.take(received(order("1001"), observed(1)))
    assert [one.type for one in await book.sent()] == ["order.parked", "order.imported"]
    assert await book.value("SELECT count(*) FROM parked_reasons") == 0


async def test_causes_are_counted_over_the_callers_connections_only(book: Book) -> None:
    for n in range(3):
        await book.take(received(order(str(n), line("NEW")), observed(0)))
    await book.take(received(order("9", line("NEW")), observed(0), OTHER_SHOP))
    everyone, limited = await book.client("read"), await book.client("read", [OTHER_SHOP])
    (cause,) = (await everyone.get("/orders/parked/causes")).json()
    assert (cause["code"], cause["key"], cause["orders"]) == ("article_unknown", "NEW", 4)
    (cause,) = (await limited.get("/orders/parked/causes")).json()
    assert cause["orders"] == 1
    assert (await limited.get(f"/orders/{order_id('1')}")).status_code == 404
    assert len((await limited.get("/orders/parked")).json()["items"]) == 1


async def test_a_person_may_have_one_order_or_all_of_a_cause_judged_again(book: Book) -> None:
    client = await book.client()
    for n in range(3):
        await book.take(received(order(str(n), line("NEW"), total=eur("14.90")), observed(0)))
    await book.know("NEW")
    answer = await client.post(f"/orders/{order_id('0')}/rejudge")
    assert answer.json() == {"judged": 1, "released": 1, "still_parked": 0}
    again = await client.post(f"/orders/{order_id('0')}/rejudge")
    assert (again.status_code, again.json()["code"]) == (409, "order_not_parked")
    answer = await client.post("/orders/parked/rejudge", json={"code": "article_unknown", "key": "NEW"})
    assert answer.json() == {"judged": 2, "released": 2, "still_parked": 0}
    assert (await (await book.client("read")).post(f"/orders/{order_id('1')}/rejudge")).status_code == 403


async def test_judging_again_without_change_makes_no_new_version(book: Book) -> None:
    await book.take(received(order("1001", line("NEW")), observed(0)))
    answer = await (await book.client()).post(f"/orders/{order_id('1001')}/rejudge")
    assert answer.json() == {"judged": 1, "released": 0, "still_parked": 1}
    assert (await book.row("1001"))["version"] == 1


async def test_two_sweeps_at_once_release_an_order_once(book: Book) -> None:
    for n in range(30):
        await book.take(received(order(str(n), line("NEW")), observed(0)))
    await book.know("NEW")
    await asyncio.gather(*(book.sweep() for _ in range(4)))
    assert len(await book.sent("order.imported")) == 30


async def test_an_item_that_cannot_be_read_is_one_row_and_closes_when_the_order_arrives(book: Book) -> None:
    await book.know("KR-1")
    await book.take_unreadable(unreadable("1001", observed(0)))
    await book.take_unreadable(unreadable("1001", observed(2, content_hash="again"), code="wrong_type"))
    await book.take_unreadable(unreadable("1001", observed(1, content_hash="late")))
    client = await book.client()
    (item,) = (await client.get("/orders/unreadable")).json()["items"]
    assert (item["code"], item["times"], item["external_id"]) == ("wrong_type", 2, "1001")
    assert item["sentence"]
    await book.take(received(order("1001"), observed(3)))
    await book.sweep()
    assert (await client.get("/orders/unreadable")).json()["items"] == []
    assert [one["order_id"] for one in (await client.get("/orders/unreadable?closed=true")).json()["items"]] == [
        str(order_id("1001"))
    ]
    assert await book.told("1001") == ["order_imported", "unreadable_closed"]


async def test_an_older_readable_state_does_not_close_a_newer_unreadable_one(book: Book) -> None:
    await book.know("KR-1")
    await book.take_unreadable(unreadable("1001", observed(5)))
    await book.take(received(order("1001"), observed(1)))
    await book.sweep()
    detail = (await (await book.client("read")).get(f"/orders/{order_id('1001')}")).json()
    assert detail["unreadable"]["code"] == "unknown_word"


async def test_retrying_an_unreadable_item_asks_its_connector_to_read_it_again(book: Book) -> None:
    await book.take_unreadable(unreadable("1001", observed(0)), unreadable("1002", observed(0)))
    client = await book.client()
    assert (await client.post(f"/orders/unreadable/{order_id('1001')}/retry")).status_code == 202
    (command,) = await book.sent("sync.run")
    assert (command.data.noun, command.data.external_id, command.connection) == ("order", "1001", SHOP)
    assert command.platform == "shop"
    await client.post("/orders/unreadable/retry", json={"connection": str(SHOP), "code": "unknown_word"})
    commands = await book.sent("sync.run")
    assert len(commands) == len({one.id for one in commands}) == 3
    missing = await client.post(f"/orders/unreadable/{record_id('order', SHOP, 'none')}/retry")
    assert missing.status_code == 404
