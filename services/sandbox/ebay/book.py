"""The seller's orders, the newest first; where a cancellation stands is told with a single order only."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from services.sandbox.ebay.checkout import Placed, Way, order
from services.sandbox.ebay.errors import fulfillment
from services.sandbox.ebay.goods import Goods
from services.sandbox.ebay.refunding import Issuing
from services.sandbox.ebay.values import milli, shown
from services.sandbox.merchant import Basket

FIRST_LINE = 10_021_045_570_001


@dataclass
class Stored:
    """One order. `parcels` are the fulfilments, `requests` the cancellations asked for, `issuing` money on its way
    back."""

    placed: Placed
    basket: Basket
    stamp: datetime
    written_at: datetime
    parcels: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    issuing: Issuing = field(default_factory=Issuing)

    @property
    def id(self) -> str:
        return str(self.placed.body["orderId"])

    @property
    def lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.placed.body["lineItems"]
        return found

    def line(self, id: Any) -> dict[str, Any]:
        """Raises ApiError for a line of another order."""
        for line in self.lines:
            if line["lineItemId"] == id:
                return line
        raise fulfillment(32200, f"Invalid line item id: {id}")

    def told(self, id: str) -> int:
        """How many pieces of a line are in parcels."""
        return sum(
            row["quantity"]
            for parcel in self.parcels.values()
            for row in parcel["lineItems"]
            if row["lineItemId"] == id
        )

    def body(self, *, whole: bool, taxes: bool) -> dict[str, Any]:
        """As it is answered. With the breakdown of taxes the total holds what eBay collects."""
        found = copy.deepcopy(self.placed.body) if taxes and self.placed.collected else dict(self.placed.body)
        if whole:
            found["cancelStatus"] = found["cancelStatus"] | {"cancelRequests": self.requests}
        if taxes and self.placed.collected:
            total = found["pricingSummary"]["total"]
            name = "convertedFromValue" if "convertedFromValue" in total else "value"
            total[name] = f"{Decimal(total[name]) + self.placed.collected:f}"
        return found


@dataclass
class OrderBook:
    """All orders by their id. `page` is what was served last, for the faults that repeat or move it; `tell` hears of
    what happens to an order, by the topic's name."""

    clock: Callable[[], datetime]
    goods: Goods
    orders: dict[str, Stored] = field(default_factory=dict)
    page: list[Stored] = field(default_factory=list)
    tell: Callable[[str, Stored, str], None] = lambda topic, one, line: None
    _lines: Iterator[int] = field(default_factory=lambda: count(FIRST_LINE))
    _requests: Iterator[int] = field(default_factory=lambda: count(5_000_101))

    def place(self, basket: Basket, way: Way = Way()) -> Stored:
        placed = order(basket, len(self.orders) + 1, way, self.goods.listing_of, self._lines)
        stored = Stored(placed, basket, milli(basket.placed_at), self.clock())
        self.orders[stored.id] = stored
        for line in stored.lines:
            quantity = line["quantity"]
            self.goods.sell(placed.skus[line["lineItemId"]], quantity if isinstance(quantity, int) else quantity[0])
            self.tell("ORDER_CONFIRMATION", stored, line["lineItemId"])
        return stored

    def find(self, id: str) -> Stored:
        """By its id or the one it had in older interfaces. Raises ApiError where there is none."""
        found = self.orders.get(id) or next(
            (one for one in self.orders.values() if one.placed.body["legacyOrderId"] == id), None
        )
        if found is None:
            raise fulfillment(32100, f"Invalid order ID: {id}", 404)
        if found.issuing.settle(found.placed.body, self.clock()):
            self.touch(found)
        return found

    def listed(
        self, bounds: dict[str, tuple[datetime, datetime | None]], states: set[str], hidden_since: datetime | None
    ) -> list[Stored]:
        """Both ends of a window are inside; where creation is asked for, the change counts nothing."""
        name = "creationdate" if "creationdate" in bounds else "lastmodifieddate"
        since, until = bounds.get(name, (None, None))

        def at(one: Stored) -> datetime:
            return milli(one.basket.placed_at) if name == "creationdate" else one.stamp

        for one in self.orders.values():
            if one.issuing.settle(one.placed.body, self.clock()):
                self.touch(one)
        found = [
            one
            for one in self.orders.values()
            if (since is None or at(one) >= since)
            and (until is None or at(one) <= until)
            and (not states or one.placed.body["orderFulfillmentStatus"] in states)
            and (hidden_since is None or one.written_at <= hidden_since)
        ]
        return sorted(found, key=lambda one: (one.basket.placed_at, one.id), reverse=True)

    def touch(self, one: Stored, at: datetime | None = None) -> None:
        one.stamp = milli(at or self.clock())
        one.placed.body["lastModifiedDate"] = shown(one.stamp)

    def ship(self, one: Stored, parcel: dict[str, Any], number: str) -> str:
        """A parcel is known by its number; without one it is known by a number of eBay's own, the same for all."""
        id = number or "999"
        one.parcels[number or f"{id}/{len(one.parcels)}"] = parcel | {"fulfillmentId": id}
        for line in one.lines:
            sent = one.told(line["lineItemId"])
            state = "FULFILLED" if sent >= line["quantity"] else "IN_PROGRESS" if sent else "NOT_STARTED"
            line["lineItemFulfillmentStatus"] = state
        left = {line["lineItemFulfillmentStatus"] for line in one.lines}
        one.placed.body["orderFulfillmentStatus"] = "FULFILLED" if left == {"FULFILLED"} else "IN_PROGRESS"
        self.touch(one)
        self.tell("ITEM_MARKED_SHIPPED", one, str(parcel["lineItems"][0]["lineItemId"]))
        return id

    def ask_to_cancel(self, one: Stored, reason: str, initiator: str, at: datetime | None = None) -> dict[str, Any]:
        """A wish to cancel; a buyer's waits for the seller."""
        request = {
            "cancelRequestId": str(next(self._requests)),
            "cancelInitiator": initiator,
            "cancelReason": reason,
            "cancelRequestState": "REQUESTED",
            "cancelRequestedDate": shown(at or self.clock()),
        }
        one.requests.append(request)
        one.placed.body["cancelStatus"]["cancelState"] = "IN_PROGRESS"
        self.touch(one, at)
        self.tell("ORDER_CANCELLATION_ACTIVITY", one, "")
        return request

    def cancel(self, one: Stored, request: dict[str, Any], at: datetime | None = None) -> None:
        """Cancelled as a whole, with its money given back."""
        moment = shown(at or self.clock())
        request |= {"cancelRequestState": "COMPLETED", "cancelCompletedDate": moment}
        one.placed.body["cancelStatus"] |= {"cancelState": "CANCELED", "cancelledDate": moment}
        if one.placed.body["orderPaymentStatus"] == "PAID":
            self.refund(one, one.placed.body["pricingSummary"]["total"], at)
            one.placed.body["orderPaymentStatus"] = "FULLY_REFUNDED"
        for line in one.lines:
            self.goods.sell(one.placed.skus[line["lineItemId"]], -line["quantity"])
        self.touch(one, at)
        self.tell("ORDER_CANCELLATION_ACTIVITY", one, "")

    def refund(
        self, one: Stored, worth: dict[str, Any], at: datetime | None, line: dict[str, Any] | None = None
    ) -> str:
        """Money given back on a line stands at the line, other money at the order."""
        id = f"54{one.id.replace('-', '')[-8:]}{len(one.placed.body['paymentSummary']['refunds'])}{len(one.requests)}"
        row = {"refundId": id, "refundDate": shown(at or self.clock()), "amount": worth}
        if line is None:
            one.placed.body["paymentSummary"]["refunds"].append(row | {"refundStatus": "REFUNDED"})
        else:
            line["refunds"].append(row | {"refundId": f"{id}{len(line['refunds'])}"})
        self.touch(one, at)
        return id

    def __iter__(self) -> Iterator[Stored]:
        return iter(self.orders.values())
