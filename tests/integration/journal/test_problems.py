"""Open problems, grouped by cause; they close themselves."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.journal.entries_book import EntriesBook
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Reason
from tests.integration.journal.house import OTHER, SHOP, House, order_id


def parked(house: House, minute: float, external_id: str, *causes: str, connection: Any = SHOP) -> JournalEntry:
    reasons = [Reason(code=code, params={"sku": f"K-{external_id}"}) for code in causes]
    return house.entry(minute, "parked", "order_parked", "warning", subject=order_id(external_id, connection),
                       connection=connection, params={"number": external_id},
                       keys=[("number", external_id)], reasons=reasons)  # fmt: skip


def imported(house: House, minute: float, external_id: str) -> JournalEntry:
    return house.entry(minute, "imported", "order_imported", subject=order_id(external_id))


async def groups(house: House, **params: Any) -> dict[tuple[str, str], int]:
    found = (await house.get("/journal/problems", **params))["groups"]
    return {(group["code"], group["connection"]): group["count"] for group in found}


async def test_many_orders_with_one_cause_are_one_problem_with_examples(house: House) -> None:
    await house.record(*(parked(house, n, str(n), "article_unknown") for n in range(12)))
    body = await house.get("/journal/problems", language="de")
    (group,) = body["groups"]
    assert (body["total"], group["count"], group["code"], group["who"]) == (12, 12, "article_unknown", "merchant")
    assert [example["label"] for example in group["examples"]] == ["11", "10", "9", "8", "7"]
    assert group["first_at"] < group["last_at"]
    assert "K-11" in group["sentence"]
    life = await house.get(group["examples"][0]["timeline"])
    assert life["subject"] == order_id("11")


async def test_a_problem_closes_itself_when_the_order_goes_through(house: House) -> None:
    await house.record(parked(house, 1, "1", "article_unknown"), parked(house, 1, "2", "article_unknown"))
    await house.record(imported(house, 2, "1"))
    assert await groups(house) == {("article_unknown", str(SHOP)): 1}
    await house.record(imported(house, 3, "2"))
    assert await groups(house) == {}


async def test_a_late_old_problem_does_not_reopen_what_went_through_since(house: House) -> None:
    await house.record(imported(house, 5, "1"))
    await house.record(parked(house, 1, "1", "article_unknown"))
    assert await groups(house) == {}


async def test_trouble_and_success_in_one_batch_count_by_their_time(house: House) -> None:
    await house.record(imported(house, 2, "1"), parked(house, 1, "1", "article_unknown"))
    await house.record(parked(house, 4, "2", "article_unknown"), imported(house, 3, "2"))
    assert await groups(house) == {("article_unknown", str(SHOP)): 1}


async def test_a_problem_reported_twice_counts_once(house: House) -> None:
    once = parked(house, 1, "1", "article_unknown")
    await house.record(once)
    await house.record(once)
    async with house.service.database.transaction() as tx:
        assert await tx.value("SELECT times FROM problems") == 1
    await house.record(parked(house, 2, "1", "article_unknown"))
    assert await groups(house) == {("article_unknown", str(SHOP)): 1}
    async with house.service.database.transaction() as tx:
        assert await tx.value("SELECT times FROM problems") == 2


async def test_a_cause_that_is_gone_is_closed_while_the_other_stays(house: House) -> None:
    await house.record(parked(house, 1, "1", "article_unknown", "totals_mismatch"))
    await house.record(parked(house, 2, "1", "totals_mismatch"))
    assert await groups(house) == {("totals_mismatch", str(SHOP)): 1}


async def test_the_same_cause_in_two_shops_is_two_problems(house: House) -> None:
    await house.record(
        parked(house, 1, "1", "article_unknown"), parked(house, 1, "1", "article_unknown", connection=OTHER)
    )
    assert await groups(house) == {("article_unknown", str(SHOP)): 1, ("article_unknown", str(OTHER)): 1}
    assert await groups(house, connection=str(OTHER)) == {("article_unknown", str(OTHER)): 1}


async def test_a_stream_that_failed_is_a_problem_until_it_is_read_again(house: House) -> None:
    words = {"stream": "order", "connection": "Shop", "reason": "credentials_refused", "detail": "401"}
    failed = house.entry(1, "failed", "stream_failed", "error", noun="stream", subject=f"{SHOP}:order", params=words)
    await house.record(failed)
    assert await groups(house) == {("credentials_refused", str(SHOP)): 1}
    await house.record(house.entry(2, "finished", "stream_read", noun="stream", subject=f"{SHOP}:order"))
    assert await groups(house) == {}


async def test_problems_can_be_limited_to_those_who_must_act(house: House) -> None:
    await house.record(parked(house, 1, "1", "article_unknown"))
    assert await groups(house, who="merchant") == {("article_unknown", str(SHOP)): 1}
    assert await groups(house, who="developer") == {}


@pytest.mark.parametrize("trouble_first", [True, False])
async def test_trouble_and_success_taken_in_at_the_same_time_leave_nothing_open(
    house: House, trouble_first: bool
) -> None:
    entries = [parked(house, 1, "1", "article_unknown"), imported(house, 2, "1")]
    first, second = entries if trouble_first else entries[::-1]
    book = EntriesBook(lambda: house.now, timedelta(days=400))

    async def write(entry: JournalEntry) -> None:
        async with house.service.database.transaction() as tx:
            await book.write(tx, [entry])

    await write(parked(house, 0, "another", "totals_mismatch"))  # knows the month now, so that nothing else waits
    await write(imported(house, 0.5, "another"))
    async with house.service.database.transaction() as tx:
        await book.write(tx, [first])
        other = asyncio.create_task(write(second))
        await asyncio.wait([other], timeout=0.5)
    await other
    assert await groups(house) == {}
