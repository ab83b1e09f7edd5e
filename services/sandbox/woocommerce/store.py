"""One shop's whole state and the few ways in which it changes; the API and the merchant's customers both use these."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.faults import Faults
from services.sandbox.webhooks import WebhookSender
from services.sandbox.woocommerce.authentication import ApiKey, Authentication
from services.sandbox.woocommerce.book import OrderBook, Stored
from services.sandbox.woocommerce.catalogue import Catalogue, Row
from services.sandbox.woocommerce.checkout import Checkout
from services.sandbox.woocommerce.goods import shown
from services.sandbox.woocommerce.hooks import Hooks
from services.sandbox.woocommerce.lines import meta_row
from services.sandbox.woocommerce.order import STATUSES, move_to
from services.sandbox.woocommerce.times import both

STOCK_TAKEN = ("processing", "completed", "on-hold")
STOCK_RETURNED = ("cancelled", "pending")


@dataclass(frozen=True)
class Options:
    """How this shop differs from another one.

    `fulfilments`: WooCommerce's own shipment records are switched on. `shipment_tracking`: a plugin keeps them instead.
    `number_prefix`: a plugin gives order numbers of its own. `permalinks` False: they are "plain", so nothing answers
    below /wp-json. `manage_stock` False: the shop counts nothing. `batch_items`: the most rows of a batch, which a
    filter of the shop sets.
    """

    version: str = "11.0.1"
    fulfilments: bool = True
    shipment_tracking: bool = False
    number_prefix: str = ""
    permalinks: bool = True
    manage_stock: bool = True
    batch_items: int = 100


@dataclass(frozen=True)
class ServedPage:
    """The order page served last, for the faults that repeat it or move its first row behind the reader's back."""

    form: tuple[int, tuple[str, ...]] | None = None
    items: list[bytes] = field(default_factory=list)
    total: int = 0
    first: Stored | None = None


class Store:
    """`home` is the shop's address as it knows it, without a slash at the end."""

    def __init__(
        self,
        name: str,
        home: str,
        faults: Faults,
        sender: WebhookSender,
        clock: Callable[[], datetime],
        options: Options,
    ) -> None:
        self.name, self.home, self.faults, self.clock, self.options = name, home, faults, clock, options
        self.next_id = itertools.count(1001).__next__
        self.next_meta = itertools.count(1).__next__
        self._next_item = 1
        self.key = ApiKey.of_shop(name, "read_write")
        self.read_key = ApiKey.of_shop(name, "read")
        self.authentication = Authentication([self.key, self.read_key], clock, self._revoked)
        self.catalogue = Catalogue(clock, self.next_id)
        self.catalogue.changed = self._product_changed
        self.checkout = Checkout(self.catalogue, self.next_item, self.next_meta, home, options.version)
        self.hooks = Hooks(home, options.version, sender, clock, itertools.count(1).__next__)
        self.book = OrderBook(clock)
        self.refunds: dict[int, dict[int, dict[str, Any]]] = {}
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.fulfilments: dict[int, list[dict[str, Any]]] = {}
        self.trackings: dict[int, list[dict[str, Any]]] = {}
        self.last_page = ServedPage()

    def next_item(self) -> int:
        return self.take_items(1)

    def take_items(self, count: int) -> int:
        """Reserves a block of line ids and answers the first."""
        first, self._next_item = self._next_item, self._next_item + count
        return first

    def _revoked(self, path: str) -> bool:
        return self.faults.take("revoke_token", path) is not None

    def _product_changed(self, row: Row, created: bool) -> None:
        topic = "product.created" if created else "product.updated"
        self.hooks.fire(topic, lambda: json.dumps(shown(row, self.home, self.catalogue.terms)).encode())

    def placed(self, order: Stored) -> None:
        """A new order is in the book: subscribers hear of it, twice, as from a real shop."""
        for topic in ("order.created", "order.updated"):
            self.hooks.fire(topic, lambda: order.rendered(2))

    def changed(self, order: Stored, at: datetime | None = None) -> None:
        """Call after any change to an order's body."""
        self.book.changed(order, at)
        self.hooks.fire("order.updated", lambda: order.rendered(2))

    def set_status(self, order: Stored, status: str, at: datetime | None = None) -> None:
        """A status move with what the shop does then: dates, stock, a note. The caller saves with `changed`."""
        body = order.body()
        before = body["status"]
        if before == status:
            return
        move_to(body, status, at or self.clock())
        if status in STOCK_RETURNED:
            self.return_stock(body)
        elif status in STOCK_TAKEN:
            self.take_stock(body)
        names = dict(STATUSES)
        self.note(
            order.id, f"Status von {names.get(before, before)} auf {names.get(status, status)} geändert.", "system"
        )

    def take_stock(self, body: dict[str, Any]) -> None:
        """Every line whose product is counted lowers its stock once and remembers by how much."""
        for line in body["line_items"]:
            row = self.catalogue.rows.get(line["variation_id"] or line["product_id"])
            taken = any(meta["key"] == "_reduced_stock" for meta in line["meta_data"])
            if row is None or taken or not isinstance(line["quantity"], int):
                continue
            if self.catalogue.sell(row, line["quantity"]) is not None:
                line["meta_data"].append(meta_row(self.next_meta(), "_reduced_stock", str(line["quantity"])))

    def return_stock(self, body: dict[str, Any]) -> None:
        """Puts back what the lines had taken."""
        for line in body["line_items"]:
            for meta in [meta for meta in line["meta_data"] if meta["key"] == "_reduced_stock"]:
                row = self.catalogue.rows.get(line["variation_id"] or line["product_id"])
                if row:
                    self.catalogue.sell(row, -int(Decimal(meta["value"])))
                line["meta_data"].remove(meta)

    def note(self, order_id: int, text: str, author: str, customer_note: bool = False) -> dict[str, Any]:
        """Adds an order note. It does not move the order's stamp."""
        note = {
            "id": self.next_id(),
            "author": author,
            **both("date_created", self.clock()),
            "note": text,
            "customer_note": customer_note,
        }
        self.notes.setdefault(order_id, []).append(note)
        return note

    def trash(self, order: Stored) -> None:
        """Into the bin: still readable by id, gone from the list."""
        order.body()["status"] = "trash"
        self.book.changed(order)
        self.hooks.fire("order.deleted", lambda: json.dumps({"id": order.id}).encode())

    def delete(self, order: Stored) -> None:
        self.book.remove(order)
        self.hooks.fire("order.deleted", lambda: json.dumps({"id": order.id}).encode())
