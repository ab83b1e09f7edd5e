"""What is judged again by itself ends after some days, says so once, and begins anew when a person asks."""

from services.order_import import rejudging
from tests.integration.order_import.book import SETTINGS, Book, order_id, received
from tests.pure.order_import.samples import line, observed, order


async def age(book: Book, days: int) -> None:
    """Lets time pass for everything that is parked."""
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE parked_reasons SET since = since - make_interval(days => :days)", days=days)


async def end(book: Book) -> None:
    while await rejudging.end_retries(book.service):
        pass


async def test_an_order_parked_for_five_days_is_left_to_a_person_and_the_journal_says_so_once(book: Book) -> None:
    await book.take(received(order("1", line("NEW"), billing_address=None), observed(0)))
    await age(book, 4)
    await end(book)
    assert "retries_ended" not in await book.told("1")
    await age(book, 1)
    for _ in range(2):
        await end(book)
    assert (await book.told("1")).count("retries_ended") == 1
    entry = (await book.sent("journal.recorded"))[-1].data
    assert (entry.params["days"], entry.outcome) == ("5", "warning")
    assert [reason.code for reason in entry.reasons] == ["article_unknown", "billing_address_missing"]
    await book.know("NEW")
    await book.sweep()
    await rejudging.sweep(book.service, SETTINGS, recently=False)
    assert (await book.row("1"))["version"] == 1


async def test_a_person_starts_the_retries_again(book: Book) -> None:
    await book.take(received(order("1", line("NEW")), observed(0)))
    await age(book, 9)
    await end(book)
    client = await book.client()
    (parked,) = (await client.get("/orders/parked")).json()["items"]
    assert parked["retries_ended_at"] is not None
    answer = await client.post(f"/orders/{order_id('1')}/rejudge")
    assert answer.json() == {"judged": 1, "released": 0, "still_parked": 1}
    (parked,) = (await client.get("/orders/parked")).json()["items"]
    assert parked["retries_ended_at"] is None
    await end(book)
    assert (await book.told("1")).count("retries_ended") == 1
    await book.know("NEW")
    await book.sweep()
    assert (await book.row("1"))["status"] == "imported"


async def test_a_change_in_the_shop_is_judged_however_long_the_order_was_parked(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", line("NEW")), observed(0)))
    await age(book, 9)
    await end(book)
    await book.take(received(order("1"), observed(1)))
    assert (await book.row("1"))["status"] == "imported"


async def test_an_order_that_waits_for_a_persons_word_may_wait_as_long_as_it_takes(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await book.rule(mode="approval")
    await book.take(received(order("1"), observed(0)))
    await age(book, 9)
    await end(book)
    assert await book.told("1") == ["order_kept_back"]
    (waiting,) = (await client.get("/orders/waiting")).json()["items"]
    assert (waiting["reasons"][0]["code"], waiting["retries_ended_at"]) == ("approval_wanted", None)
