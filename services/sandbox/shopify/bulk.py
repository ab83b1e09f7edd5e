"""Many plain orders at once: moulds are rendered, and an order is cast from its mould only when somebody reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.shopify.identity import gid, number_of, stamp
from services.sandbox.shopify.money import amount

Record = dict[str, Any]
CHILDREN = ("lineItems", "shippingLines", "transactions", "fulfillmentOrders")


@dataclass(frozen=True)
class Mould:
    """A rendered order whose parts are numbered, in the order in which a cast numbers its own."""

    order: Record
    parts: int

    @classmethod
    def of(cls, order: Record) -> "Mould":
        inner = sum(len(row["lineItems"]) for row in order["fulfillmentOrders"])
        return cls(order, sum(len(order[name]) for name in CHILDREN) + inner)


@dataclass(frozen=True)
class Block:
    """`count` orders, placed over `spread` until `end`. Order k has the number `first + k * stride`, and its parts have
    the numbers that follow."""

    moulds: tuple[Mould, ...]
    first: int
    stride: int
    count: int
    sequence: int
    end: datetime
    spread: timedelta

    def numbers(self) -> Iterator[int]:
        return iter(range(self.first, self.first + self.count * self.stride, self.stride))

    def at(self, number: int) -> datetime:
        """When an order was placed."""
        return self.end - self.spread * (1 - ((number - self.first) // self.stride + 1) / self.count)

    def order_of(self, number: int) -> int | None:
        """The number of the order that a number belongs to, its own or a part's."""
        place = (number - self.first) // self.stride
        return self.first + place * self.stride if 0 <= place < self.count else None

    def mould(self, number: int) -> Mould:
        return self.moulds[(number - self.first) // self.stride % len(self.moulds)]

    def total(self, number: int) -> tuple[Decimal, str]:
        order = self.mould(number).order
        return amount(order["totalPriceSet"]), order["currencyCode"]

    def name(self, number: int) -> str:
        return f"#{self.sequence + (number - self.first) // self.stride}"

    def cast(self, number: int) -> Record:
        """A fresh order. Amounts, addresses and the customer are the mould's: nobody changes those in place."""
        model = self.mould(number).order
        ids = iter(range(number + 1, number + self.stride))
        at = stamp(self.at(number))
        sequence = self.sequence + (number - self.first) // self.stride
        order: Record = {
            **model,
            "id": gid("Order", number),
            "legacyResourceId": str(number),
            "name": f"#{sequence}",
            "number": sequence,
            "confirmationNumber": f"{number % 0x100000000:08X}",
            "createdAt": at,
            "processedAt": at,
            "updatedAt": at,
        }
        lines = {}
        for line in model["lineItems"]:
            lines[line["id"]] = {**line, "id": gid("LineItem", next(ids))}
        order["lineItems"] = list(lines.values())
        order["shippingLines"] = [{**line, "id": gid("ShippingLine", next(ids))} for line in model["shippingLines"]]
        order["transactions"] = [
            {**row, "id": gid("OrderTransaction", next(ids)), "order": order, "createdAt": at, "processedAt": at}
            for row in model["transactions"]
        ]
        order["fulfillmentOrders"] = [_sending(row, order, lines, ids) for row in model["fulfillmentOrders"]]
        return order


def _sending(row: Record, order: Record, lines: dict[str, Record], ids: Iterator[int]) -> Record:
    at = order["createdAt"]
    return {
        **row,
        "id": gid("FulfillmentOrder", next(ids)),
        "order": order,
        "orderId": order["id"],
        "orderName": order["name"],
        "orderProcessedAt": at,
        "createdAt": at,
        "updatedAt": at,
        "fulfillAt": at,
        "fulfillments": [],
        "lineItems": [
            {**part, "id": gid("FulfillmentOrderLineItem", next(ids)), "lineItem": lines[part["lineItem"]["id"]]}
            for part in row["lineItems"]
        ],
    }


def number(identifier: str) -> int:
    """The number in a global id, or -1 where there is none."""
    try:
        return number_of(identifier)
    except ValueError:
        return -1
