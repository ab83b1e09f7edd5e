"""What happens to orders after they were placed, as Amazon and its customers do it."""

from decimal import Decimal
from typing import Any

from services.sandbox.amazon.book import OrderBook, Stored
from services.sandbox.amazon.checkout import CENT
from services.sandbox.amazon.goods import Goods
from services.sandbox.amazon.settling import GivenBack, Ledger
from services.sandbox.merchant import Change

OPEN = frozenset({"PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"})


def apply(book: OrderBook, goods: Goods, ledger: Ledger, order: Stored, change: Change) -> None:
    """Raises IndexError for a line that is not there, ValueError where nothing can be cancelled any more."""
    match change.kind:
        case "touch":
            book.touch(order, change.at)
        case "refund_full" | "refund_line" | "refund_amount":
            # Money that goes back is told by the settlement, never by the order.
            book.touch(order, change.at)
            if amounts := _given_back(order, change):
                ledger.given_back.append(GivenBack(order.id, order.modified, amounts))
        case "cancel":
            rows = order.items
            _require_open(order, rows)
            for row in rows:
                goods.sell(row["product"]["sellerSku"], -row["fulfillment"]["quantityUnfulfilled"])
            book.cancel(order, rows, "BUYER", "BUYER_CANCELED", change.at)
        case "remove_line":
            row = order.items[change.line]
            _fewer(book, goods, order, row, row["fulfillment"]["quantityUnfulfilled"], change)
        case "lower_quantity":
            _fewer(book, goods, order, order.items[change.line], change.quantity, change)


def _given_back(order: Stored, change: Change) -> dict[str, Decimal]:
    """What a buyer gets back for each item; nothing of an order that was not paid."""
    worth = {
        row["orderItemId"]: Decimal(row["proceeds"]["proceedsTotal"]["amount"])
        for row in order.items
        if "proceeds" in row
    }
    if change.kind == "refund_full" or not worth:
        return worth
    row = order.items[change.line]
    if change.kind == "refund_amount":
        return {row["orderItemId"]: change.amount}
    share = Decimal(change.quantity) / row["quantityOrdered"]
    return {row["orderItemId"]: (worth[row["orderItemId"]] * share).quantize(CENT)}


def _require_open(order: Stored, rows: list[dict[str, Any]]) -> None:
    if order.status not in OPEN or not any(row["fulfillment"]["quantityUnfulfilled"] for row in rows):
        raise ValueError("nothing of it is open")


def _fewer(book: OrderBook, goods: Goods, order: Stored, row: dict[str, Any], pieces: int, change: Change) -> None:
    """Pieces that are cancelled leave the order with their money: a line may be left with a quantity of nothing."""
    _require_open(order, [row])
    before = row["quantityOrdered"]
    row["quantityOrdered"] -= pieces
    row["fulfillment"]["quantityUnfulfilled"] -= pieces
    row["cancellation"] = {"cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "NO_INVENTORY"}}
    goods.sell(row["product"]["sellerSku"], -pieces)
    if "proceeds" in row:
        book.reprice(order, change.line, Decimal(row["quantityOrdered"]) / before)
    book.settle(order)
    book.touch(order, change.at)
