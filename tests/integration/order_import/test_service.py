"""The whole service with its loops, over a bus: what the shops publish becomes orders, and the world is told."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from services.order_import import connection_replica
from services.order_import.service import ORDER_IMPORT, RECEIVED
from shared.chassis.app import running
from shared.contracts.article import ArticleChanged
from shared.contracts.connection import Connection
from shared.contracts.envelope import decode, event
from shared.contracts.identity import own_id, record_id
from shared.contracts.order import OrderImported
from shared.messaging.bus import Bus, Delivery
from shared.messaging.memory import InMemoryBus, broker_named
from shared.messaging.message import Message, pack
from shared.messaging.topology import event_queue
from tests.integration.order_import.book import Book, order_id, received, unreadable
from tests.pure.order_import.samples import NOON, SHOP, line, observed, order

LISTENER = event_queue("test", "order.imported")


@pytest.fixture
async def bus(book: Book, orders_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bus]:
    """The service runs; whoever publishes here is heard by it."""
    monkeypatch.setenv("ORDER_IMPORT_DATABASE_URL", orders_url)
    opened = InMemoryBus(broker_named("whole-service"))
    await opened.declare(LISTENER)
    async with running((ORDER_IMPORT,), with_loops=True, bus=opened):
        yield opened
    await opened.close()


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    until = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < until, "it never came to be"
        await asyncio.sleep(0.1)


async def test_orders_go_through_and_those_for_a_new_article_follow_by_themselves(book: Book, bus: Bus) -> None:
    imported: list[Any] = []

    async def hear(delivery: Delivery) -> None:
        imported.extend(decode(delivery.body, OrderImported))
        await delivery.ack()

    subscription = await bus.subscribe(LISTENER, hear, prefetch=10)
    await book.know("KR-1")
    await bus.publish(pack([received(order(str(n)), observed(0)) for n in range(120)]))
    await bus.publish(pack([received(order("new", line("NEW")), observed(0)), unreadable("odd", observed(0))]))

    async def all_but_one() -> bool:
        return len(imported) == 120 and await book.value("SELECT count(*) FROM orders WHERE status = 'parked'") == 1

    await eventually(all_but_one)
    assert await book.value("SELECT count(*) FROM unreadable_items") == 1
    article = ArticleChanged(id=record_id("article", SHOP, "NEW"), version=1, number="NEW")
    known = event(
        article, id=own_id("inventory", "article.changed", "NEW", 1), source="inventory", subject="NEW", time=NOON
    )
    await bus.publish(pack([known]))

    async def released() -> bool:
        return any(one.subject == str(order_id("new")) for one in imported)

    await eventually(released)
    await subscription.cancel()


async def test_one_order_that_cannot_be_stored_is_parked_and_its_neighbours_go_on(book: Book, bus: Bus) -> None:
    await book.know("KR-1")
    poison = received(order("poison", number="a\x00b"), observed(0))
    good = [received(order(str(n)), observed(0)) for n in range(20)]
    await bus.publish(pack([*good[:10], poison, *good[10:]]))

    async def others_are_in() -> bool:
        return bool(await book.value("SELECT count(*) FROM orders") == 20)

    await eventually(others_are_in)
    assert await book.value("SELECT count(*) FROM attempts WHERE event_id = :id", id=poison.id) == 1


async def test_a_message_that_is_no_order_reaches_nobody_and_stops_nobody(book: Book, bus: Bus) -> None:
    await book.know("KR-1")
    await bus.publish([Message(RECEIVED.exchange, "order.received.shop", "order.received", b"[{]", 1, "x")])
    await bus.publish(pack([received(order("1"), observed(0))]))

    async def arrived() -> bool:
        return bool(await book.value("SELECT count(*) FROM orders") == 1)

    await eventually(arrived)


async def test_a_new_row_lets_the_orders_that_were_parked_for_its_word_go_on_by_themselves(
    book: Book, bus: Bus
) -> None:
    await book.know("KR-1")
    async with book.service.database.transaction() as tx:
        await connection_replica.put(tx, Connection(id=SHOP, version=1, platform="shop", name="S"))
    client = await book.client()
    rules = {"payments": {"rows": {"other": "Other"}}}
    await client.put(f"/orders/rules/{SHOP}", json=rules, headers={"If-Match": '"0"'})
    await bus.publish(pack([received(order(str(n)), observed(0)) for n in range(20)]))

    async def learned() -> bool:
        words = (await client.get(f"/orders/rules/{SHOP}")).json()["open_words"]
        return ("payment", "paypal", 20) in [(one["kind"], one["word"], one["orders"]) for one in words]

    await eventually(learned)
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'parked'") == 20
    rules["payments"]["rows"]["paypal"] = "PayPal"
    await client.put(f"/orders/rules/{SHOP}", json=rules, headers={"If-Match": '"1"'})

    async def released() -> bool:
        return bool(await book.value("SELECT count(*) FROM orders WHERE status = 'imported'") == 20)

    await eventually(released)
