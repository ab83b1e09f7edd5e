"""The service as it runs: messages in over the bus, pushes out over the bus, each applied once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.inventory.service import INVENTORY, loops
from shared.chassis.loops import Supervisor
from shared.chassis.service import relay_loops
from shared.contracts.envelope import decode
from shared.contracts.stock import StockPush
from shared.messaging.bus import Delivery
from shared.messaging.message import pack
from shared.messaging.topology import command_queue, event_queue
from tests.integration.inventory.stockroom import Stockroom, at


class Shop:
    """A connector that only listens."""

    def __init__(self) -> None:
        self.pushes: asyncio.Queue[StockPush] = asyncio.Queue()

    async def hear(self, delivery: Delivery) -> None:
        for event in decode(delivery.body, StockPush):
            self.pushes.put_nowait(event.data)
        await delivery.ack()

    async def next(self) -> StockPush:
        async with asyncio.timeout(15):
            return await self.pushes.get()


@asynccontextmanager
async def running(stockroom: Stockroom) -> AsyncIterator[Shop]:
    shop, service = Shop(), stockroom.service
    journal = event_queue("journal", "journal.recorded")
    articles = event_queue("order_import", "article.changed")
    pushes = command_queue("shop", "stock.push")
    await service.bus.declare(*INVENTORY.queues, journal, articles, pushes)
    await service.bus.subscribe(pushes, shop.hear, prefetch=10)
    for queue in (journal, articles):
        await service.bus.subscribe(queue, _acknowledge, prefetch=10)
    supervisor = Supervisor("inventory", [*loops(service), *relay_loops(service)])
    supervisor.start()
    try:
        yield shop
    finally:
        await supervisor.stop()
    assert supervisor.failures == {}


async def _acknowledge(delivery: Delivery) -> None:
    await delivery.ack()


async def send(stockroom: Stockroom, *events: Any) -> None:
    await stockroom.service.bus.publish(pack(events))


async def test_an_order_on_the_bus_becomes_a_push_on_the_bus_and_its_redelivery_nothing(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    async with running(stockroom) as shop:
        await send(stockroom, stockroom.listed("L1", "A-1"))
        assert (await shop.next()).quantity == 0
        await stockroom.count("A-1", 5, when=at(1))
        assert (await shop.next()).quantity == 5
        order = stockroom.order("1", 1, [("A-1", 2)])
        for _ in range(3):
            await send(stockroom, order)
        assert (await shop.next()).quantity == 3
        await send(stockroom, stockroom.order("2", 1, [("A-1", 1)]))
        assert (await shop.next()).quantity == 2
        await asyncio.sleep(0.5)
        assert shop.pushes.empty()


async def test_one_event_that_cannot_be_applied_does_not_hold_up_its_neighbours(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    async with running(stockroom) as shop:
        await send(stockroom, stockroom.listed("bad\x00", "A-1"), stockroom.listed("L1", "A-1"))
        assert (await shop.next()).external_id == "L1"
