"""What one account holds: channels, orders, stock, and the messages the merchant has sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.sandbox.faults import Faults
from services.sandbox.merchant import Product as Sold
from services.sandbox.tradebyte.goods import Article, Product
from services.sandbox.tradebyte.markup import Refusal
from services.sandbox.tradebyte.order import Order

CHANNELS = {"1701": "chde", "1702": "chat"}
"""Channel id to channel sign: those that the user is approved for."""


@dataclass(frozen=True)
class Message:
    """One message as it was taken in."""

    id: int
    kind: str
    order: Order
    item_id: int
    quantity: int
    carrier: str = ""
    idcode: str = ""
    cause: str = ""
    state: str = ""
    comment: str = ""


@dataclass
class Said:
    """One message of a channel. It is listed until the merchant flags it."""

    id: int
    kind: str
    order: Order
    item_id: int
    quantity: int
    at: datetime
    exported: bool = False


@dataclass
class Account:
    """`encoding` is that of the answers. `open_quantity` (of items) and `pending_export` (orders the channel has not
    confirmed yet) are switched on for an account by request. `passed_over` are numbers in valid catalogues that could
    not be read in, of which nobody is told. `hides_exported`: a flagged order is shown to nobody; the
    documents leave that open."""

    faults: Faults
    clock: Callable[[], datetime]
    encoding: str = "UTF-8"
    open_quantity: bool = True
    pending_export: bool = False
    hides_exported: bool = False
    number: str = "4711"
    user: str = "api-kontor"
    password: str = "tb-one-secret"  # noqa: S105 - the pretend account's
    orders: dict[int, Order] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    _under_way: int = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One call at a time. Raises Refusal for a second one."""
        if self._under_way:
            raise Refusal(503, "Only one call at a time")
        self._under_way += 1
        try:
            await asyncio.sleep(0)  # Work takes time, in which another call may come.
            yield
        finally:
            self._under_way -= 1

    def signs(self, channel: str | None) -> tuple[str, ...]:
        """The channels a call is about. Raises Refusal for one the user is not approved for."""
        if not channel:
            return tuple(CHANNELS.values())
        if channel not in CHANNELS:
            raise Refusal(403, f"The user is not approved for channel {channel}")
        return (CHANNELS[channel],)

    def open_orders(self, channel: str | None) -> Iterator[Order]:
        signs = self.signs(channel)
        late = self.faults.active("late_visibility")
        newest = self.clock() - timedelta(seconds=late.seconds if late else 0)
        for order in self.orders.values():
            if order.sign in signs and not order.exported and order.written_at <= newest:
                yield order

    def order(self, tb_id: str) -> Order:
        found = self.orders.get(int(tb_id)) if tb_id.isdecimal() else None
        if found is None:
            raise Refusal(404, f"There is no order {tb_id}")
        return found

    def shown(self, tb_id: str) -> Order:
        order = self.order(tb_id)
        if order.exported and self.hides_exported:
            raise Refusal(404, f"There is no open order {tb_id}")
        return order

    def flag(self, tb_id: str, pending: str | None) -> None:
        order = self.order(tb_id)
        if pending is not None and (pending == "1") != order.pending:
            raise Refusal(412, "Order does not have expected pending state")
        order.exported = True

    def say(self, kind: str, order: Order, item_id: int = 0, quantity: int = 0) -> None:
        """The channel says something about an order."""
        moment = self.clock().replace(microsecond=0)
        self.said.append(Said(900_001 + len(self.said), kind, order, item_id, quantity, moment))

    def open_messages(self, channel: str | None) -> list[Said]:
        signs = self.signs(channel)
        return [one for one in self.said if one.order.sign in signs and not one.exported]

    def hear(self, id: str) -> None:
        found = next((one for one in self.said if str(one.id) == id), None)
        if found is None:
            raise Refusal(404, f"There is no message {id}")
        found.exported = True

    def stock_catalogue(self, products: tuple[Sold, ...]) -> None:
        """An article needs a number of its own; what has none, or one that is taken, is not in TB.One."""
        for product in products:
            for variant in product.variants:
                if variant.sku and variant.sku not in self.articles:
                    alone = len(product.variants) == 1
                    self.products.setdefault(
                        product.key,
                        Product(
                            product.key,
                            len(self.products) + 1,
                            {"x-default": product.title},
                            text={"x-default": product.description},
                            brand=product.vendor,
                            media={address: place for place, address in enumerate(product.images)},
                        ),
                    )
                    self.articles[variant.sku] = Article(
                        variant.sku,
                        product.title if alone else f"{product.title} {variant.title}",
                        product.key,
                        f"{variant.price:f}",
                        variant.ean,
                        variant.stock,
                        self.clock(),
                        channels=dict.fromkeys(CHANNELS.values(), True),
                        options={} if alone else {"Variante": variant.title},
                    )
