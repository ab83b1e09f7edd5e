"""Everything one account holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sandbox.faults import Faults
from services.sandbox.otto.access import Access
from services.sandbox.otto.book import OrderBook
from services.sandbox.otto.checkout import new_ids
from services.sandbox.otto.goods import Goods
from services.sandbox.otto.parcels import Shipments
from services.sandbox.otto.pricing import Prices
from services.sandbox.otto.products import Products
from services.sandbox.otto.receipts import Receipts
from services.sandbox.otto.returning import Returns
from services.sandbox.otto.tasks import Tasks


@dataclass
class Store:
    access: Access
    book: OrderBook
    goods: Goods
    shipments: Shipments
    tasks: Tasks
    prices: Prices
    products: Products
    receipts: Receipts
    returns: Returns
    faults: Faults
    clock: Callable[[], datetime]

    @staticmethod
    def of(
        name: str, faults: Faults, clock: Callable[[], datetime], installed: bool, refused: Mapping[str, str],
        review: timedelta,
    ) -> "Store":  # fmt: skip
        book, goods = OrderBook(clock, new_ids(name)), Goods(clock)
        access = Access(name, clock, lambda: faults.active("revoke_token") is not None, installed)
        receipts, returns, tasks = Receipts(clock), Returns(clock), Tasks(clock)
        shipments, prices = Shipments(book, goods, receipts, clock), Prices(goods, tasks, clock)
        products = Products(goods, tasks, clock, refused, review)
        return Store(access, book, goods, shipments, tasks, prices, products, receipts, returns, faults, clock)
