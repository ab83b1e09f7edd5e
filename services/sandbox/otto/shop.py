"""One account of the pretend merchant at OTTO Market."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, World
from services.sandbox.otto import changes
from services.sandbox.otto.routes import routes
from services.sandbox.otto.store import Store
from services.sandbox.webhooks import WebhookSender


class OttoShop:
    """Implements `merchant.Shop`. `installed`: the app is a service partner's, and the seller installed it. OTTO takes
    `review_seconds` to look at a new product itself; `refused_products` are numbers that it does not want, and why."""

    platform = "otto"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        installed: bool = False,
        review_seconds: float = 1200.0,
        refused_products: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.name = name
        self.store = Store.of(name, faults, clock, installed, refused_products, timedelta(seconds=review_seconds))

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        access = self.store.access
        found = {"client_id": access.client_id, "client_secret": access.client_secret}
        if access.installed:
            found |= {"app_id": access.app_id, "installation_id": access.installation_id}
        return found

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.goods.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        order = self.store.book.place(basket)
        for item in order.items:
            self.store.goods.sell(item["product"]["sku"], 1)
        return order.id

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        moments = (now - spread * (1 - (index + 1) / count) for index in range(count))
        return [self.place(replace(baskets[index % len(baskets)], placed_at=at)) for index, at in enumerate(moments)]

    def release(self, external_id: str) -> None:
        """An announced order may be shipped: its half hour is over, or the customer has paid in advance."""
        self.store.book.release(self.store.book.orders[external_id])

    def change(self, external_id: str, change: Change) -> None:
        changes.apply(self.store, self.store.book.orders[external_id], change)

    def announce(self, external_id: str, pieces: Mapping[str, int]) -> None:
        """The customer says that he sends pieces back."""
        order = self.store.book.orders[external_id]
        self.store.returns.tell(order, [one for one in order.items if one["positionItemId"] in pieces], "ANNOUNCED")

    def decided(self) -> list[tuple[str, str, int, bool]]:
        """What the seller said of pieces: order, line, how many, and whether they are accepted."""
        return [(order, piece, 1, status == "ACCEPTED") for order, piece, status, _ in self.store.returns.said]

    def census(self) -> list[CensusRow]:
        return [
            CensusRow(
                external_id=order.id,
                number=order.number,
                stamp=order.modified,
                total=order.placed.total,
                currency="EUR",
                case=order.basket.case,
                expect=order.basket.expected(self.platform),
                # Test orders exist in the platform's own sandbox only, and carry no mark there.
                test=False,
            )
            for order in self.store.book
        ]

    def stock(self) -> dict[str, int]:
        return self.store.goods.stock()

    def strike_price(self, sku: str) -> Decimal | None:
        """What customers see crossed out beside a sale's price."""
        pricing = self.store.goods.rows[sku].pricing
        return Decimal(str(pricing["standardPrice"]["amount"])) if "sale" in pricing else None

    def parcels(self) -> list[Parcel]:
        """What the customers see, order by order."""
        found = []
        for row in self.store.shipments.rows.values():
            for id in dict.fromkeys(item["salesOrderId"] for item in row["positionItems"]):
                items = tuple(
                    (item["positionItemId"], 1) for item in row["positionItems"] if item["salesOrderId"] == id
                )
                key = row["trackingKey"]
                found.append(Parcel(id, key.get("trackingNumber", ""), key["carrier"], items))
        return found
