"""Everything one account holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.sandbox.ebay.account import Account
from services.sandbox.ebay.book import OrderBook
from services.sandbox.ebay.goods import Goods
from services.sandbox.ebay.hooks import Hooks
from services.sandbox.ebay.listing import Listings
from services.sandbox.ebay.login import Login
from services.sandbox.ebay.signatures import SigningKey
from services.sandbox.faults import Faults


@dataclass
class Store:
    """`signed`: the seller is in the EU or the UK, where money is only moved by signed calls."""

    login: Login
    book: OrderBook
    goods: Goods
    hooks: Hooks
    signing: SigningKey
    faults: Faults
    clock: Callable[[], datetime]
    address: Callable[[], str]
    signed: bool
    account: Account
    listings: Listings
