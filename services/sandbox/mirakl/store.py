"""One shop's whole state and what an operator decided for it."""

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from services.sandbox.faults import Faults
from services.sandbox.mirakl import pricing, stocking
from services.sandbox.mirakl.book import Book, Query, Stored
from services.sandbox.mirakl.catalogue import ProductImport
from services.sandbox.mirakl.errors import Refusal, not_found
from services.sandbox.mirakl.imports import Imports
from services.sandbox.mirakl.offers import Offers
from services.sandbox.mirakl.options import Options

FREQUENCIES = {
    "OR11": 60.0, "STO01": 60.0, "STO02": 15.0, "STO03": 60.0, "PRI01": 60.0, "PRI02": 60.0, "PRI03": 60.0,
    "H11": 3600.0, "PM11": 3600.0, "VL11": 3600.0, "P41": 900.0, "P42": 60.0, "RT11": 300.0,
}  # fmt: skip
"""Seconds that must lie between two calls, as published; more often than that is answered with 429 and no advice."""
DELIMITERS = {"COMMA": ",", "SEMICOLON": ";"}
CARRIERS = (
    ("DHL", "DHL Paket", "https://www.dhl.example/track?id={trackingId}"),
    ("DPD", "DPD Deutschland", "https://www.dpd.example/{trackingId}"),
    ("SPEDITION", "Spedition", ""),
)


@dataclass
class Page:
    """What OR11 served last, for the faults that repeat it or move its first row behind the reader's back."""

    rows: list[Stored] = field(default_factory=list)
    total: int = 0


class Store:
    def __init__(self, name: str, faults: Faults, clock: Callable[[], datetime], options: Options) -> None:
        self.faults, self.clock, self.options = faults, clock, options
        self.api_key = hashlib.sha256(f"mirakl:{name}".encode()).hexdigest()[:36]
        self.shop_id = 2001
        self.next_number = itertools.count(10001).__next__
        self._documents = itertools.count(1101)
        self.offers = Offers()
        self.book = Book(clock)
        self.imports = {
            "stock": Imports(
                options.import_seconds, partial(stocking.work, self.offers), stocking.NEEDED, stocking.COLUMNS
            ),
            "pricing": Imports(
                options.import_seconds,
                partial(pricing.work, self.offers, options),
                pricing.NEEDED,
                pricing.columns(options),
            ),
        }
        self.products: dict[int, ProductImport] = {}
        self.returns: list[dict[str, Any]] = []
        self.judged: list[tuple[str, str, int, bool]] = []
        """What the shop said of lines of returns: order, line, pieces, and whether they are as they should be."""
        self.shipments: list[dict[str, Any]] = []
        self.documents: list[dict[str, Any]] = []
        self.last_page: Page | None = None
        self.last_question: Query | None = None
        self.in_flight = 0
        self._called: dict[tuple[str, str], datetime] = {}

    def next_document(self) -> str:
        return str(next(self._documents))

    def order(self, id: str) -> Stored:
        found = self.book.orders.get(id)
        if found is None:
            raise not_found("Order", id)
        return found

    def not_too_often(self, operation: str, record: str = "") -> None:
        """Refuses a call that comes before the published time has passed since the last one."""
        now, last = self.clock(), self._called.get((operation, record))
        if last is not None and (now - last).total_seconds() < FREQUENCIES[operation]:
            raise Refusal(429, "Too many requests")
        self._called[operation, record] = now

    def listing_not_too_often(self, query: Query) -> None:
        """A walk through the orders may begin once a minute; its pages belong to it, and so does a page asked for
        again. Where a page begins is no part of what a walk is about."""
        about = replace(query, created_from=None, offset=0)
        first = query.created_from is None and query.offset == 0
        if first and query != self.last_question and not query.states:
            self.not_too_often("OR11")
        if not query.states:
            self.last_question = query if first else about

    def catch_up(self) -> None:
        """Works through everything whose time has come."""
        for kind in self.imports.values():
            kind.catch_up(self.clock())
