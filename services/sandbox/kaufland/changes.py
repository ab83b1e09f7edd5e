"""What happens to orders after they were placed, as the platform and its customers do it."""

from services.sandbox.kaufland.book import OrderBook, Stored, Unit
from services.sandbox.kaufland.goods import Goods
from services.sandbox.merchant import Change

OPEN = frozenset({"open", "need_to_be_sent"})


def apply(book: OrderBook, goods: Goods, order: Stored, change: Change) -> None:
    """Raises IndexError for a line that is not there, ValueError where nothing of it can be changed any more."""
    match change.kind:
        case "touch" | "refund_amount":
            # Part of a price that is given back is not told with the order unit.
            book.touch(order, order.units[0], change.at)
        case "cancel":
            _cancel(book, goods, order, order.units, change)
        case "remove_line":
            _cancel(book, goods, order, _of_line(order, change.line), change)
        case "lower_quantity":
            left = [unit for unit in _of_line(order, change.line) if unit["status"] in OPEN]
            _cancel(book, goods, order, left[: change.quantity], change)
        case "refund_full":
            for unit in order.units:
                book.send_back(order, unit, change.at, paid=True)
        case "refund_line":
            for unit in _of_line(order, change.line)[: change.quantity]:
                book.send_back(order, unit, change.at, paid=False)


def cancel(book: OrderBook, goods: Goods, order: Stored, unit: Unit, reason: str) -> None:
    unit["cancel_reason"] = reason
    book.become(order, unit, "cancelled")
    goods.sell(order.placed.keys[unit["id_order_unit"]], -1)


def _of_line(order: Stored, line: int) -> list[Unit]:
    ids = order.placed.lines[line]
    return [unit for unit in order.units if unit["id_order_unit"] in ids]


def _cancel(book: OrderBook, goods: Goods, order: Stored, units: list[Unit], change: Change) -> None:
    still = [unit for unit in units if unit["status"] in OPEN]
    if not still:
        raise ValueError("no order unit is open")
    for unit in still:
        unit["cancel_reason"] = "BuyerCancelled"
        book.become(order, unit, "cancelled", change.at)
        goods.sell(order.placed.keys[unit["id_order_unit"]], -1)
