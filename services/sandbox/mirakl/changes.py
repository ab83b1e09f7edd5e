"""What happens to orders at the operator or at the customer's wish, after they were placed."""

from datetime import datetime

from services.sandbox.merchant import Change
from services.sandbox.mirakl import lines
from services.sandbox.mirakl.book import Stored
from services.sandbox.mirakl.store import Store


def apply(store: Store, order: Stored, change: Change) -> None:
    """Does one change; a line taken off is a line cancelled, for Mirakl never forgets what was ordered."""
    now = change.at or store.clock()
    body = order.body
    match change.kind:
        case "touch":
            body["has_customer_message"] = True
        case "cancel":
            for line in body["order_lines"]:
                _cancel(store, line, lines.left(line), now)
        case "remove_line":
            line = body["order_lines"][change.line]
            _cancel(store, line, lines.left(line), now)
        case "lower_quantity":
            line = body["order_lines"][change.line]
            _cancel(store, line, min(change.quantity, lines.left(line)), now)
        case "refund_full":
            for line in body["order_lines"]:
                lines.refund(line, store.next_document(), lines.left(line), None, now)
        case "refund_line":
            lines.refund(body["order_lines"][change.line], store.next_document(), change.quantity, None, now)
        case "refund_amount":
            lines.refund(body["order_lines"][0], store.next_document(), 1, change.amount, now)
    lines.settle(body)
    store.book.changed(order, change.at)


def _cancel(store: Store, line: dict[str, object], pieces: int, now: datetime) -> None:
    if pieces:
        lines.cancel(line, store.next_document(), pieces, store.options.reasons[0], now)
        store.offers.sell(str(line["offer_sku"]), -pieces)
