"""Numbers that must be known, times, and the free fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from services.connectors.shopware5 import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Property

Meaning = TypeVar("Meaning")
OF_THE_SHOP = frozenset({"id", "orderId", "orderDetailId"})


def known(table: Mapping[int, Meaning], number: int, field: str) -> Meaning:
    """What a number means to us; one that nobody knows makes the record unreadable."""
    if number not in table:
        said = f"{field} says {number}, which is unknown"
        raise Untranslatable(said, code="unknown_word", field=field, value=str(number))
    return table[number]


def placed_at(raw: wire.Order) -> datetime:
    """When the order was placed; where the shop has lost that, when it was last changed."""
    found = wire.moment(raw.order_time, raw.shop_timezone) or wire.moment(raw.changed, raw.shop_timezone)
    if found is None:
        raise Untranslatable("The order has no time", code="value_missing", field="orderTime")
    return found


def properties(attributes: Mapping[str, Any]) -> tuple[Property, ...]:
    """Free fields that people can read, by the names the shop gives them."""
    return tuple(
        Property(name=name, value=str(value))
        for name, value in attributes.items()
        if name not in OF_THE_SHOP and isinstance(value, (str, int, float)) and value != ""
    )
