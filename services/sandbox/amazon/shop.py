"""One account of the pretend merchant at Amazon."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.amazon import changes
from services.sandbox.amazon.markets import MARKETS
from services.sandbox.amazon.parcels import shown_parcels
from services.sandbox.amazon.reports import SentBack
from services.sandbox.amazon.routes import routes
from services.sandbox.amazon.store import Store
from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, SentDocument, World
from services.sandbox.webhooks import WebhookSender


class AmazonShop:
    """Implements `merchant.Shop`. `marketplaces` are countries in which it sells; `tax` is how tax stands in an order's
    sums (`checkout.py`); `lacking` are roles that the application was not given; a feed takes `feed_seconds`."""

    platform = "amazon"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        marketplaces: str = "DE",
        tax: str = "inside",
        lacking: str = "",
        feed_seconds: float = 20,
    ) -> None:
        self.name = name
        markets = tuple(MARKETS[country] for country in marketplaces.split())
        address = f"{world.public_url}/{self.platform}/{name}"
        self.store = Store.of(name, address, faults, clock, markets, tax, frozenset(lacking.split()), feed_seconds)

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        access = self.store.access
        return {
            "login_url": self.store.address,
            "client_id": access.client_id,
            "client_secret": access.client_secret,
            "refresh_token": access.refresh_token,
            "seller_id": access.seller_id,
            "marketplaces": " ".join(market.country for market in self.store.markets),
        }

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.goods.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        return self.place_in(self.store.markets[0].country, basket)

    def place_in(self, country: str, basket: Basket) -> str:
        """An order of a customer of that marketplace."""
        order = self.store.book.place(basket, MARKETS[country])
        if order.body["fulfillment"]["fulfilledBy"] == "MERCHANT":
            for item in order.items:
                self.store.goods.sell(item["product"]["sellerSku"], item["quantityOrdered"])
        return order.id

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        moments = (now - spread * (1 - (index + 1) / count) for index in range(count))
        return [self.place(replace(baskets[index % len(baskets)], placed_at=at)) for index, at in enumerate(moments)]

    def release(self, external_id: str) -> None:
        """A pending order is paid: it may be sent from now on."""
        self.store.book.release(self.store.book.orders[external_id])

    def forget_people(self, external_id: str) -> None:
        """Some time after an order is over Amazon no longer tells who bought."""
        for name in ("recipient", "buyer", "tax"):
            self.store.book.orders[external_id].body.pop(name, None)

    def change(self, external_id: str, change: Change) -> None:
        store = self.store
        changes.apply(store.book, store.goods, store.reports.ledger, store.book.orders[external_id], change)

    def send_back(
        self, external_id: str, item: int = 0, quantity: int = 1, status: str = "Approved", rma: str = ""
    ) -> None:
        """A buyer sends pieces back, or is on the way to: the next report of returns tells it."""
        reports = self.store.reports
        number = rma or f"D{len(reports.sent_back):08d}RMA"
        reports.sent_back.append(SentBack(external_id, item, quantity, self.store.clock(), status, number))

    def settle(self) -> str:
        """Amazon pays; answers the settlement's id."""
        return self.store.reports.settle()

    def census(self) -> list[CensusRow]:
        self.store.feeds.work()
        return [
            CensusRow(
                external_id=order.id,
                number=order.id,
                stamp=order.modified,
                total=_total(order.body),
                currency=order.market.currency,
                case=order.basket.case,
                expect=order.basket.expected(self.platform),
                # Nobody can order for a test in a real marketplace.
                test=False,
            )
            for order in self.store.book
        ]

    def stock(self) -> dict[str, int]:
        self.store.feeds.work()
        return self.store.goods.stock()

    def parcels(self) -> list[Parcel]:
        return shown_parcels(self.store.book)

    def documents(self) -> list[SentDocument]:
        self.store.feeds.work()
        return list(self.store.feeds.invoices)


def _total(body: dict[str, Any]) -> Decimal:
    """What the list shows, which is nothing for an order that is not paid yet."""
    stated = body.get("proceeds", {}).get("grandTotal", {}).get("amount", "0")
    return Decimal(stated[0] if isinstance(stated, list) else stated)
