"""One Shopify shop of the pretend merchant."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, ShownProduct, World
from services.sandbox.shopify import defects, edits, returns, shown, stocktaking
from services.sandbox.shopify.access import CUSTOMER_DATA, SCOPES, Access
from services.sandbox.shopify.backend import Backend
from services.sandbox.shopify.bucket import Bucket
from services.sandbox.shopify.bulk import Block, Mould
from services.sandbox.shopify.catalogue import Catalogue
from services.sandbox.shopify.endpoints import Endpoints
from services.sandbox.shopify.execution import Executor
from services.sandbox.shopify.fulfilment import fulfil
from services.sandbox.shopify.identity import Numbers, gid
from services.sandbox.shopify.order import Writer
from services.sandbox.shopify.people import Customers
from services.sandbox.shopify.price_lists import PriceLists
from services.sandbox.shopify.resolvers import resolvers
from services.sandbox.shopify.store import Orders
from services.sandbox.shopify.subscriptions import Subscriptions
from services.sandbox.webhooks import WebhookSender

FIRST_ORDER = 1001


class ShopifyShop:
    """Implements `Shop`. `access`, `bucket`, `catalogue` and `subscriptions` may be taken hold of by a test.

    `bucket_size` and `restore_rate` are the points of the rate limit and how many come back per second (a plan);
    `scopes` narrows what the app may do, `customer_data` says whether it may see who the customers are.
    """

    platform = "shopify"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        *,
        bucket_size: float = 2000.0,
        restore_rate: float = 100.0,
        scopes: tuple[str, ...] = SCOPES,
        customer_data: bool = True,
        currency: str = "EUR",
        version: str = "2026-10",
    ) -> None:
        self.name = name
        self.domain = f"{name}.myshopify.com"
        numbers = Numbers(name)
        self.access = Access(name, clock)
        self.access.scopes = {*scopes, *([CUSTOMER_DATA] if customer_data else [])}
        self.bucket = Bucket(clock, bucket_size, restore_rate)
        self.catalogue = Catalogue(numbers, clock)
        self.orders = Orders(faults, clock)
        self.subscriptions = Subscriptions(self.domain, version, self.access, webhooks, numbers, clock)
        self._backend = Backend(
            name, self.domain, currency, clock, numbers, self.catalogue, self.orders, self.subscriptions
        )
        self._writer = Writer(self.domain, numbers, self.catalogue, Customers(numbers))
        self.price_lists = PriceLists()
        fields = resolvers(self._backend, self.access, faults, self.price_lists)
        executor = Executor(fields, self.access, self.bucket)
        self._endpoints = Endpoints(self._backend, self.access, executor, faults)
        self._next = FIRST_ORDER
        self._moulds: tuple[tuple[Basket, ...], tuple[Mould, ...]] = ((), ())

    def routes(self) -> APIRouter:
        return self._endpoints.routes()

    def credentials(self) -> dict[str, Any]:
        """The app's client credentials, and a token of the old kind that also works."""
        return {
            "client_id": self.access.client_id,
            "client_secret": self.access.client_secret,
            "access_token": self.access.static_token,
        }

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.catalogue.add(products)

    def place(self, basket: Basket) -> str:
        """Stores the order; what is left at once (a sale at the till, a gift card) is already fulfilled."""
        order = self._writer.order(basket, self._take_numbers(1), self._backend.clock())
        stocktaking.commit(self._backend, order)
        self._hand_over(order, basket)
        defects.apply(order, basket.defect)
        self.orders.add(order, basket.case, basket.expected(self.platform))
        self.subscriptions.publish("orders/create", order)
        return str(order["id"])

    def _hand_over(self, order: dict[str, Any], basket: Basket) -> None:
        for row in order["fulfillmentOrders"]:
            parts = [
                (row, part, part["remainingQuantity"])
                for part in row["lineItems"]
                if basket.pos or (basket.paid and part["lineItem"]["isGiftCard"])
            ]
            if parts:
                fulfil(self._backend, order, parts, None, order["createdAt"])

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        """Rendered once per basket; an order is written out when somebody reads it. Stock is not touched."""
        if self._moulds[0] is not baskets:
            self._moulds = (baskets, tuple(self._mould(basket) for basket in baskets))
        moulds = self._moulds[1]
        stride = 1 + max(mould.parts for mould in moulds)
        first = self._backend.numbers.take(count * stride)
        now = self._backend.clock()
        block = Block(moulds, first, stride, count, self._take_numbers(count), now, spread)
        self.orders.add_block(block)
        if any(row["topic"] == "ORDERS_CREATE" for row in self.subscriptions.rows):
            for number in block.numbers():
                self.subscriptions.publish("orders/create", block.cast(number))
        return [gid("Order", number) for number in block.numbers()]

    def _mould(self, basket: Basket) -> Mould:
        return Mould.of(self._writer.order(replace(basket, number=None), 0, self._backend.clock()))

    def _take_numbers(self, count: int) -> int:
        first = self._next
        self._next += count
        return first

    def change(self, external_id: str, change: Change) -> None:
        """Raises KeyError for an order that the shop does not have."""
        order = self.orders.open(external_id)
        if order is None:
            raise KeyError(external_id)
        edits.apply(self._backend, order, change)

    def census(self) -> list[CensusRow]:
        """`total` is `totalPriceSet`, what the order came to before anything was taken back."""
        return self.orders.census()

    def stock(self) -> dict[str, int]:
        """What is available over all locations; variants that share a number are added up."""
        found: dict[str, int] = {}
        for sku, quantity in self.catalogue.sellable():
            if sku:
                found[sku] = found.get(sku, 0) + quantity
        return found

    def price(self, sku: str) -> Decimal:
        """What a variant costs in the shop now. Raises KeyError for a number that the shop does not have."""
        variant = self.catalogue.variant(sku, "")
        if variant is None:
            raise KeyError(sku)
        return Decimal(variant["price"])

    def price_of(self, sku: str, group: str, quantity: int) -> Decimal:
        """What each of so many pieces costs whoever the price list `group` is for."""
        variant = self.catalogue.variant(sku, "")
        fixed = self.price_lists.fixed[group].get(variant["id"]) if variant else None
        return fixed.of(quantity) if fixed else self.price(sku)

    def strike_price(self, sku: str) -> Decimal | None:
        """What a variant is shown to have cost before. Raises KeyError for a number that the shop does not have."""
        variant = self.catalogue.variant(sku, "")
        if variant is None:
            raise KeyError(sku)
        return None if variant["compareAtPrice"] is None else Decimal(variant["compareAtPrice"])

    def products(self) -> list[ShownProduct]:
        """Everything the shop lists, on sale or not."""
        return [shown.product(self._backend, record) for record in self.catalogue.products]

    def parcels(self) -> list[Parcel]:
        """One per tracking number; a fulfilment without any counts as one parcel."""
        found = []
        for order in self.orders.all():
            for row in order["fulfillments"]:
                if row["status"] != "SUCCESS":
                    continue
                items = tuple((part["lineItem"]["id"], part["quantity"]) for part in row["fulfillmentLineItems"])
                for info in row["trackingInfo"] or [{"number": None, "company": None}]:
                    found.append(Parcel(order["id"], info["number"] or "", info["company"] or "", items))
        return found

    def ready_for_pickup(self) -> list[str]:
        """The orders whose customers were told that they may fetch their goods."""
        return [
            order["id"] for order in self.orders.all() if any(row.get("_ready") for row in order["fulfillmentOrders"])
        ]

    def take_back(self, external_id: str, units: Mapping[int, int], status: returns.Status = "OPEN") -> str:
        """A return of units, by the line's place, that were sent; answers its id. Raises KeyError for an unknown order,
        ValueError for units that cannot come back."""
        order = self.orders.open(external_id)
        if order is None:
            raise KeyError(external_id)
        lines = [(order["lineItems"][place], quantity) for place, quantity in units.items()]
        return str(returns.begin(self._backend, order, lines, status)["id"])

    def settle_return(self, external_id: str, return_id: str, status: returns.Status, *, pay: bool = False) -> None:
        """What the staff makes of a return; `pay` gives the money back as well. Raises KeyError for an unknown one."""
        order = self.orders.open(external_id)
        row = next((one for one in order["returns"] if one["id"] == return_id), None) if order else None
        if order is None or row is None:
            raise KeyError(return_id)
        if pay:
            returns.pay(self._backend, order, row)
        returns.move(self._backend, order, row, status)

    def returned(self) -> list[tuple[str, str, int]]:
        """Order, line and pieces of every return that was agreed to."""
        return [
            (order["id"], part["fulfillmentLineItem"]["lineItem"]["id"], part["quantity"])
            for order in self.orders.all()
            for row in order["returns"]
            if row["status"] in ("OPEN", "CLOSED")
            for part in row["returnLineItems"]
        ]

    def put_on_hold(self, external_id: str, reason: str = "AWAITING_PAYMENT") -> None:
        """Holds every open fulfilment order back. Raises KeyError for an order that the shop does not have."""
        order = self.orders.open(external_id)
        if order is None:
            raise KeyError(external_id)
        edits.hold(self._backend, order, reason)
