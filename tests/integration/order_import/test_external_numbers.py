"""Order lines that carry a number which the article has in one shop only."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.order_import import number_replica, rejudging
from shared.contracts.article import ExternalNumberChanged
from shared.contracts.envelope import event
from tests.integration.order_import.book import SETTINGS, Book, order_id, received
from tests.pure.order_import.samples import NOON, OTHER_SHOP, SHOP, line, observed, order


async def means(
    book: Book, number: str, article: str | None, version: int = 1, connection: UUID = SHOP, times: int = 1
) -> None:
    """The inventory says what a number means in a shop."""
    told = ExternalNumberChanged(connection=connection, version=version, number=number, article_number=article)
    for _ in range(times):
        one = event(told, id=uuid4(), source="inventory", subject=number, time=NOON, connection=connection)
        await book.apply(number_replica.apply, [one])


async def lines(book: Book, external_id: str) -> list[dict[str, Any]]:
    async with book.admin.transaction() as tx:
        return await tx.rows(
            "SELECT sku, article_number FROM order_lines WHERE order_id = :id ORDER BY position",
            id=order_id(external_id),
        )


async def causes(book: Book) -> list[tuple[str, str]]:
    async with book.admin.transaction() as tx:
        return [(row["code"], row["key"]) for row in await tx.rows("SELECT code, key FROM parked_reasons")]


@pytest.mark.proves("match-external-number")
async def test_an_order_line_with_an_external_number_means_its_article(book: Book) -> None:
    await book.know("KR-1", "KR-2")
    await means(book, "shop-1", "KR-1", times=2)
    await book.take(received(order("1", line("shop-1", external_id="1"), line("KR-2", external_id="2")), observed(0)))
    assert (await book.row("1"))["status"] == "imported"
    assert await lines(book, "1") == [
        {"sku": "shop-1", "article_number": "KR-1"}, {"sku": "KR-2", "article_number": "KR-2"}
    ]  # fmt: skip
    client = await book.client()
    for number in ("shop-1", "KR-1", "KR-2"):
        listed = (await client.get("/orders", params={"article_number": number})).json()["items"]
        assert [one["external_id"] for one in listed] == ["1"], number
    assert (await client.get("/orders", params={"article_number": "KR-3"})).json()["items"] == []
    (imported,) = await book.sent("order.imported")
    assert [one.article_number for one in imported.data.demand] == ["KR-1", "KR-2"]


async def test_an_external_number_comes_before_an_article_that_happens_to_have_it(book: Book) -> None:
    await book.know("KR-1", "KR-2")
    await means(book, "KR-2", "KR-1")
    await book.take(received(order("1", line("KR-2")), observed(0)))
    assert await lines(book, "1") == [{"sku": "KR-2", "article_number": "KR-1"}]


async def test_a_number_of_one_shop_means_nothing_in_another_and_is_compared_exactly(book: Book) -> None:
    await book.know("KR-1")
    await means(book, "shop-1", "KR-1")
    await book.take(received(order("1", line("shop-1")), observed(0), OTHER_SHOP))
    await book.take(
        received(order("2", line("SHOP-1")), observed(0)), received(order("3", line("shop-1 ")), observed(0))
    )
    assert sorted(await causes(book)) == [
        ("article_unknown", "SHOP-1"), ("article_unknown", "shop-1"), ("article_unknown", "shop-1 ")
    ]  # fmt: skip


@pytest.mark.parametrize("recently", [True, False])
async def test_a_parked_order_goes_on_by_itself_when_its_number_arrives(book: Book, recently: bool) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", line("shop-1")), observed(0)))
    assert await causes(book) == [("article_unknown", "shop-1")]
    await means(book, "shop-1", "KR-1")
    for _ in range(2):
        await rejudging.sweep(book.service, SETTINGS, recently=recently)
    assert (await book.row("1"))["status"] == "imported"
    assert await lines(book, "1") == [{"sku": "shop-1", "article_number": "KR-1"}]
    assert [one.type for one in await book.sent()] == ["order.parked", "order.imported"]


async def test_a_number_that_arrives_before_its_article_names_it_and_the_article_lets_the_order_go(book: Book) -> None:
    await book.take(received(order("1", line("shop-1")), observed(0)))
    await means(book, "shop-1", "KR-1")
    await book.sweep()
    assert await causes(book) == [("external_number_leads_nowhere", "shop-1")]
    page = (await (await book.client("read")).get(f"/orders/{order_id('1')}")).json()
    assert page["reasons"][0]["sentence"].count("KR-1") == 1
    await book.know("KR-1")
    await book.sweep()
    assert (await book.row("1"))["status"] == "imported"


async def test_a_number_that_is_removed_is_not_recognised_any_more(book: Book) -> None:
    await book.know("KR-1")
    await means(book, "shop-1", "KR-1")
    await book.take(received(order("1", line("shop-1")), observed(0)))
    await means(book, "shop-1", None, version=2)
    await means(book, "shop-1", "KR-1", version=1)
    await book.take(received(order("2", line("shop-1")), observed(0)))
    await book.sweep()
    assert ((await book.row("1"))["status"], (await book.row("2"))["status"]) == ("imported", "parked")
    assert await causes(book) == [("article_unknown", "shop-1")]


async def test_a_number_that_led_nowhere_and_is_removed_leaves_the_article_of_that_number(book: Book) -> None:
    await book.know("same")
    await means(book, "same", "GONE")
    await book.take(received(order("1", line("same")), observed(0)))
    assert await causes(book) == [("external_number_leads_nowhere", "same")]
    await means(book, "same", None, version=2)
    await book.sweep()
    assert await lines(book, "1") == [{"sku": "same", "article_number": "same"}]


async def test_the_order_for_the_erp_names_the_article_as_it_was_recognised(book: Book) -> None:
    await book.know("KR-1")
    await book.rule(lines={"aggregate": True})
    await means(book, "shop-1", "KR-1")
    await book.take(received(order("1", line("shop-1")), observed(0)))
    await means(book, "shop-1", None, version=2)
    client = await book.client("read")
    (found,) = (await client.get(f"/orders/{order_id('1')}/decisions")).json()["contents"]["lines"]
    assert (found["article_number"], found["sku"]) == ("KR-1", "shop-1")


async def test_the_preview_recognises_numbers_too(book: Book) -> None:
    await book.know("KR-1")
    await book.rule()
    await book.take(received(order("1", line("shop-1")), observed(0)))
    await means(book, "shop-1", "KR-1")
    client = await book.client()
    wish = {"order_id": str(order_id("1"))}
    assert (await client.post(f"/orders/rules/{SHOP}/preview", json=wish)).json()["status"] == "imported"
    shown = (await client.get(f"/orders/{order_id('1')}/decisions")).json()
    assert [one["article_number"] for one in shown["contents"]["lines"]] == ["KR-1"]
