"""OR21: the shop accepts or refuses, and must decide about every line."""

from typing import Any

from services.sandbox.mirakl import lines
from services.sandbox.mirakl.book import Stored
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.store import Store

WAITING = "WAITING_ACCEPTANCE"


def decide(store: Store, order: Stored, given: dict[str, Any]) -> None:
    """All or nothing; an order of which nothing is accepted is refused."""
    rows = given.get("order_lines")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "accepted" in row for row in rows):
        raise Refusal(400, "order_lines is mandatory, each with id and accepted", "VALIDATION_ERROR")
    ids = [row.get("id") for row in rows]
    if len(ids) != len(set(ids)):
        raise Refusal(400, "An order line is decided about twice", "ORDER_LINE_DUPLICATE_ID")
    by_id = {line["order_line_id"]: line for line in order.body["order_lines"]}
    if unknown := set(ids) - set(by_id):
        raise Refusal(400, f"Order line '{unknown.pop()}' not found", "ORDER_LINE_NOT_FOUND")
    if order.body["order_state"] != WAITING:
        raise Refusal(400, f"Order '{order.id}' is not in {WAITING} state", "ORDER_INVALID_STATE")
    if {id for id, line in by_id.items() if line["order_line_state"] == WAITING} - set(ids):
        raise Refusal(400, "A decision about some order lines is missing", "ORDER_LINE_ACCEPTANCE_DECISION_MISSING")
    decisions = {row["id"]: bool(row["accepted"]) for row in rows}
    if len(set(decisions.values())) > 1 and not store.options.partial_acceptance:
        raise Refusal(400, "Orders are accepted as a whole", "ORDER_PARTIAL_ACCEPTANCE_DISABLED")
    for id, accepted in decisions.items():
        by_id[id]["order_line_state"] = "WAITING_DEBIT" if accepted else "REFUSED"
    order.body["order_state"] = "WAITING_DEBIT"
    lines.settle(order.body)
    store.book.changed(order)
