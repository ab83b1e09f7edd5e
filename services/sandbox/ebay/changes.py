"""What happens to orders after they were placed. No line leaves an order at eBay: its money is given back instead."""

from decimal import Decimal

from services.sandbox.ebay.book import OrderBook, Stored
from services.sandbox.ebay.values import amount
from services.sandbox.merchant import Change


def apply(book: OrderBook, order: Stored, change: Change) -> None:
    """Raises IndexError for a line that is not there, ValueError where nothing of it can be changed any more."""
    body = order.placed.body
    match change.kind:
        case "touch":
            book.touch(order, change.at)
        case "cancel":
            if order.parcels or body["cancelStatus"]["cancelState"] == "CANCELED":
                raise ValueError("it is sent or cancelled already")
            request = book.ask_to_cancel(order, "BUYER_ASKED_CANCEL", "BUYER", change.at)
            book.cancel(order, request, change.at)
        case "refund_full":
            book.refund(order, body["pricingSummary"]["total"], change.at)
            body["orderPaymentStatus"] = "FULLY_REFUNDED"
        case "refund_amount":
            book.refund(order, amount(change.amount, "EUR"), change.at)
            body["orderPaymentStatus"] = "PARTIALLY_REFUNDED"
        case "remove_line" | "lower_quantity" | "refund_line":
            line = order.lines[change.line]
            pieces = line["quantity"] if change.kind == "remove_line" else change.quantity
            worth = Decimal((line.get("discountedLineItemCost") or line["lineItemCost"])["value"])
            book.refund(order, amount(worth * pieces / line["quantity"], "EUR"), change.at, line)
            body["orderPaymentStatus"] = "PARTIALLY_REFUNDED"
