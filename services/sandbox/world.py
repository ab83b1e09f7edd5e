"""The running sandbox: its shops, each with its faults, its outgoing webhooks and the log of what it was asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx2
from fastapi import FastAPI

from services.sandbox import seeds
from services.sandbox.clock import Clock
from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, Serving, Shop, World
from services.sandbox.platforms import build
from services.sandbox.requestlog import RequestLog
from services.sandbox.webhooks import WebhookSender

FIRST_CHANGE = timedelta(hours=1)
"""How long after an order its seeded changes happen."""


@dataclass
class OpenShop:
    """A shop with everything the sandbox keeps beside it."""

    shop: Shop
    faults: Faults
    webhooks: WebhookSender
    requests: RequestLog
    seed: bool
    options: dict[str, Any]
    pacing: set[asyncio.Task[None]] = field(default_factory=set)

    @cached_property
    def app(self) -> FastAPI:
        """The shop's API, called with the shop's path cut off; built when somebody first calls it."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.include_router(self.shop.routes())
        return app

    @property
    def path(self) -> str:
        return f"/{self.shop.platform}/{self.shop.name}"

    def place(self, basket: Basket) -> str:
        """Places an order and lets happen what the basket says happens to it."""
        external_id = self.shop.place(basket)
        for change in basket.changes:
            self.shop.change(external_id, change)
        return external_id

    def place_over_time(self, count: int, per_second: float, baskets: tuple[Basket, ...]) -> None:
        """Places plain orders at a steady pace in the background."""
        task = asyncio.get_running_loop().create_task(self._pace(count, per_second, baskets))
        self.pacing.add(task)
        task.add_done_callback(self.pacing.discard)

    async def _pace(self, count: int, per_second: float, baskets: tuple[Basket, ...]) -> None:
        loop = asyncio.get_running_loop()
        started, placed = loop.time(), 0
        while placed < count:
            due = min(count, int((loop.time() - started) * per_second) + 1)
            if due > placed:
                self.shop.place_many(due - placed, baskets)
                placed = due
            await asyncio.sleep(min(1 / per_second, 0.05))

    async def start(self) -> None:
        """Starts what serves beside the shop's API, where there is anything."""
        if isinstance(self.shop, Serving):
            await self.shop.start()

    async def close(self) -> None:
        if isinstance(self.shop, Serving):
            await self.shop.stop()
        for task in list(self.pacing):
            task.cancel()
        await asyncio.gather(*self.pacing, return_exceptions=True)
        await self.webhooks.close()


class Sandbox:
    """All shops of the pretend merchant. Shops may be opened at any time."""

    def __init__(
        self,
        world: World | None = None,
        clock: Clock | None = None,
        webhook_transport: httpx2.AsyncBaseTransport | None = None,
        seed_at: datetime | None = None,
    ) -> None:
        self.world = world or World()
        self.world.articles = self.world.articles or seeds.articles()
        self.clock = clock or Clock()
        self._webhook_transport = webhook_transport
        self._seed_at = seed_at
        self.plain_baskets = seeds.plain(self.clock())
        """The moulds of all plain orders, always the same ones so that shops render each only once."""
        self.shops: dict[tuple[str, str], OpenShop] = {}

    def open(self, platform: str, name: str, seed: bool = True, options: dict[str, Any] | None = None) -> OpenShop:
        """Opens a shop, replacing one of the same name. Raises KeyError for an unknown platform.

        `seed` fills it with the merchant's history; without, it has the catalogue and no order.
        """
        faults = Faults()
        webhooks = WebhookSender(faults, self.clock, self._webhook_transport)
        shop = build(platform, name, self.world, faults, webhooks, self.clock, options or {})
        shop.stock_catalogue(seeds.products())
        opened = OpenShop(shop, faults, webhooks, RequestLog(), seed, options or {})
        if seed:
            self._seed(opened, huge=name == "demo")
        self.shops[platform, name] = opened
        self.world.shops[platform, name] = shop
        return opened

    def _seed(self, opened: OpenShop, huge: bool) -> None:
        now = self._seed_at or self.clock()
        for basket in seeds.baskets(now, huge):
            later = min(basket.placed_at + FIRST_CHANGE, now)
            changes = tuple(replace(change, at=change.at or later) for change in basket.changes)
            opened.place(replace(basket, changes=changes))

    async def reset(self, platform: str, name: str, seed: bool | None = None) -> OpenShop:
        """The shop as on its first day: faults, subscriptions, orders and logs are gone."""
        before = self.shops[platform, name]
        await before.close()
        opened = self.open(platform, name, before.seed if seed is None else seed, before.options)
        await opened.start()
        return opened

    async def each(self, do: Callable[[OpenShop], Any]) -> None:
        """Awaits something for every shop, e.g. that all webhooks have left."""
        for opened in list(self.shops.values()):
            await do(opened)

    async def drain_webhooks(self) -> None:
        """Returns when every webhook that has arisen so far was attempted."""
        await self.each(lambda opened: opened.webhooks.drain())

    async def close(self) -> None:
        await self.each(OpenShop.close)
