"""Money given back. eBay gives a refund no key of ours and tells nobody what was written with it, so one is known by
its amount and lines: an equal one that is there is never followed by another, and a lost answer is looked for by it.
What was taken is under way for a while; only when it has arrived or failed is it over."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from services.connectors.ebay.vocabulary import REFUND_FAILED, REFUND_LATER, REFUND_PENDING
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Misconfigured, Rejected
from shared.contracts.repayment import Repayment

Row = dict[str, Any]


async def refunds(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One refund per command."""
    return [await _pay_back(client, command.payload.refund) for command in commands]


async def find_refunds(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Where the refunds stand that were taken; of a lost answer, an equal one that is there now, because there was none
    before."""
    return [await _found(client, command) for command in commands]


async def _found(client: Client, command: Command) -> PushResult | None:
    """None may be sent again: eBay makes no second one while the first is under way. Where an amount may be told in
    another way than it was asked for, nothing is repeated."""
    wanted = command.payload.refund
    order = await client.order(wanted.order_external_id)
    made = _made(order or {})
    if command.ticket:
        return _judged(command.ticket, made.get(command.ticket, []))
    if order is None:
        return _refused("the order no longer exists")
    if id := _equal(wanted, order):
        return _judged(id, made[id])
    under_way = any(_judged(id, parts).outcome == "waiting" for id, parts in made.items())
    taxed = any(line.get("ebayCollectAndRemitTaxes") for line in order.get("lineItems") or ())
    return PushResult("failed", "refund_unsure") if under_way or taxed else None


async def _pay_back(client: Client, wanted: Repayment) -> PushResult:
    order = await client.order(wanted.order_external_id)
    if order is None:
        return _refused("the order no longer exists")
    total = (order.get("pricingSummary") or {}).get("total") or {}
    currency = str(total.get("convertedFromCurrency") or total.get("currency"))
    if currency != wanted.total.currency:
        words = {"currency": wanted.total.currency, "order": currency}
        return PushResult("failed", "refund_currency_other", words)
    if id := _equal(wanted, order):
        return PushResult("failed", "refund_equal_there", {"detail": id}, external_id=id)
    try:
        answer = await client.refund(wanted.order_external_id, outbound.refund(wanted, order))
    except Rejected as error:
        if error.params.get("platform_code") in REFUND_LATER:
            return PushResult("retrying", "refund_not_yet", {"detail": error.detail})
        return _refused(error.detail)
    except Misconfigured as error:
        # Without a signature or this right nothing is wrong with the account: this call alone is refused.
        if error.code == "scope_missing":
            return PushResult("failed", error.code, {"field": error.field, "detail": error.detail})
        if error.code != "credentials_refused":
            raise
        return PushResult("failed", "signature_refused", {"detail": error.detail})
    if answer.get("refundStatus") == REFUND_FAILED:
        return _refused("eBay could not give the money back")
    return _waiting(str(answer.get("refundId") or ""))


def _made(order: Row) -> dict[str, list[tuple[str, Row]]]:
    """The order's refunds by id: each part with the line it stands at."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for row in (order.get("paymentSummary") or {}).get("refunds") or ():
        found.setdefault(str(row.get("refundId")), []).append(("", row))
    for line in order.get("lineItems") or ():
        for row in line.get("refunds") or ():
            found.setdefault(str(row.get("refundId")), []).append((str(line.get("lineItemId")), row))
    return found


def _equal(wanted: Repayment, order: Row) -> str:
    """The id of a refund of the same money, if one is there that did not fail."""
    shape, currency = outbound.refund_shape(wanted, order), wanted.total.currency
    for id, parts in _made(order).items():
        if any(row.get("refundStatus") == REFUND_FAILED for _, row in parts):
            continue
        if frozenset((line, _worth(row, currency)) for line, row in parts) == shape:
            return id
    return ""


def _worth(row: Row, currency: str) -> Decimal:
    """What was converted for the payout is told in the listing's currency, too."""
    amount = row.get("amount") or {}
    told = amount.get("convertedFromValue") if amount.get("convertedFromCurrency") == currency else amount.get("value")
    try:
        return Decimal(str(told))
    except InvalidOperation:
        return Decimal(0)


def _judged(id: str, parts: list[tuple[str, Row]]) -> PushResult:
    """A refund of lines has no state: it is over as soon as it has a date."""
    states = {row.get("refundStatus") for _, row in parts}
    if REFUND_FAILED in states:
        return _refused("eBay could not give the money back")
    if not parts or REFUND_PENDING in states or not all(row.get("refundDate") for _, row in parts):
        return _waiting(id)
    return PushResult("done", external_id=id)


def _waiting(id: str) -> PushResult:
    return PushResult("waiting", "refund_under_way", {"detail": id}, external_id=id)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "refund_refused_by_shop", {"detail": detail[:300]})
