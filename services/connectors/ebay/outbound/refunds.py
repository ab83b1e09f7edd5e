"""From a repayment to what eBay is asked for: parts of lines, or one amount of the whole order, never both."""

from decimal import Decimal
from typing import Any

from services.connectors.ebay.vocabulary import LONGEST_COMMENT, REFUND_REASON
from shared.contracts.repayment import Repayment

Row = dict[str, Any]


def refund(wanted: Repayment, order: Row) -> Row:
    """The buyer reads the comment."""
    body: Row = {"reasonForRefund": REFUND_REASON}
    if wanted.reason:
        body["comment"] = wanted.reason[:LONGEST_COMMENT]
    shape = refund_shape(wanted, order)
    amounts = {
        line: {"value": f"{amount:f}", "currency": wanted.total.currency} for line, amount in sorted(shape)
    }  # fmt: skip
    if "" in amounts:
        return body | {"orderLevelRefundAmount": amounts[""]}
    return body | {"refundItems": [{"lineItemId": line, "refundAmount": amount} for line, amount in amounts.items()]}


def refund_shape(wanted: Repayment, order: Row) -> frozenset[tuple[str, Decimal]]:
    """Amounts by line, where the lines are all of it; else the total under no line. All of a line's money is told
    without it, too: eBay tells no pieces, and read again it would look as if the goods came back."""
    parts: dict[str, Decimal] = {}
    for line in wanted.lines:
        parts[line.line_external_id] = parts.get(line.line_external_id, Decimal(0)) + line.amount
    paid = {str(line.get("lineItemId")): _paid(line) for line in order.get("lineItems") or ()}
    in_part = all(0 < amount < paid.get(line, amount + 1) for line, amount in parts.items())
    if parts and in_part and sum(parts.values()) == wanted.total.amount:
        return frozenset(parts.items())
    return frozenset({("", wanted.total.amount)})


def _paid(line: Row) -> Decimal:
    cost = line.get("discountedLineItemCost") or line.get("lineItemCost") or {}
    return Decimal(str(cost.get("convertedFromValue") or cost.get("value") or 0))
