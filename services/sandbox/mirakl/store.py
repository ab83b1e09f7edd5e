"""One shop's whole state and what an operator decided for it."""

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.sandbox.faults import Faults
from services.sandbox.mirakl.book import Book, Stored
from services.sandbox.mirakl.errors import Refusal, not_found
from services.sandbox.mirakl.offers import Offers
from services.sandbox.mirakl.options import Options
from services.sandbox.mirakl.stock_imports import StockImports

FREQUENCIES = {"STO01": 60.0, "STO02": 15.0, "STO03": 60.0}
"""Seconds that must lie between two calls, as published; more often than that is answered with 429 and no advice."""
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
        self.imports = StockImports(self.offers, options.import_seconds)
        self.shipments: list[dict[str, Any]] = []
        self.documents: list[dict[str, Any]] = []
        self.last_page: Page | None = None
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
