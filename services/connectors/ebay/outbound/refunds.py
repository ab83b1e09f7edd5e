"""From a repayment to what eBay is asked for: parts of lines, or one amount of the whole order, never both."""

from decimal import Decimal
from typing import Any

from services.connectors.ebay.vocabulary import LONGEST_COMMENT, REFUND_REASON
from shared.contracts.repayment import Repayment


def refund(wanted: Repayment) -> dict[str, Any]:
    """The buyer reads the comment."""
    currency = wanted.total.currency
    body: dict[str, Any] = {"reasonForRefund": REFUND_REASON}
    if wanted.reason:
        body["comment"] = wanted.reason[:LONGEST_COMMENT]
    shape = refund_shape(wanted)
    if ("", wanted.total.amount) in shape:
        return body | {"orderLevelRefundAmount": {"value": f"{wanted.total.amount:f}", "currency": currency}}
    return body | {
        "refundItems": [
            {"lineItemId": line, "refundAmount": {"value": f"{amount:f}", "currency": currency}}
            for line, amount in sorted(shape)
        ]
    }


def refund_shape(wanted: Repayment) -> frozenset[tuple[str, Decimal]]:
    """Amounts by line, where the lines are all of it; else the total under no line."""
    by_line: dict[str, Decimal] = {}
    for line in wanted.lines:
        by_line[line.line_external_id] = by_line.get(line.line_external_id, Decimal(0)) + line.amount
    parts = {line: amount for line, amount in by_line.items() if amount}
    if parts and sum(parts.values()) == wanted.total.amount and all(amount > 0 for amount in parts.values()):
        return frozenset(parts.items())
    return frozenset({("", wanted.total.amount)})
