"""Everything one account holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sandbox.amazon.access import ROLES, Access
from services.sandbox.amazon.book import OrderBook
from services.sandbox.amazon.feeds import Feeds
from services.sandbox.amazon.goods import Goods
from services.sandbox.amazon.markets import Market
from services.sandbox.amazon.reports import Reports
from services.sandbox.amazon.settling import Ledger
from services.sandbox.faults import Faults


@dataclass
class Store:
    access: Access
    book: OrderBook
    goods: Goods
    feeds: Feeds
    reports: Reports
    faults: Faults
    clock: Callable[[], datetime]
    markets: tuple[Market, ...]
    address: str

    @staticmethod
    def of(
        name: str,
        address: str,
        faults: Faults,
        clock: Callable[[], datetime],
        markets: tuple[Market, ...],
        tax: str,
        lacking: frozenset[str],
        feed_seconds: float,
    ) -> "Store":
        roles = set(ROLES) - lacking
        access = Access(name, clock, lambda: faults.active("revoke_token") is not None, roles)
        book, goods = OrderBook(name, clock, tax, "personal" in roles), Goods(clock, markets)
        takes = timedelta(seconds=feed_seconds)
        feeds = Feeds(book, goods, access.seller_id, "invoices" in roles, clock, takes)
        reports = Reports(book, feeds, Ledger(), clock, takes, [market.id for market in markets])
        return Store(access, book, goods, feeds, reports, faults, clock, markets, address)
