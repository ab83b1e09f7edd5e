"""Everything one account holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.sandbox.faults import Faults
from services.sandbox.otto.access import Access
from services.sandbox.otto.book import OrderBook
from services.sandbox.otto.checkout import new_ids
from services.sandbox.otto.goods import Goods
from services.sandbox.otto.parcels import Shipments
from services.sandbox.otto.pricing import PriceTasks
from services.sandbox.otto.receipts import Receipts


@dataclass
class Store:
    access: Access
    book: OrderBook
    goods: Goods
    shipments: Shipments
    prices: PriceTasks
    receipts: Receipts
    faults: Faults
    clock: Callable[[], datetime]

    @staticmethod
    def of(name: str, faults: Faults, clock: Callable[[], datetime], installed: bool) -> "Store":
        book, goods = OrderBook(clock, new_ids(name)), Goods(clock)
        access = Access(name, clock, lambda: faults.active("revoke_token") is not None, installed)
        receipts = Receipts(clock)
        shipments, prices = Shipments(book, goods, receipts, clock), PriceTasks(goods, clock)
        return Store(access, book, goods, shipments, prices, receipts, faults, clock)
