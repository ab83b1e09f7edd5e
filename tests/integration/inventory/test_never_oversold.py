"""Whatever order events, shipments and stock uploads arrive in, no channel may ever sell a piece that is not there.

A little world knows the truth: what lies on the shelf, what the internal system has reserved, what it would upload at
each moment. Kontor hears of it in any order. At every step it may sell at most what the world really has free.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations, product
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.inventory.counts import CountRow
from services.inventory.level_book import book_counts
from services.inventory.movement_book import book_movements
from services.inventory.movement_rows import MovementRow
from services.inventory.sellable import sellable
from services.inventory.supply_book import supplies
from shared.contracts.envelope import Event
from tests.integration.inventory.stockroom import NOW, Stockroom, listing_id

START = NOW - timedelta(hours=2)
PIECES = 3


def moment(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


async def upload(room: Stockroom, rows: Iterable[CountRow]) -> None:
    async with room.service.database.transaction() as tx:
        await book_counts(room.service, tx, dict(enumerate(rows)), {}, "warehouse")


async def sellables(room: Stockroom, articles: Iterable[str]) -> dict[str, int]:
    ids = {listing_id(article): article for article in articles}
    async with room.service.database.transaction() as tx:
        found = await supplies(tx, list(ids))
    return {ids[one.id]: sellable(one.supply, one.settings).quantity for one in found}


def counted(article: str, quantity: int, minute: float, meaning: str = "physical") -> CountRow:
    return CountRow.model_validate(
        {"article_number": article, "warehouse": "main", "quantity": quantity, "counted_at": moment(minute),
         "meaning": meaning}
    )  # fmt: skip


def message(room: Stockroom, name: str, article: str, minute: float, meaning: str) -> Event[Any] | CountRow:
    """What the world sends: an order placed at minute 10, acknowledged at 20, shipped at 30; and one upload."""
    number = f"order of {article}"
    if name == "placed":
        return room.order(number, 1, [(article, PIECES)])
    if name == "acknowledged":
        return room.order(number, 2, [(article, PIECES)], acknowledged_at=moment(20))
    if name == "shipped":
        return room.order(
            number, 3, shipped=[(article, PIECES)], shipped_at=moment(30), acknowledged_at=moment(20)
        )  # fmt: skip
    on_shelf = 10 - (PIECES if minute > 30 else 0)
    reserved = PIECES if 20 < minute < 30 else 0
    return counted(article, on_shelf - (reserved if meaning == "available" else 0), minute, meaning)


async def test_order_acknowledgement_shipment_and_upload_in_every_order_never_oversell(stockroom: Stockroom) -> None:
    names = ("placed", "acknowledged", "shipped", "upload")
    worlds = list(product(permutations(names), (5, 15, 25, 35), ("physical", "available")))
    articles = [f"A-{n}" for n in range(len(worlds))]
    await stockroom.articles(*articles)
    await stockroom.take(*[stockroom.listed(article, article) for article in articles])
    await upload(stockroom, [counted(article, 10, 0) for article in articles])
    ordered: set[str] = set()
    for step in range(len(names)):
        sent = {
            article: message(stockroom, order[step], article, minute, meaning)
            for article, (order, minute, meaning) in zip(articles, worlds, strict=True)
        }
        ordered |= {article for article, one in sent.items() if isinstance(one, Event)}
        await stockroom.take(*[one for one in sent.values() if isinstance(one, Event)])
        await upload(stockroom, [one for one in sent.values() if isinstance(one, CountRow)])
        now = await sellables(stockroom, articles)
        oversold = {
            (worlds[n], step, now[article])
            for n, article in enumerate(articles)
            if now[article] > 10 - (PIECES if article in ordered else 0)
        }
        assert not oversold
    assert {now[article] for article in articles} == {10 - PIECES}


@dataclass
class Bought:
    """One order in the world. `wanted` per version; the internal system reserves what it acknowledged."""

    number: str
    wanted: list[int] = field(default_factory=list)
    shipped: int = 0
    shipped_at: datetime | None = None
    known: int | None = None
    acknowledged_at: datetime | None = None
    told: bool = False

    @property
    def open(self) -> int:
        return self.wanted[-1] - self.shipped

    @property
    def reserved(self) -> int:
        """What the internal system takes off: what it knows of the order, as long as it has not left."""
        return 0 if self.known is None else max(self.known - self.shipped, 0)


@dataclass
class World:
    """The truth about one article, and what Kontor is sent about it."""

    room: Stockroom
    article: str
    shelf: int = 20
    received: int = 0
    minute: int = 0
    orders: list[Bought] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)

    def live(self, action: str, which: int, pieces: int) -> None:
        """One thing happens; what Kontor is told of it joins the messages."""
        self.minute += 1
        if action == "receipt":
            self.shelf += pieces
            self.received += pieces
            self.messages.append(self._movement(pieces))
        elif action in ("physical", "available"):
            reserved = sum(order.reserved for order in self.orders) if action == "available" else 0
            self.messages.append(counted(self.article, self.shelf - reserved, self.minute, action))
        elif action == "order":
            self.orders.append(Bought(f"{self.article}/{len(self.orders)}", [pieces]))
            self._tell(self.orders[-1])
        elif self.orders:
            self._change(self.orders[which % len(self.orders)], action, pieces)

    def _change(self, order: Bought, action: str, pieces: int) -> None:
        if action == "acknowledge":
            order.known, order.acknowledged_at = order.wanted[-1], moment(self.minute)
        elif action == "ship" and order.open and self.shelf >= min(pieces, order.open):
            leaving = min(pieces, order.open)
            self.shelf -= leaving
            order.shipped += leaving
            order.shipped_at = moment(self.minute)
        elif action == "edit":
            order.acknowledged_at = None
            self._tell(order, order.shipped + pieces)
            return
        elif action == "cancel":
            order.acknowledged_at = None
            self._tell(order, order.shipped)
            return
        self._tell(order)

    def _tell(self, order: Bought, wanted: int | None = None) -> None:
        if order.told:
            order.wanted.append(order.wanted[-1] if wanted is None else wanted)
        order.told = True
        event = self.room.order(
            order.number,
            len(order.wanted),
            [(self.article, order.open)] if order.open else [],
            shipped=[(self.article, order.shipped)] if order.shipped else [],
            shipped_at=order.shipped_at,
            acknowledged_at=order.acknowledged_at,
        )
        self.messages.append((order, len(order.wanted), event))

    def _movement(self, pieces: int) -> MovementRow:
        return MovementRow.model_validate(
            {"reference": str(uuid4()), "article_number": self.article, "warehouse": "main", "quantity": pieces,
             "occurred_at": moment(self.minute)}
        )  # fmt: skip

    async def deliver(self, message: Any) -> None:
        if isinstance(message, CountRow):
            await upload(self.room, [message])
        elif isinstance(message, MovementRow):
            async with self.room.service.database.transaction() as tx:
                await book_movements(self.room.service, tx, {0: message}, {}, "warehouse")
        else:
            await self.room.take(message[2])

    def free(self, heard: dict[int, int]) -> int:
        """The most that is free in truth, given the newest version heard of each order: an order nobody told us of
        cannot be known, but one we know of takes its pieces whether they have left or not."""
        taken = sum(min(order.wanted[heard[n] - 1 :]) for n, order in enumerate(self.orders) if n in heard)
        return 20 + self.received - taken


ACTIONS = ("order", "acknowledge", "ship", "edit", "cancel", "receipt", "physical", "available")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lived=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2), st.integers(1, 3)), min_size=3, max_size=14),
    shuffle=st.randoms(use_true_random=False),
    in_order=st.booleans(),
)
def test_no_life_of_orders_and_stock_heard_in_any_order_is_ever_oversold(
    stockroom_runner: Any, lived: list[tuple[str, int, int]], shuffle: Any, in_order: bool
) -> None:
    async def live(room: Stockroom) -> None:
        world = World(room, f"A-{uuid4()}")
        await room.articles(world.article)
        await room.take(room.listed(world.article, world.article))
        await upload(room, [counted(world.article, world.shelf, 0)])
        for action, which, pieces in lived:
            world.live(action, which, pieces)
        messages = list(world.messages)
        if not in_order:
            shuffle.shuffle(messages)
        heard: dict[int, int] = {}
        for message in messages:
            await world.deliver(message)
            if isinstance(message, tuple):
                n = next(n for n, order in enumerate(world.orders) if order is message[0])
                heard[n] = max(heard.get(n, 0), message[1])
            now = (await sellables(room, [world.article]))[world.article]
            assert now <= max(world.free(heard), 0)
        await upload(room, [counted(world.article, world.shelf, world.minute + 1)])
        owed = sum(order.open for order in world.orders)
        assert (await sellables(room, [world.article]))[world.article] == max(world.shelf - owed, 0)

    stockroom_runner(live)
