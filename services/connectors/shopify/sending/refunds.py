"""Refunds: money given back over the payments it came by. Our id in the refund's note tells whether it was made."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.connectors.shopify.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.money import Money
from shared.contracts.repayment import Repayment

PAID = frozenset({"SALE", "CAPTURE"})
GIVEN_BACK = frozenset({"SUCCESS", "PENDING"})
Record = Mapping[str, Any]


async def refunds(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One refund per command, under its own idempotency key."""
    return [await _pay_back(client, command) for command in commands]


async def find_refunds(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the shop has already made."""
    found = []
    for command in commands:
        wanted = command.payload.refund
        found.append(_known(await client.refund_state(wanted.order_external_id), wanted))
    return found


async def _pay_back(client: Client, command: Command) -> PushResult:
    wanted: Repayment = command.payload.refund
    order = await client.refund_state(wanted.order_external_id)
    if (known := _known(order, wanted)) is not None:
        return known
    assert order is not None
    currencies = {order["currencyCode"], order["presentmentCurrencyCode"]}
    if currencies != {wanted.total.currency}:
        words = {"currency": wanted.total.currency, "order": ", ".join(sorted(currencies))}
        return PushResult("failed", "refund_currency_other", words)
    pieces = units(wanted)
    if pieces is None:
        return _refused("the shop knows no parts of pieces")
    parts, missing = over_payments(order["transactions"], wanted)
    if missing:
        left = Money.of(wanted.total.amount - missing, wanted.total.currency)
        return PushResult("failed", "refund_exceeds_paid", {"total": str(wanted.total), "left": str(left)})
    id, problems = await client.make_refund(given(wanted, pieces, parts), str(command.key))
    if problems:
        return _refused(str(problems[0].get("message", "")))
    return PushResult("done", external_id=id)


def units(wanted: Repayment) -> dict[str, int] | None:
    """Pieces per line; None where a quantity is no whole number."""
    found: dict[str, int] = {}
    for line in wanted.lines:
        if line.quantity != line.quantity.to_integral_value():
            return None
        found[line.line_external_id] = found.get(line.line_external_id, 0) + int(line.quantity)
    return {line: quantity for line, quantity in found.items() if quantity}


def over_payments(transactions: Sequence[Record], wanted: Repayment) -> tuple[list[dict[str, Any]], Decimal]:
    """The money over the payments it came by, each up to what is left of it, in their order; and what no payment can
    bear."""
    left = {row["id"]: _amount(row) for row in transactions if row["kind"] in PAID and row["status"] == "SUCCESS"}
    for row in transactions:
        parent = (row.get("parentTransaction") or {}).get("id")
        if row["kind"] == "REFUND" and row["status"] in GIVEN_BACK and parent in left:
            left[parent] -= _amount(row)
    parts, missing = [], wanted.total.amount
    for row in transactions:
        part = min(left.get(row["id"], Decimal(0)), missing)
        if part > 0:
            missing -= part
            parts.append(
                {
                    "orderId": wanted.order_external_id,
                    "parentId": row["id"],
                    "gateway": row["gateway"],
                    "kind": "REFUND",
                    "amount": f"{part:f}",
                }
            )
    return parts, missing


def given(wanted: Repayment, pieces: Mapping[str, int], parts: Sequence[Record]) -> dict[str, Any]:
    """The input. No stock moves by it: what lies on the shelf again is told with the stock."""
    found: dict[str, Any] = {
        "orderId": wanted.order_external_id,
        "note": wanted.note,
        "notify": wanted.notify_customer,
        "transactions": list(parts),
    }
    if pieces:
        found["refundLineItems"] = [
            {"lineItemId": line, "quantity": quantity, "restockType": "NO_RESTOCK"} for line, quantity in pieces.items()
        ]
    if wanted.shipping:
        found["shipping"] = {"amount": f"{wanted.shipping:f}"}
    return found


def _known(order: Record | None, wanted: Repayment) -> PushResult | None:
    if order is None:
        return _refused("the order no longer exists in the shop")
    mine = [row for row in order["refunds"] if wanted.mark in (row["note"] or "")]
    return PushResult("unchanged", external_id=str(mine[0]["id"])) if mine else None


def _amount(row: Record) -> Decimal:
    return Decimal(row["amountSet"]["shopMoney"]["amount"])


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "refund_refused_by_shop", {"detail": detail[:300]})
