"""Refunds. The shop gives them no key of ours: one whose answer was lost is looked for by the mark in its reason, and
what is not found there is left to a person, because the shop may still be at it."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.connectors.woocommerce.client import PER_PAGE, Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.money import minor_unit
from shared.contracts.repayment import RepaidLine, Repayment

Record = Mapping[str, Any]


async def refunds(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One refund per command: `amount` counts, the lines say what it is for."""
    return [await _pay_back(client, command.payload.refund) for command in commands]


async def find_refunds(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Those the shop has made; the others are nobody's to repeat but a person's."""
    unsure = PushResult("failed", "refund_unsure")
    return [await _known(client, command.payload.refund) or unsure for command in commands]


async def _pay_back(client: Client, wanted: Repayment) -> PushResult:
    if (known := await _known(client, wanted)) is not None:
        return known
    order = await client.order(wanted.order_external_id)
    if order is None:
        return _refused("the order no longer exists in the shop")
    if order["currency"] != wanted.total.currency:
        words = {"currency": wanted.total.currency, "order": str(order["currency"])}
        return PushResult("failed", "refund_currency_other", words)
    body = given(wanted, order)
    if body is None:
        return _refused("the order does not have one of the lines, or the pieces are no whole number")
    try:
        return PushResult("done", external_id=await client.create_refund(wanted.order_external_id, body))
    except Rejected as error:
        return _refused(error.detail)


async def _known(client: Client, wanted: Repayment) -> PushResult | None:
    try:
        made = await client.refunds(wanted.order_external_id)
    except Rejected as error:
        return _refused(error.detail)
    mine = [row for row in made if wanted.mark in str(row.get("reason") or "")]
    if mine:
        return PushResult("unchanged", external_id=str(mine[0]["id"]))
    return _refused("the order has too many refunds to find ours among them") if len(made) >= PER_PAGE else None


def given(wanted: Repayment, order: Record) -> dict[str, Any] | None:
    """The body; None for a line the order does not have. No stock moves by it: what lies on the shelf again is told
    with the stock."""
    lines = {str(line["id"]): line for line in order["line_items"]}
    if any(
        line.line_external_id not in lines or line.quantity != line.quantity.to_integral_value()
        for line in wanted.lines
    ):
        return None
    unit = minor_unit(wanted.total.currency)
    return {
        "amount": f"{wanted.total.amount:f}",
        "reason": wanted.note,
        "api_restock": False,
        "line_items": [_line(line, lines[line.line_external_id], unit) for line in wanted.lines],
    }


def _line(wanted: RepaidLine, line: Record, unit: Decimal) -> dict[str, Any]:
    """The tax within the amount, rate by rate as the line bears it; what is left of it is net."""
    gross = Decimal(str(line["total"])) + Decimal(str(line["total_tax"]))
    taxes = [
        (row["id"], (wanted.amount * Decimal(str(row["total"])) / gross).quantize(unit, ROUND_HALF_UP))
        for row in line.get("taxes", ())
        if row.get("total") and gross
    ]
    net = wanted.amount - sum((tax for _, tax in taxes), Decimal(0))
    return {
        "id": int(wanted.line_external_id),
        "quantity": int(wanted.quantity),
        "refund_total": float(net),
        "refund_tax": [{"id": rate, "refund_total": float(tax)} for rate, tax in taxes],
    }


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "refund_refused_by_shop", {"detail": detail[:300]})
