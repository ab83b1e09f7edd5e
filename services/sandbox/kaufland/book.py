"""The seller's orders, listed the one first whose units changed last; nothing about that order is promised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from services.sandbox.kaufland.checkout import Placed, order
from services.sandbox.kaufland.errors import not_found
from services.sandbox.kaufland.times import second, shown
from services.sandbox.merchant import Basket

FIRST_UNIT = 314_567_896_580_917
Unit = dict[str, Any]


@dataclass
class Stored:
    """One order. `stamps` are its units' changes, `parcels` the number and carrier each sent unit left with, `returns`
    what comes back and `return_stamps` when that changed, `invoices` what lies beside it."""

    placed: Placed
    basket: Basket
    stamps: dict[int, datetime]
    written_at: datetime
    parcels: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    returns: dict[int, dict[str, Any]] = field(default_factory=dict)
    return_stamps: dict[int, datetime] = field(default_factory=dict)
    invoices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.placed.body["id_order"])

    @property
    def storefront(self) -> str:
        return str(self.placed.body["storefront"])

    @property
    def units(self) -> list[Unit]:
        found: list[Unit] = self.placed.body["order_units"]
        return found

    @property
    def stamp(self) -> datetime:
        return max(self.stamps.values())

    @property
    def total(self) -> Decimal:
        """What the customer pays: every piece he ordered, and shipping of those that were not cancelled."""
        gone = {unit["id_order_unit"] for unit in self.units if unit["status"] == "cancelled"}
        worth = self.placed.worth
        return Decimal(sum(price + (0 if id in gone else rate) for id, (price, rate) in worth.items())).scaleb(-2)

    def row(self) -> dict[str, Any]:
        names = ("id_order", "ts_created_iso", "is_marketplace_deemed_supplier", "storefront", "fulfillment_type")
        counted = {"order_units_count": len(self.units), "ts_units_updated_iso": shown(self.stamp)}
        return {name: self.placed.body[name] for name in names} | counted


@dataclass
class OrderBook:
    """All orders by their id. `page` remembers the page served last, for the faults that repeat or move it; `tell`
    hears of every change of a unit's state; `decided` is what the seller said of returned units."""

    clock: Callable[[], datetime]
    orders: dict[str, Stored] = field(default_factory=dict)
    units: dict[int, Stored] = field(default_factory=dict)
    page: list[Stored] = field(default_factory=list)
    tell: Callable[[str, Stored, int], None] = lambda event, one, unit: None
    decided: list[tuple[str, str, int, bool]] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: count(FIRST_UNIT))
    _returns: Iterator[int] = field(default_factory=lambda: count(45_456_767))

    def place(self, basket: Basket, storefront: str) -> Stored:
        placed = order(basket, len(self.orders) + 1, storefront, lambda: next(self._ids))
        stamps = dict.fromkeys(placed.keys, second(basket.placed_at))
        stored = Stored(placed, basket, stamps, self.clock())
        self.orders[stored.id] = stored
        self.units |= dict.fromkeys(placed.keys, stored)
        self.tell("order_new", stored, 0)
        return stored

    def find(self, id: str) -> Stored:
        """Raises ApiError where there is none."""
        if id not in self.orders:
            raise not_found("The order")
        return self.orders[id]

    def unit(self, id: int) -> tuple[Stored, Unit]:
        """Raises ApiError where there is none."""
        stored = self.units.get(id)
        if stored is None:
            raise not_found("The order unit")
        return stored, next(unit for unit in stored.units if unit["id_order_unit"] == id)

    def listed(
        self,
        changed_from: datetime | None,
        placed_from: datetime | None,
        storefront: str | None,
        kinds: set[str],
        hidden_since: datetime | None,
    ) -> list[Stored]:
        """Both limits are exclusive; orders written after `hidden_since` are not listed yet."""
        found = [
            one
            for one in self.orders.values()
            if (changed_from is None or one.stamp > changed_from)
            and (placed_from is None or second(one.basket.placed_at) > placed_from)
            and (storefront is None or one.storefront == storefront)
            and one.placed.body["fulfillment_type"] in kinds
            and (hidden_since is None or one.written_at <= hidden_since)
        ]
        return sorted(found, key=lambda one: (one.stamp, one.id), reverse=True)

    def touch(self, one: Stored, unit: Unit, at: datetime | None = None) -> None:
        moment = second(at or self.clock())
        one.stamps[unit["id_order_unit"]] = moment
        unit["ts_updated_iso"] = shown(moment)

    def become(self, one: Stored, unit: Unit, status: str, at: datetime | None = None) -> None:
        """A unit changes its state, and whoever subscribed hears of it."""
        unit["status"] = status
        self.touch(one, unit, at)
        self.tell("order_unit_status_changed", one, unit["id_order_unit"])

    def send_back(self, one: Stored, unit: Unit, at: datetime | None, *, paid: bool) -> None:
        """What comes back was sent before, whoever told so."""
        self.announce(one, unit, at, "return_accepted")
        self.become(one, unit, "returned_paid" if paid else "returned", at)

    def announce(
        self, one: Stored, unit: Unit, at: datetime | None = None, status: str = "need_to_be_returned"
    ) -> None:
        """The customer sends a piece back. The piece itself does not change by it."""
        id = next(self._returns)
        one.return_stamps[unit["id_order_unit"]] = at or self.clock()
        one.returns[unit["id_order_unit"]] = {
            "id_return_unit": id,
            "id_return": id - 22_000_000,
            "id_order_unit": unit["id_order_unit"],
            "ts_created_iso": shown(at or self.clock()),
            "status": status,
            "note": None,
            "reason": "wrong_size",
            "storefront": one.storefront,
            "fulfillment_type": "fulfilled_by_merchant",
        }

    def __iter__(self) -> Iterator[Stored]:
        return iter(self.orders.values())
