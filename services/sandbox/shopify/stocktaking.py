"""How an order moves stock: committed when it is placed, gone when it is sent, back when it is cancelled."""

from typing import Any

from services.sandbox.shopify.backend import Backend

Record = dict[str, Any]


def _move(backend: Backend, line: Record, place: Record, **by: int) -> None:
    variant = line["variant"]
    item = variant["inventoryItem"] if variant else None
    level = backend.catalogue.level(item, place) if item else None
    if level is None:
        return
    for name, change in by.items():
        level["_quantities"][name] += change
    level["updatedAt"] = backend.now
    backend.subscriptions.publish("inventory_levels/update", level)


def commit(backend: Backend, order: Record) -> None:
    """A new order: its units can no longer be sold."""
    for row in order["fulfillmentOrders"]:
        place = row["assignedLocation"]["location"]
        for part in row["lineItems"]:
            quantity = part["remainingQuantity"]
            _move(backend, part["lineItem"], place, available=-quantity, committed=quantity)


def ship(backend: Backend, line: Record, quantity: int, place: Record) -> None:
    _move(backend, line, place, committed=-quantity, on_hand=-quantity)


def take_back(backend: Backend, line: Record, quantity: int, place: Record) -> None:
    """A shipment was undone: the units are on the shelf again, still promised to the order."""
    _move(backend, line, place, committed=quantity, on_hand=quantity)


def release(backend: Backend, line: Record, quantity: int, place: Record) -> None:
    """Units of an order that will not be sent may be sold again."""
    _move(backend, line, place, committed=-quantity, available=quantity)


def give_up(backend: Backend, line: Record, quantity: int, place: Record) -> None:
    """Units of an order that will neither be sent nor be restocked."""
    _move(backend, line, place, committed=-quantity, on_hand=-quantity)


def put_back(backend: Backend, line: Record, quantity: int, place: Record) -> None:
    """Returned goods."""
    _move(backend, line, place, on_hand=quantity, available=quantity)
