"""One TB.One account of the pretend merchant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Address, Basket, CensusRow, Change, Parcel, Product, ShownProduct, World
from services.sandbox.tradebyte import showing, till
from services.sandbox.tradebyte.account import CHANNELS, Account
from services.sandbox.tradebyte.api import routes
from services.sandbox.tradebyte.exchange import FileExchange
from services.sandbox.tradebyte.order import Item, Order
from services.sandbox.webhooks import WebhookSender

COUNTER = Address("Kramladen", "Abholung", "Ladengasse 1", "20095", "Hamburg")
"""Where a channel lets goods go that its customer does not want to be sent."""
FIRST_ORDER = 10_000
FIRST_ITEM = 500_000


class TradebyteShop:
    """Implements `merchant.Shop`, and with `sftp` `merchant.Serving`. `options` are the switches of `Account`."""

    platform = "tradebyte"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        sftp: bool = False,
        **options: Any,
    ) -> None:
        self.name = name
        self.account = Account(faults, clock, **options)
        self.files = FileExchange(self.account) if sftp else None
        self._items = FIRST_ITEM
        self._customers: dict[str, str] = {}

    def routes(self) -> APIRouter:
        return routes(self.account)

    async def start(self) -> None:
        if self.files is not None:
            await self.files.server.start()

    async def stop(self) -> None:
        if self.files is not None:
            await self.files.server.stop()

    def credentials(self) -> dict[str, Any]:
        account = self.account
        files = {} if self.files is None else self.files.credentials()
        return files | {
            "account": account.number,
            "user": account.user,
            "password": account.password,
            "channels": ", ".join(CHANNELS),
        }

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.account.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        order = self._order(basket, basket.placed_at)
        self.account.orders[order.tb_id] = order
        return order.external_id

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.account.clock()
        placed = []
        for index in range(count):
            created = (now - spread * (1 - (index + 1) / count)).replace(microsecond=0)
            order = self._order(baskets[index % len(baskets)], created)
            self.account.orders[order.tb_id] = order
            placed.append(order.external_id)
        return placed

    def _order(self, basket: Basket, created: datetime) -> Order:
        tb_id = FIRST_ORDER + len(self.account.orders)
        # Channels take turns, and each counts its own orders: the same number stands in both of them.
        signs = tuple(CHANNELS.values())
        sign, running = signs[tb_id % len(signs)], (tb_id - FIRST_ORDER) // len(signs) + 1
        bought = [item for item in basket.items if item.kind != "tip"]
        items = [
            Item(
                tb_id=self._items + place,
                channel_id=str(place + 1),
                sku=item.sku or "",
                title=item.title,
                quantity=item.quantity,
                open=item.quantity,
                price=price,
            )
            for place, (item, price) in enumerate(zip(bought, till.prices(basket), strict=True))
        ]
        self._items += len(items)
        return Order(
            tb_id=tb_id,
            sign=sign,
            channel_id=f"{sign}-{running:06d}",
            channel_no=basket.number or f"{running:06d}",
            created=created,
            written_at=self.account.clock(),
            case=basket.case,
            expect=basket.expected(self.platform),
            items=items,
            bill_to=basket.billing,
            ship_to=basket.shipping or basket.billing or COUNTER,
            email=basket.email,
            customer_no="" if basket.guest else self._customer(basket.email),
            paid=basket.paid,
            pending=self.account.pending_export and not basket.paid,
            shipping=basket.shipping_cost,
            payment=basket.payment_method.upper(),
            costs=basket.fee[1] if basket.fee else Decimal(0),
            services=till.services(basket),
            note=basket.note,
            defect=basket.defect,
            events=[("CREATED", created)],
        )

    def _customer(self, email: str) -> str:
        return self._customers.setdefault(email, f"K{len(self._customers) + 1}")

    def change(self, external_id: str, change: Change) -> None:
        """What a channel does: takes pieces back, withdraws what was not confirmed, gets goods back. Money it gives
        back itself. Of an order that was handed over already, messages tell."""
        order = self._named(external_id)
        if change.kind in ("remove_line", "lower_quantity"):
            item = order.items[change.line]
            self._take_back(order, item, item.open if change.kind == "remove_line" else change.quantity)
        elif change.kind == "cancel":
            if order.pending:
                order.pending, order.withdrawn, order.exported = False, True, False
            for item in order.items:
                self._take_back(order, item, item.open)
        elif change.kind in ("refund_line", "refund_full") and order.exported:
            whole = change.kind == "refund_full"
            for item in order.items if whole else [order.items[change.line]]:
                self.account.say("RETURN", order, item.tb_id, item.quantity if whole else change.quantity)
        order.events.append((change.kind.upper(), (change.at or self.account.clock()).replace(microsecond=0)))

    def _take_back(self, order: Order, item: Item, pieces: int) -> None:
        pieces = min(pieces, item.open)
        item.open -= pieces
        if order.exported and pieces:
            self.account.say("CUST_CANCEL", order, item.tb_id, pieces)

    def confirm(self, external_id: str) -> None:
        """The channel confirms a pending order: it is listed once more."""
        order = self._named(external_id)
        order.pending, order.paid, order.exported = False, True, False
        order.events.append(("APPROVED", self.account.clock().replace(microsecond=0)))

    def _named(self, external_id: str) -> Order:
        order = self.account.orders[int(external_id.rpartition(":")[2])]
        if order.external_id != external_id:
            raise KeyError(external_id)
        return order

    def census(self) -> list[CensusRow]:
        return [
            CensusRow(
                external_id=order.external_id,
                number=order.channel_no,
                stamp=order.changed,
                total=order.total,
                currency="EUR",
                case=order.case,
                expect=order.expect,
                # An order carries no mark for tests, so the account itself counts none.
                test=False,
            )
            for order in self.account.orders.values()
        ]

    def _up_to_date(self) -> None:
        if self.files is not None:
            self.files.collect()

    def stock(self) -> dict[str, int]:
        self._up_to_date()
        return {article.number: article.stock for article in self.account.articles.values()}

    def products(self) -> list[ShownProduct]:
        self._up_to_date()
        return showing.shown(self.account)

    def strike_price(self, sku: str) -> Decimal | None:
        """What an article is shown to have cost before in the first channel."""
        before = self.account.articles[sku].priced(next(iter(CHANNELS.values()))).before
        return Decimal(before) if before else None

    def returned(self) -> list[tuple[str, str, int]]:
        """Order, item and pieces of every return that the channel was told of."""
        self._up_to_date()
        found = (one for one in self.account.messages if one.kind == "RETURN")
        return [(one.order.external_id, str(one.item_id), one.quantity) for one in found]

    def parcels(self) -> list[Parcel]:
        """What was reported as shipped, added up by order and number, as the channel does."""
        self._up_to_date()
        found: dict[tuple[str, str, str], dict[str, int]] = {}
        for message in self.account.messages:
            if message.kind == "SHIP":
                parcel = found.setdefault((message.order.external_id, message.idcode, message.carrier), {})
                parcel[str(message.item_id)] = parcel.get(str(message.item_id), 0) + message.quantity
        return [Parcel(id, number, carrier, tuple(items.items())) for (id, number, carrier), items in found.items()]
