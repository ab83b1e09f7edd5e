"""What happens to the lines of an order, and what that makes of the order."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.mirakl.amounts import ZERO, share
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.times import milliseconds, seconds

WAITING = ("STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT")
DEAD = ("REFUSED", "CANCELED", "REFUNDED")


def settle(body: dict[str, Any]) -> None:
    """The order's state follows from its lines."""
    states = [line["order_line_state"] for line in body["order_lines"]]
    alive = [state for state in states if state not in DEAD]
    if not alive:
        body["order_state"] = "REFUSED" if set(states) == {"REFUSED"} else "CANCELED"
        if "REFUNDED" in states:
            body["order_state"] = "CLOSED" if any(line["shipped_date"] for line in body["order_lines"]) else "SHIPPING"
            body["fully_refunded"] = True
    elif set(alive) == {"SHIPPED"}:
        body["order_state"] = "SHIPPED"
    body["can_cancel"] = body["order_state"] in (*WAITING, "SHIPPING") and bool(alive)
    body["can_shop_ship"] = body["order_state"] == "SHIPPING" and bool(alive)


def cancelled(line: dict[str, Any]) -> int:
    return sum(one["quantity"] or 0 for one in line["cancelations"])


def left(line: dict[str, Any]) -> int:
    """Pieces that are not cancelled."""
    return 0 if line["order_line_state"] in DEAD else int(line["quantity"]) - cancelled(line)


def cancel(line: dict[str, Any], id: str, pieces: int, reason: str, now: datetime) -> dict[str, Any]:
    """Takes pieces off a line before they are shipped, with their part of the money; the line keeps its price."""
    entry = _part(line, id, pieces, reason, now, line["cancelations"])
    line["cancelations"].append(entry)
    if cancelled(line) >= line["quantity"]:
        line["order_line_state"] = "CANCELED"
    return entry


def refund(line: dict[str, Any], id: str, pieces: int, amount: Decimal | None, now: datetime) -> None:
    """Money back for pieces, or (`amount`) for none: the quantity of a refund is informative only."""
    entry = _part(line, id, pieces, "15", now, line["refunds"])
    if amount is not None:
        entry |= {"amount": amount, "shipping_amount": ZERO, "taxes": [], "shipping_taxes": [], "quantity": None}
    state = {"refund_state": "REFUNDED", "state": "REFUNDED", "order_refund_id": f"R{id}"}
    line["refunds"].append(entry | state | {"commission_tax_amount": ZERO, "transaction_date": milliseconds(now)})
    if sum(one["quantity"] or 0 for one in line["refunds"]) >= line["quantity"]:
        line["order_line_state"] = "REFUNDED"


def _part(
    line: dict[str, Any], id: str, pieces: int, reason: str, now: datetime, before: list[dict[str, Any]]
) -> dict[str, Any]:
    """The last pieces of a line take all the money that is left of it."""
    done = sum(one["quantity"] or 0 for one in before)
    if pieces < 1 or done + pieces > line["quantity"]:
        raise Refusal(400, f"Quantity {pieces} is more than what is left of order line '{line['order_line_id']}'")
    last = done + pieces == line["quantity"]

    def part(name: str) -> Decimal:
        given = sum((one["amount" if name == "price" else "shipping_amount"] for one in before), ZERO)
        whole: Decimal = line[name]
        return whole - given if last else share(whole, pieces, line["quantity"])

    def taxes(name: str) -> list[dict[str, Any]]:
        found = []
        for tax in line[name]:
            given = sum((row["amount"] for one in before for row in one[name] if row["code"] == tax["code"]), ZERO)
            amount = tax["amount"] - given if last else share(tax["amount"], pieces, line["quantity"])
            found.append({"amount": amount, "code": tax["code"], "rate": tax["rate"]})
        return found

    return {
        "id": id,
        "created_date": seconds(now),
        "quantity": pieces,
        "amount": part("price"),
        "shipping_amount": part("shipping_price") if last else ZERO,
        "taxes": taxes("taxes"),
        "shipping_taxes": taxes("shipping_taxes") if last else [],
        "reason_code": reason,
        "fees": [],
        "commission_amount": ZERO,
        "commission_taxes": [],
        "commission_total_amount": ZERO,
    }
