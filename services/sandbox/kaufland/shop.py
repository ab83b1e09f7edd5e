"""One account of the pretend merchant at Kaufland."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.kaufland import changes
from services.sandbox.kaufland.goods import ean_of
from services.sandbox.kaufland.routes import routes
from services.sandbox.kaufland.routes_units import parcels
from services.sandbox.kaufland.store import Store
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, SentDocument, World
from services.sandbox.webhooks import WebhookSender

MOST_WRITTEN = 65_535
LOCALES = {
    "de": "de-DE", "at": "de-AT", "cz": "cs-CZ", "sk": "sk-SK", "pl": "pl-PL", "fr": "fr-FR", "it": "it-IT",
}  # fmt: skip


def _pictures(product: Product) -> list[str]:
    """An address, or an address with a text, as JSON."""
    first, *others = product.images
    return [first, *(json.dumps({"url": one, "alt_text": product.title}) for one in others)]


class KauflandShop:
    """Implements `merchant.Shop`. `storefronts` sell, `unfinished` ones were only opened; `careless` writes times and
    countries as loosely as the platform's own pages do; `signature` is `hex` or `base64`."""

    platform = "kaufland"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        storefronts: str = "de",
        unfinished: str = "",
        careless: bool = False,
        signature: str = "hex",
    ) -> None:
        self.name = name
        self.store = Store.of(
            name, faults, webhooks, clock, tuple(storefronts.split()), tuple(unfinished.split()), careless, signature
        )

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        return {"client_key": self.store.access.client_key, "secret_key": self.store.access.secret_key}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        """What the merchant sells is known to the platform: he has told it long ago."""
        self.store.goods.stock_catalogue(products)
        for one in products:
            for variant in one.variants:
                told = {"title": [variant.title], "description": [one.description], "picture": _pictures(one)}
                for storefront in self.store.storefronts:
                    self.store.products.know(ean_of(variant.ean, variant.title), LOCALES[storefront], told)

    def place(self, basket: Basket) -> str:
        return self.place_in(self.store.storefronts[0], basket)

    def place_in(self, storefront: str, basket: Basket) -> str:
        """An order of a customer of that country."""
        order = self.store.book.place(basket, storefront)
        for key in order.placed.keys.values():
            self.store.goods.sell(key, 1)
        if basket.note:
            # There is no field for it in an order: who has something to say opens a ticket.
            self.write_ticket(order.id, basket.note[:MOST_WRITTEN], at=basket.placed_at)
        return order.id

    def write_ticket(self, external_id: str, text: str, at: datetime | None = None) -> str:
        """The customer asks about the first piece of an order."""
        order = self.store.book.orders[external_id]
        kind, units = order.placed.body["fulfillment_type"], (order.units[0]["id_order_unit"],)
        return self.store.tickets.open(units, text, storefront=order.storefront, kind=kind, at=at)

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        moments = (now - spread * (1 - (index + 1) / count) for index in range(count))
        return [self.place(replace(baskets[index % len(baskets)], placed_at=at)) for index, at in enumerate(moments)]

    def release(self, external_id: str) -> None:
        """The platform confirms an order: it may be sent from now on."""
        order = self.store.book.orders[external_id]
        for unit in order.units:
            if unit["status"] == "open":
                self.store.book.become(order, unit, "need_to_be_sent")

    def forget_addresses(self, external_id: str) -> None:
        """Some time after an order is over the platform no longer tells who bought."""
        self.store.book.orders[external_id].placed.body.update(billing_address=None, shipping_address=None, buyer=None)

    def change(self, external_id: str, change: Change) -> None:
        changes.apply(self.store.book, self.store.goods, self.store.book.orders[external_id], change)

    def announce(self, external_id: str, pieces: Mapping[str, int]) -> None:
        """The customer sends pieces back."""
        order = self.store.book.orders[external_id]
        for unit in order.units:
            if str(unit["id_order_unit"]) in pieces:
                self.store.book.announce(order, unit)

    def decided(self) -> list[tuple[str, str, int, bool]]:
        """What the seller said of pieces that came back: order, line, how many, and whether they are accepted."""
        return self.store.book.decided

    def census(self) -> list[CensusRow]:
        return [
            CensusRow(
                external_id=order.id,
                number=order.id,
                stamp=order.stamp,
                total=order.total,
                currency=order.placed.currency,
                case=order.basket.case,
                expect=order.basket.expected(self.platform),
                # Test orders exist at the playground only, and carry no mark there.
                test=False,
            )
            for order in self.store.book
        ]

    def stock(self) -> dict[str, int]:
        return dict(self.store.goods.amounts)

    def documents(self) -> list[SentDocument]:
        rows = (row for order in self.store.book for row in order.invoices)
        files = self.store.files
        return [
            SentDocument(row["id_order"], row["mime_type"], row["original_name"], files[row["id_invoice"]])
            for row in rows
        ]

    def parcels(self) -> list[Parcel]:
        return [
            Parcel(order.id, number, carrier, tuple((str(id), 1) for id in ids))
            for order in self.store.book
            for (number, carrier), ids in parcels(order).items()
        ]
