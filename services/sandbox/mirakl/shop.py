"""One shop of the pretend merchant at an operator of a Mirakl marketplace."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, SentDocument, World
from services.sandbox.mirakl import changes, documents, lines, returning, shipping, till
from services.sandbox.mirakl.api import routes
from services.sandbox.mirakl.book import Stored
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.options import Options
from services.sandbox.mirakl.store import Store
from services.sandbox.mirakl.times import milliseconds
from services.sandbox.webhooks import WebhookSender


class MiraklShop:
    """Implements `merchant.Shop`. `options` are those of `Options`. Mirakl sends sellers no webhooks."""

    platform = "mirakl"

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
        return {"api_key": self.store.api_key, "shop_id": str(self.store.shop_id)}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.offers.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        store = self.store
        body = till.order(basket, store.next_number(), store.offers, store.options)
        placed = basket.placed_at.replace(microsecond=0)
        order = Stored(body, placed, placed, store.clock(), basket.case, basket.expected(self.platform))
        for line in body["order_lines"]:
            if isinstance(line["quantity"], int):
                store.offers.sell(line["offer_sku"], line["quantity"])
        store.book.add(order)
        if store.options.acceptance == "NOT_AUTOMATIC":
            self._move(order, "WAITING_ACCEPTANCE")
        return order.id

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        now = self.store.clock()
        moments = [now - spread * (1 - (index + 1) / count) for index in range(count)]
        return [
            self.place(replace(baskets[index % len(baskets)], placed_at=moment)) for index, moment in enumerate(moments)
        ]

    def accept(self, external_id: str, *refused: int) -> None:
        """The merchant decides in the operator's back office; the lines at these places are refused."""
        order = self.store.order(external_id)
        self._move(order, "WAITING_DEBIT")
        for place in refused:
            order.body["order_lines"][place]["order_line_state"] = "REFUSED"

    def debit(self, external_id: str) -> None:
        """The operator has the customer's money: the order may be shipped."""
        order = self.store.order(external_id)
        order.body["customer_debited_date"] = milliseconds(self.store.clock())
        self._move(order, "SHIPPING")

    def forget_payment(self, external_id: str) -> None:
        """An older order, of which the operator tells neither when nor whether the customer pays."""
        self.store.order(external_id).body |= {"payment_workflow": None, "customer_debited_date": None}

    def _move(self, order: Stored, state: str) -> None:
        for line in order.body["order_lines"]:
            if line["order_line_state"] not in lines.DEAD:
                line["order_line_state"] = state
        order.body["order_state"] = state
        if state == "WAITING_ACCEPTANCE":
            order.body |= {"acceptance_decision_date": None, "customer_debited_date": None}
        else:
            self.store.book.changed(order)
        lines.settle(order.body)

    def change(self, external_id: str, change: Change) -> None:
        order = self.store.book.orders[external_id]
        try:
            changes.apply(self.store, order, change)
        except Refusal as refusal:
            raise ValueError(refusal.message) from refusal

    def census(self) -> list[CensusRow]:
        return [
            CensusRow(
                external_id=order.id,
                number=order.id,
                stamp=order.updated,
                total=order.total,
                currency=order.body["currency_iso_code"],
                case=order.case,
                expect=order.expect,
                # Mirakl has no mark for test orders, so the shop itself counts none.
                test=False,
            )
            for order in self.store.book.orders.values()
        ]

    def announce(self, external_id: str, pieces: dict[str, int]) -> None:
        """The customer sends pieces back, and the operator has agreed."""
        returning.move(
            self.store, returning.send_back(self.store, self.store.order(external_id), pieces), "IN_PROGRESS"
        )

    def decided(self) -> list[tuple[str, str, int, bool]]:
        """What the shop said of pieces that came back: order, line, how many, and whether they are accepted."""
        return self.store.judged

    def stock(self) -> dict[str, int]:
        self.store.catch_up()
        return {offer.sku: offer.quantity for offer in self.store.offers.by_sku.values()}

    def strike_price(self, sku: str) -> Decimal | None:
        """What the offer cost before its discount."""
        self.store.catch_up()
        usual = self.store.offers.by_sku[sku].usual
        return None if usual.discount is None else usual.amount

    def price_of(self, sku: str, _group: str, quantity: int) -> Decimal:
        """What each of so many pieces costs."""
        self.store.catch_up()
        usual = self.store.offers.by_sku[sku].usual
        reached = [threshold for threshold in usual.volumes if threshold <= quantity]
        return usual.volumes[max(reached)] if reached else usual.now

    def parcels(self) -> list[Parcel]:
        return shipping.parcels(self.store)

    def documents(self) -> list[SentDocument]:
        return documents.sent(self.store)
