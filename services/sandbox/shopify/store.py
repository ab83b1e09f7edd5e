"""The orders of one shop, and everything that is found through them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.faults import Faults
from services.sandbox.merchant import CensusRow
from services.sandbox.shopify import bulk
from services.sandbox.shopify.bulk import Block
from services.sandbox.shopify.identity import gid, kind_of, moment, number_of, stamp
from services.sandbox.shopify.index import OrderIndex
from services.sandbox.shopify.money import amount

Record = dict[str, Any]


class Orders:
    """Orders by number. Those of a block are cast anew for every reader until somebody changes them."""

    def __init__(self, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._faults = faults
        self._clock = clock
        self._kept: dict[int, Record] = {}
        self._blocks: list[Block] = []
        self._parts: dict[str, Record] = {}
        self.index = OrderIndex()
        self.cases: dict[int, tuple[str, tuple[str, ...]]] = {}

    def add(self, order: Record, case: str, expect: tuple[str, ...]) -> None:
        number = number_of(order["id"])
        self._kept[number] = order
        self.cases[number] = (case, expect)
        for row in order["fulfillmentOrders"]:
            self._parts[row["id"]] = row
        self._index(order)

    def add_block(self, block: Block) -> None:
        self._blocks.append(block)
        stamps = {number: stamp(block.at(number)) for number in block.numbers()}
        rule = self._faults.take("late_visibility")
        if rule is None:
            self.index.put_many(stamps)
            return
        for number, at in stamps.items():
            self.index.put(number, at, at, self._clock() + timedelta(seconds=rule.seconds))

    def register(self, part: Record) -> None:
        """Makes a fulfilment or a refund findable by its id."""
        self._parts[part["id"]] = part

    def read(self, number: int) -> Record | None:
        """An order for reading only."""
        kept = self._kept.get(number)
        if kept is not None:
            return kept
        block = self._block(number)
        return block.cast(number) if block and block.order_of(number) == number else None

    def must_read(self, number: int) -> Record:
        """An order that is known to exist."""
        found = self.read(number)
        assert found is not None
        return found

    def open(self, identifier: str) -> Record | None:
        """An order for changing."""
        number = bulk.number(identifier) if kind_of(identifier) == "Order" else -1
        if number not in self._kept:
            order = self.read(number)
            if order is None:
                return None
            self._kept[number] = order
            for row in order["fulfillmentOrders"]:
                self._parts[row["id"]] = row
        return self._kept[number]

    def part(self, identifier: str, keep: bool = False) -> Record | None:
        """A fulfilment order, fulfilment or refund. `keep` is for a caller who will change it."""
        found = self._parts.get(identifier)
        block = self._block(bulk.number(identifier)) if found is None else None
        if block is None or kind_of(identifier) != "FulfillmentOrder":
            return found
        number = block.order_of(number_of(identifier))
        assert number is not None
        order = self.open(gid("Order", number)) if keep else self.read(number)
        assert order is not None
        return next((row for row in order["fulfillmentOrders"] if row["id"] == identifier), None)

    def touched(self, order: Record) -> None:
        """The order was changed: its stamp moves, and the index learns of it."""
        order["updatedAt"] = max(stamp(self._clock()), order["updatedAt"])
        self._index(order)

    def touched_at(self, order: Record, at: datetime | None) -> None:
        """As `touched`, for a change that happened at a given time."""
        if at is None:
            self.touched(order)
            return
        order["updatedAt"] = max(stamp(at), order["updatedAt"])
        self._index(order)

    def _index(self, order: Record) -> None:
        rule = self._faults.take("late_visibility")
        late = self._clock() + timedelta(seconds=rule.seconds) if rule else None
        self.index.put(number_of(order["id"]), order["createdAt"], order["updatedAt"], late)

    def _block(self, number: int) -> Block | None:
        place = bisect_right(self._blocks, number, key=lambda block: block.first) - 1
        found = self._blocks[place] if place >= 0 else None
        return found if found and found.order_of(number) is not None else None

    def all(self) -> Iterator[Record]:
        """Every order that is held as a record of its own."""
        return iter(self._kept.values())

    def census(self) -> list[CensusRow]:
        rows = [self._row(number, order) for number, order in self._kept.items()]
        for block in self._blocks:
            for number in block.numbers():
                if number not in self._kept:
                    total, currency = block.total(number)
                    identifier, at = gid("Order", number), block.at(number).replace(microsecond=0)
                    rows.append(CensusRow(identifier, block.name(number), at, total, currency, "plain", (), False))
        return rows

    def _row(self, number: int, order: Record) -> CensusRow:
        case, expect = self.cases.get(number, ("plain", ()))
        return CensusRow(
            external_id=order["id"],
            number=order["name"],
            stamp=moment(order["updatedAt"]),
            total=amount(order["totalPriceSet"]),
            currency=order["currencyCode"],
            case=case,
            expect=expect,
            test=order["test"],
        )
