"""One account of the pretend merchant at eBay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter

from services.sandbox.ebay import changes
from services.sandbox.ebay.account import Account
from services.sandbox.ebay.book import OrderBook
from services.sandbox.ebay.checkout import Way
from services.sandbox.ebay.goods import Goods
from services.sandbox.ebay.hooks import Hooks
from services.sandbox.ebay.listing import Listings
from services.sandbox.ebay.login import PREFIX, SELLER, Login
from services.sandbox.ebay.routes import routes
from services.sandbox.ebay.signatures import SigningKey
from services.sandbox.ebay.store import Store
from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, World
from services.sandbox.webhooks import WebhookSender


class EbayShop:
    """Implements `merchant.Shop`. The first of `marketplaces` is where its customers buy; `lacking` are scopes the
    seller did not agree to, without their prefix; `signed`: money is only moved by signed calls."""

    platform = "ebay"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        marketplaces: str = "EBAY_DE",
        lacking: str = "",
        signed: bool = True,
    ) -> None:
        self.name = name
        self.marketplaces = tuple(marketplaces.split())
        consented = tuple(scope for scope in SELLER if scope.removeprefix(f"{PREFIX}/") not in lacking.split())
        login = Login(name, clock, lambda: faults.active("revoke_token") is not None, consented)
        account = Account(self.marketplaces)
        goods = Goods(clock, self.marketplaces, account.terms)
        book, hooks = OrderBook(clock, goods), Hooks(name, webhooks, clock)
        book.tell = lambda topic, order, line: hooks.about_order(topic, order.placed.body, line)
        self.store = Store(
            login, book, goods, hooks, SigningKey(name), faults, clock,
            lambda: f"{world.public_url}/ebay/{name}", signed, account, Listings(goods, account),
        )  # fmt: skip

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        login = self.store.login
        return {
            "client_id": login.client_id,
            "client_secret": login.client_secret,
            "ru_name": login.ru_name,
            "refresh_token": login.refresh_token,
            "signing_key": self.store.signing.jwe,
            "signing_private_key": self.store.signing.private_key,
        }

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.goods.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        return self.place_in(Way(self.marketplaces[0]), basket)

    def place_in(self, way: Way, basket: Basket) -> str:
        """An order that came about in some particular way."""
        return self.store.book.place(basket, way).id

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        moments = (now - spread * (1 - (index + 1) / count) for index in range(count))
        return [self.place(replace(baskets[index % len(baskets)], placed_at=at)) for index, at in enumerate(moments)]

    def change(self, external_id: str, change: Change) -> None:
        changes.apply(self.store.book, self.store.book.orders[external_id], change)

    def ask_to_cancel(self, external_id: str) -> None:
        """The buyer asks the seller to cancel; the seller has not answered."""
        self.store.book.ask_to_cancel(self.store.book.orders[external_id], "BUYER_ASKED_CANCEL", "BUYER")

    def forget_buyer(self, external_id: str) -> None:
        """After ninety days the platform no longer tells who bought."""
        body = self.store.book.orders[external_id].placed.body
        body["buyer"] = {"username": body["buyer"]["username"]}
        for instruction in body["fulfillmentStartInstructions"]:
            instruction.pop("shippingStep", None)

    def forget_payment(self, external_id: str) -> None:
        """The buyer's payment was begun and has not come to an end: eBay itself does not know yet."""
        body = self.store.book.orders[external_id].placed.body
        body["orderPaymentStatus"] = "PENDING"
        for payment in body["paymentSummary"]["payments"]:
            payment["paymentStatus"] = "PENDING"
            payment.pop("paymentDate", None)

    def census(self) -> list[CensusRow]:
        return [
            CensusRow(
                external_id=order.id,
                number=order.id,
                stamp=order.stamp,
                total=order.placed.total,
                currency=order.placed.currency,
                case=order.basket.case,
                expect=order.basket.expected(self.platform),
                # Test orders exist in the platform's own sandbox only, and carry no mark there.
                test=False,
            )
            for order in self.store.book
        ]

    def stock(self) -> dict[str, int]:
        return dict(self.store.goods.quantities)

    def parcels(self) -> list[Parcel]:
        return [
            Parcel(
                order.id,
                parcel.get("shipmentTrackingNumber", ""),
                parcel.get("shippingCarrierCode", ""),
                tuple((row["lineItemId"], row["quantity"]) for row in parcel["lineItems"]),
            )
            for order in self.store.book
            for parcel in order.parcels.values()
        ]
