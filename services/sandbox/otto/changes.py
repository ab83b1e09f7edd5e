"""What happens to orders after they were placed, as OTTO and its customers do it."""

from datetime import datetime
from typing import Any

from services.sandbox.merchant import Change
from services.sandbox.otto.book import OrderBook, Stored
from services.sandbox.otto.goods import Goods
from services.sandbox.otto.store import Store
from services.sandbox.otto.times import shown

OPEN = frozenset({"ANNOUNCED", "PROCESSABLE"})


def apply(store: Store, order: Stored, change: Change) -> None:
    """Raises IndexError for a line that is not there, ValueError where nothing of it can be changed any more."""
    book, goods, receipts = store.book, store.goods, store.receipts
    match change.kind:
        case "touch":
            book.touch(order, change.at, lifecycle=False)
        case "refund_amount":
            # A price reduction stands in a receipt; the order itself does not tell it.
            receipts.reduce(order, order.items[0], change.amount)
        case "cancel":
            _cancel(book, goods, order, order.items, change)
        case "remove_line":
            _cancel(book, goods, order, _of_line(order, change.line), change)
        case "lower_quantity":
            _cancel(book, goods, order, _of_line(order, change.line)[: change.quantity], change)
        case "refund_full":
            _return(store, order, order.items, change)
        case "refund_line":
            _return(store, order, _of_line(order, change.line)[: change.quantity], change)


def _of_line(order: Stored, line: int) -> list[dict[str, Any]]:
    ids = order.placed.lines[line]
    return [item for item in order.items if item["positionItemId"] in ids]


def _cancel(book: OrderBook, goods: Goods, order: Stored, items: list[dict[str, Any]], change: Change) -> None:
    open_items = [item for item in items if item["fulfillmentStatus"] in OPEN]
    if not open_items:
        raise ValueError("no position item is open")
    book.cancel(order, open_items, "CANCELLED_BY_MARKETPLACE", "CANCELLED_ON_CUSTOMER_WISH", change.at)
    for item in open_items:
        goods.sell(item["product"]["sku"], -1)


def _return(store: Store, order: Stored, items: list[dict[str, Any]], change: Change) -> None:
    """That goods were taken back is told as a return, too."""
    store.returns.tell(order, items, "ACCEPTED", at=change.at)
    take_back(store, order, items, change.at)


def take_back(store: Store, order: Stored, items: list[dict[str, Any]], at: datetime | None = None) -> None:
    """Goods that come back were sent before, whoever told so; whoever takes them back pays the customer back."""
    moment = shown(at or store.clock())
    for item in items:
        item.setdefault("sentDate", moment)
        item |= {"fulfillmentStatus": "RETURNED", "returnedDate": moment}
    store.receipts.refund(order, items)
    store.book.touch(order, at)
