"""Orders come in: once or often, in any order, on several workers at once."""

import asyncio
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import Event
from shared.contracts.order import Order
from shared.persistence.failure import is_data_error, is_transient
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import OTHER_SHOP, line, observed, order


async def test_a_sound_order_is_imported_once_with_its_demand(book: Book) -> None:
    await book.know("KR-1", "KR-2")
    await book.take(received(order("1001", line("KR-1", 2), line("KR-2")), observed(0)))
    (told,) = await book.sent()
    assert told.type == "order.imported"
    assert told.subject == str(order_id("1001"))
    assert (told.data.version, told.data.status) == (1, "imported")
    assert {one.article_number: one.quantity for one in told.data.demand} == {"KR-1": 2, "KR-2": 1}
    assert await book.told("1001") == ["order_imported"]
    (entry,) = await book.sent("journal.recorded")
    keys = {(key.kind, key.value) for key in entry.data.keys}
    assert {("number", "#1001"), ("external_id", "1001"), ("sku", "KR-1"), ("sku", "KR-2")} <= keys
    assert "erika" not in entry.model_dump_json().lower()


async def test_the_same_event_twice_is_one_order_and_one_event(book: Book) -> None:
    await book.know("KR-1")
    one = received(order("1001"), observed(0))
    for _ in range(3):
        await book.take(one)
    assert len(await book.sent()) == 1
    assert await book.value("SELECT count(*) FROM order_versions") == 1


async def test_an_old_event_replayed_after_the_inbox_forgot_it_changes_nothing(book: Book) -> None:
    await book.know("KR-1")
    first, second = received(order("1001"), observed(0)), received(order("1001", note="x"), observed(1))
    for one in (first, second):
        await book.take(one)
    async with book.admin.transaction() as tx:
        await tx.execute("DELETE FROM inbox")
    for one in (first, second, first):
        await book.take(one)
    assert (await book.row("1001"))["version"] == 2
    assert len(await book.sent()) == 2
    assert await book.value("SELECT count(*) FROM order_lines") == 1


async def test_an_order_edited_after_import_gets_a_second_version(book: Book) -> None:
    await book.know("KR-1", "KR-2")
    await book.take(received(order("1001", line("KR-1", 2), line("KR-2")), observed(0)))
    await book.take(received(order("1001", line("KR-1", 1)), observed(5)))
    told = (await book.sent())[-1]
    assert (told.type, told.data.version) == ("order.changed", 2)
    assert {one.article_number: one.quantity for one in told.data.demand} == {"KR-1": 1}
    assert await book.value("SELECT count(*) FROM order_lines") == 1
    entry = (await book.sent("journal.recorded"))[-1].data
    assert entry.code == "order_changed"
    assert set(entry.params["fields"].split(", ")) == {"line_items", "payments", "total"}


