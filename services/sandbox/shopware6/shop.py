"""One Shopware 6 shop of the pretend merchant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, SentDocument, ShownProduct, World
from services.sandbox.shopware6 import documents, showing, staff
from services.sandbox.shopware6.api import routes
from services.sandbox.shopware6.store import Options, Store, changed_at
from services.sandbox.webhooks import WebhookSender


class Shopware6Shop:
    """Implements `merchant.Shop`. `options` are those of `Options`."""

    platform = "shopware6"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        **options: Any,
    ) -> None:
        self.name = name
        self.store = Store(name, faults, clock, Options(**options))

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        return {"access_key": self.store.key.access_key, "secret_access_key": self.store.key.secret}

    def read_only_credentials(self) -> dict[str, Any]:
        """An integration whose role may read and nothing else."""
        return {"access_key": self.store.limited_key.access_key, "secret_access_key": self.store.limited_key.secret}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.catalogue.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        return self.store.place(basket, basket.expected(self.platform))

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        return [
            self.place(replace(baskets[index % len(baskets)], placed_at=now - spread * (1 - (index + 1) / count)))
            for index in range(count)
        ]

    def forget_payment(self, external_id: str) -> None:
        """An order that an app made without telling of any payment."""
        self.store.orders[external_id].body["transactions"] = []

    def change(self, external_id: str, change: Change) -> None:
        staff.apply(self.store, self.store.orders[external_id].body, change)

    def census(self) -> list[CensusRow]:
        return [
            CensusRow(
                external_id=id,
                number=stored.body["orderNumber"],
                stamp=datetime.fromisoformat(changed_at(stored.body)),
                total=Decimal(stored.body["amountTotal"]),
                currency=stored.body["currency"]["isoCode"],
                case=stored.case,
                expect=stored.expect,
                # The platform has no mark for test orders, so the shop itself counts none.
                test=False,
            )
            for id, stored in self.store.orders.items()
        ]

    def stock(self) -> dict[str, int]:
        return self.store.catalogue.stock()

    def strike_price(self, sku: str) -> Decimal | None:
        return self.store.catalogue.strike_price(sku)

    def price_of(self, sku: str, group: str, quantity: int) -> Decimal:
        return self.store.catalogue.price_of(sku, group, quantity)

    def products(self) -> list[ShownProduct]:
        return showing.products(self.store)

    def documents(self) -> list[SentDocument]:
        return documents.sent(self.store)

    def parcels(self) -> list[Parcel]:
        """One per tracking number: the platform does not record what was in it, nor who carries it."""
        return [
            Parcel(id, code, "", ())
            for id, stored in self.store.orders.items()
            for delivery in stored.body["deliveries"]
            for code in delivery["trackingCodes"]
        ]
