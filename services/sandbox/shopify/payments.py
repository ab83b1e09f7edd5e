"""The transactions of an order: what was paid, by which gateway, and what is still open."""

from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Basket
from services.sandbox.shopify.identity import Numbers
from services.sandbox.shopify.money import ZERO, Purse

Record = dict[str, Any]

GIFT_CARD = "gift_card"
GATEWAYS = {
    "paypal": ("paypal", "PayPal", False),
    "stripe": ("shopify_payments", "Shopify Payments", False),
    "bacs": ("Bank Deposit", "Bank Deposit", True),
    "cod": ("Cash on Delivery (COD)", "Cash on Delivery (COD)", True),
    "cash": ("cash", "Cash", True),
    GIFT_CARD: (GIFT_CARD, "Gift Card", False),
}
"""The merchant's word for a payment method: the gateway's name, its label, and whether it is settled by hand."""


def gateway(method: str) -> tuple[str, str, bool]:
    return GATEWAYS.get(method, (method, method, False))


def transaction(
    kind: str, status: str, method: str, value: Decimal, purse: Purse, at: str, numbers: Numbers, test: bool
) -> Record:
    name, label, by_hand = gateway(method)
    identifier = numbers.gid("OrderTransaction")
    return {
        "__typename": "OrderTransaction",
        "id": identifier,
        "kind": kind,
        "status": status,
        "gateway": name,
        "formattedGateway": label,
        "manualPaymentGateway": by_hand,
        "paymentId": f"p{identifier.rsplit('/', 1)[1]}.1",
        "errorCode": None,
        "amountRoundingSet": None,
        "amountSet": purse.bag(value),
        "createdAt": at,
        "processedAt": at,
        "parentTransaction": None,
        "test": test,
        "_amount": value,
        "_method": method,
    }


def transactions(basket: Basket, total: Decimal, purse: Purse, at: str, numbers: Numbers) -> list[Record]:
    """Gift card first, then the chosen method for the rest. An unpaid order by card or wallet is only authorised."""
    made = []
    voucher = min(basket.gift_card or ZERO, total)
    if voucher:
        made.append(transaction("SALE", "SUCCESS", GIFT_CARD, voucher, purse, at, numbers, basket.test))
    rest = total - voucher
    if rest > 0:
        by_hand = gateway(basket.payment_method)[2]
        kind = "SALE" if basket.paid or by_hand else "AUTHORIZATION"
        status = "PENDING" if by_hand and not basket.paid else "SUCCESS"
        made.append(transaction(kind, status, basket.payment_method, rest, purse, at, numbers, basket.test))
    return made


def received(order: Record) -> Decimal:
    """What the customer has paid, before refunds."""
    return _sum(order, ("SALE", "CAPTURE"))


def refunded(order: Record) -> Decimal:
    return _sum(order, ("REFUND",))


def _sum(order: Record, kinds: tuple[str, ...]) -> Decimal:
    rows = order["transactions"]
    return sum((row["_amount"] for row in rows if row["kind"] in kinds and row["status"] == "SUCCESS"), ZERO)


def capture(order: Record, at: str, numbers: Numbers) -> None:
    """The open rest is paid: an authorisation is captured, an expected payment has arrived."""
    for row in list(order["transactions"]):
        paid: Record | None = None
        if row["kind"] == "AUTHORIZATION" and row["status"] == "SUCCESS":
            paid = transaction(
                "CAPTURE", "SUCCESS", row["_method"], row["_amount"], order["_purse"], at, numbers, row["test"]
            )
        elif row["kind"] == "SALE" and row["status"] == "PENDING":
            paid = transaction(
                "SALE", "SUCCESS", row["_method"], row["_amount"], order["_purse"], at, numbers, row["test"]
            )
        if paid:
            paid["parentTransaction"] = row
            order["transactions"] = [*order["transactions"], paid]


def left_of(order: Record, paid: Record) -> Decimal:
    """What of a payment was not refunded yet; nothing of what never arrived."""
    if paid["kind"] not in ("SALE", "CAPTURE") or paid["status"] != "SUCCESS":
        return ZERO
    back = [row for row in order["transactions"] if row["kind"] == "REFUND" and row["parentTransaction"] is paid]
    left: Decimal = paid["_amount"] - sum((row["_amount"] for row in back), ZERO)
    return left


def pay_back(order: Record, value: Decimal, at: str, numbers: Numbers, over: Record | None = None) -> list[Record]:
    """Refunds an amount to the methods it was paid with, gift cards last; or `over` one payment."""
    paid = order["transactions"] if over is None else [over]
    made = []
    for row in sorted(paid, key=lambda row: row["_method"] == GIFT_CARD):
        part = min(left_of(order, row), value)
        if part <= 0:
            continue
        refund = transaction("REFUND", "SUCCESS", row["_method"], part, order["_purse"], at, numbers, row["test"])
        refund["parentTransaction"] = row
        order["transactions"] = [*order["transactions"], refund]
        made.append(refund)
        value -= part
    return made