async def test_an_order_whose_addresses_the_platform_takes_away_later_stays_imported(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001"), observed(0)))
    await book.take(received(order("1001", billing_address=None, shipping_address=None), observed(9)))
    assert (await book.row("1001"))["status"] == "imported"
    assert "order_parked" not in await book.told("1001")
    await book.take(received(order("1002", billing_address=None, shipping_address=None), observed(9)))
    assert (await book.row("1002"))["status"] == "parked"


async def test_an_older_state_that_arrives_late_is_kept_but_never_applied(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001", note="new"), observed(9)))
    await book.take(received(order("1001", note="old"), observed(1)))
    assert (await book.row("1001"))["content"]["note"] == "new"
    assert await book.told("1001") == ["order_imported", "order_superseded"]
    assert len(await book.sent()) == 1
    client = await book.client("read")
    versions = (await client.get(f"/orders/{order_id('1001')}/versions")).json()
    assert [(one["version"], one["cause"]) for one in versions] == [(None, "superseded"), (1, "received")]


async def test_two_states_of_one_order_in_one_batch_leave_the_newer(book: Book) -> None:
    await book.know("KR-1")
    new, old = received(order("1001", note="new"), observed(2)), received(order("1001", note="old"), observed(1))
    await book.take(new, old, received(order("1002"), observed(0)))
    assert (await book.row("1001"))["content"]["note"] == "new"
    assert sorted(await book.told("1001")) == ["order_imported", "order_superseded"]


async def test_the_same_content_under_a_newer_stamp_is_no_new_version(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001"), observed(0, content_hash="same")))
    await book.take(received(order("1001"), observed(3, content_hash="same")))
    row = await book.row("1001")
    assert (row["version"], row["stamp"]) == (1, observed(3).stamp)
    assert await book.told("1001") == ["order_imported", "order_unchanged"]


async def test_equal_stamps_with_different_content_end_alike_whatever_came_first(book: Book) -> None:
    await book.know("KR-1")
    a = [received(order(id, note="a"), observed(0, content_hash="a")) for id in ("1001", "1002")]
    b = [received(order(id, note="b"), observed(0, content_hash="b")) for id in ("1001", "1002")]
    for one in (a[0], b[0], b[1], a[1]):
        await book.take(one)
    assert [(await book.row(id))["content"]["note"] for id in ("1001", "1002")] == ["b", "b"]


@pytest.mark.proves("order-known-by-id")
async def test_the_same_number_in_two_shops_is_two_orders(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001"), observed(0)), received(order("1001"), observed(0), OTHER_SHOP))
    assert await book.value("SELECT count(*) FROM orders") == 2


async def test_several_workers_with_the_same_orders_at_once_make_each_order_once(book: Book) -> None:
    await book.know("KR-1")
    batch = [received(order(str(n)), observed(0)) for n in range(1000, 1060)]
    newer = [received(order(str(n), note="paid"), observed(1)) for n in range(1000, 1060)]

    async def worker(seed: int) -> None:
        mine = [*batch, *newer]
        random.Random(seed).shuffle(mine)
        for start in range(0, len(mine), 20):
            await _persist(book, mine[start : start + 20])

    await asyncio.gather(*(worker(seed) for seed in range(4)))
    assert await book.value("SELECT count(*) FROM orders") == 60
    assert await book.value("SELECT count(*) FROM orders WHERE content->>'note' = 'paid'") == 60
    assert await book.value("SELECT count(*) FROM order_lines") == 60
    imported = [one.subject for one in await book.sent("order.imported")]
    assert len(imported) == len(set(imported)) == 60


async def test_an_order_waiting_for_its_platform_reserves_and_is_imported_when_released(book: Book) -> None:
    await book.know("KR-1")
    waiting = order("1001", withheld=("shipping_address",), shipping_address=None, billing_address=None)
    await book.take(received(waiting, observed(0)))
    (told,) = await book.sent()
    assert (told.type, told.data.status, len(told.data.demand)) == ("order.changed", "waiting", 1)
    await book.take(received(order("1001"), observed(1)))
    assert [one.type for one in await book.sent()] == ["order.changed", "order.imported"]


async def test_an_order_cancelled_before_import_is_kept_as_cancelled_and_wants_nothing(book: Book) -> None:
    await book.take(received(order("1001", line("NEW"), state="cancelled"), observed(0)))
    (told,) = await book.sent()
    assert (told.type, told.data.status, told.data.demand) == ("order.cancelled", "cancelled", ())
    assert await book.value("SELECT count(*) FROM feed_fresh") == 0


async def test_a_cancelled_order_gives_its_demand_back_and_says_so_once(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001"), observed(0)))
    await book.take(received(order("1001", state="cancelled"), observed(1)))
    await book.take(received(order("1001", state="cancelled", payment_state="refunded"), observed(2)))
    told = await book.sent()
    assert sorted(one.type for one in told) == ["order.cancelled", "order.changed", "order.imported"]
    assert all(one.data.demand == () for one in told if one.data.status == "cancelled")


async def test_a_rounding_difference_is_kept_as_its_own_figure(book: Book) -> None:
    await book.know("KR-1")
    one = order("1001", line("KR-1"))
    off = one.model_copy(update={"total": one.total.model_copy(update={"amount": Decimal("14.91")})})
    await book.take(received(off, observed(0)))
    row = await book.row("1001")
    assert (row["status"], row["rounding_difference"]) == ("imported", Decimal("0.01"))


async def test_a_batch_larger_than_one_message_is_written_by_copy_alike(book: Book) -> None:
    await book.know("KR-1", "KR-2")
    orders = [order(str(n), line("KR-1", 2), line("KR-2")) for n in range(1, 131)]
    await book.take(*(received(one, observed(0)) for one in orders))
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'imported'") == 130
    assert await book.value("SELECT sum(quantity) FROM order_lines") == 390
    assert len(await book.sent("order.imported")) == 130


STORY: list[dict[str, Any]] = [
    {"payment_state": "unpaid"},
    {"payment_state": "paid"},
    {"payment_state": "paid", "note": "changed"},
    {"payment_state": "paid", "note": "changed", "line_items": (line("KR-1", 1, fulfilled_quantity=Decimal(1)),)},
    {"payment_state": "refunded", "state": "cancelled"},
]


@pytest.mark.parametrize("workers", [1, 3])
async def test_any_order_of_created_paid_changed_shipped_cancelled_ends_like_the_right_one(
    book: Book, workers: int
) -> None:
    await book.know("KR-1")

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def told_in_any_order(data: st.DataObject) -> None:
        stories.append(data.draw(_shuffled_stories(len(stories))))

    stories: list[tuple[dict[str, Order], list[list[Event[Any]]]]] = []
    told_in_any_order()
    for ends, batches in stories:
        for start in range(0, len(batches), workers):
            await asyncio.gather(*(_persist(book, batch) for batch in batches[start : start + workers]))
        for external_id, end in ends.items():
            row = await book.row(external_id)
            assert Order.model_validate(row["content"]) == end
            assert row["status"] == ("cancelled" if end.state == "cancelled" else "imported")
            told = [one for one in await book.sent() if one.subject == str(order_id(external_id))]
            last = max(told, key=lambda one: one.data.version)
            assert last.data.version == row["version"]
            assert bool(last.data.demand) == (end.state == "open" and not end.line_items[0].fulfilled_quantity)


@st.composite
def _shuffled_stories(draw: st.DrawFn, run: int) -> tuple[dict[str, Order], list[list[Event[Any]]]]:
    """A few orders, each told up to some chapter, every chapter once or twice, all mixed, in batches of any size."""
    ends: dict[str, Order] = {}
    events = []
    for n in range(draw(st.integers(1, 4))):
        external_id = f"{run}-{n}"
        chapters = draw(st.integers(1, len(STORY)))
        for minute in range(chapters):
            ends[external_id] = order(external_id, **({"line_items": (line("KR-1"),)} | STORY[minute]))
            one = received(ends[external_id], observed(minute))
            events += [one] * draw(st.integers(1, 2))
    mixed = draw(st.permutations(events))
    size = draw(st.integers(1, 5))
    return ends, [mixed[start : start + size] for start in range(0, len(mixed), size)]


async def _persist(book: Book, batch: list[Event[Any]]) -> None:
    """Retries a batch on a deadlock, as the chassis does."""
    for _ in range(20):
        try:
            return await book.take(*batch)
        except Exception as error:
            if not is_transient(error) or is_data_error(error):
                raise
            await asyncio.sleep(0.02)
    raise AssertionError("the batch never went through")
