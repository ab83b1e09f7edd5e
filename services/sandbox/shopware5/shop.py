"""One Shopware 5 shop of the pretend merchant: the one he is about to leave."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, World
from services.sandbox.shopware5 import edits
from services.sandbox.shopware5.api import routes
from services.sandbox.shopware5.states import payment_status
from services.sandbox.shopware5.store import Store
from services.sandbox.webhooks import WebhookSender


class Shopware5Shop:
    """Implements `merchant.Shop`. `changes` off: orders do not tell when they were changed; `zoned` off: times are told
    as the database has them, without an offset."""

    platform = "shopware5"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        version: str = "5.7.18",
        changes: bool = True,
        zoned: bool = True,
    ) -> None:
        self.name = name
        self.store = Store(name, faults, clock, version, changes, zoned)

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        return {"user": self.store.access.user, "api_key": self.store.access.api_key}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.catalogue.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        return str(self.store.place(basket, basket.expected(self.platform)))

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        moments = (now - spread * (1 - (index + 1) / count) for index in range(count))
        return [self.place(replace(baskets[index % len(baskets)], placed_at=at)) for index, at in enumerate(moments)]

    def change(self, external_id: str, change: Change) -> None:
        edits.apply(self.store, self.store.orders[int(external_id)], change)

    def forget_payment(self, external_id: str) -> None:
        """The payment's provider answered with something that people have to look at."""
        self.store.orders[int(external_id)].body.update(paymentStatusId=21, paymentStatus=payment_status(21))

    def census(self) -> list[CensusRow]:
        """What its backend counts as orders: baskets that were left at the checkout are not among them."""
        return [
            CensusRow(
                external_id=str(id),
                number=one.body["number"],
                stamp=one.stamp,
                total=Decimal(one.body["invoiceAmount"]),
                currency=one.body["currency"],
                case=one.case,
                expect=one.expect,
                # The platform has no mark for test orders.
                test=False,
            )
            for id, one in self.store.orders.items()
            if one.ordered
        ]

    def left_behind(self) -> list[str]:
        """The ids of baskets that nobody ordered."""
        return [str(id) for id, one in self.store.orders.items() if not one.ordered]

    def stock(self) -> dict[str, int]:
        return {row["number"]: row["inStock"] for row in self.store.catalogue.details()}

    def parcels(self) -> list[Parcel]:
        """Nobody sends this shop anything any more."""
        return []
