"""Refunds: units given back, money given back, or both. A removal from an order is a refund without money."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.sandbox.shopify import payments, stocktaking
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.idempotency import Keys, key_of
from services.sandbox.shopify.identity import gid
from services.sandbox.shopify.money import ZERO
from services.sandbox.shopify.routing import withdraw
from services.sandbox.shopify.settlement import settle

Record = dict[str, Any]
Units = list[tuple[Record, int]]


def refund(
    backend: Backend,
    order: Record,
    units: Units,
    at: str,
    shipping: Decimal = ZERO,
    money: Decimal | None = None,
    restock: bool = True,
    note: str | None = None,
    over: Sequence[tuple[Record, Decimal]] = (),
) -> Record:
    """Takes units and shipping off an order and pays `money` back (None: what they were worth, and not more than paid),
    `over` the payments that are named, or over those that are left.

    What is paid beyond or below the worth of the units appears as an order adjustment.
    """
    number = backend.numbers.take()
    rows = [_line(backend, order, line, quantity, at, restock) for line, quantity in units if quantity]
    carriage = _shipping(backend, order, shipping) if shipping else []
    worth = sum((row["_worth"] for row in (*rows, *carriage)), ZERO)
    owed = payments.received(order) - payments.refunded(order)
    paying = min(worth if money is None else money, owed)
    paid = [
        row
        for parent, part in over or ((None, paying),)
        if part > 0
        for row in payments.pay_back(order, part, at, backend.numbers, parent)
    ]
    record: Record = {
        "__typename": "Refund",
        "id": gid("Refund", number),
        "legacyResourceId": str(number),
        "order": order,
        "note": note,
        "createdAt": at,
        "processedAt": at,
        "updatedAt": at,
        "return": None,
        "refundLineItems": rows,
        "refundShippingLines": carriage,
        "orderAdjustments": _adjustments(backend, order, worth - paying) if money is not None or paid else [],
        "transactions": paid,
        "totalRefundedSet": order["_purse"].bag(sum((row["_amount"] for row in paid), ZERO)),
    }
    order["refunds"] = [*order["refunds"], record]
    backend.orders.register(record)
    settle(order)
    return record


def _line(backend: Backend, order: Record, line: Record, quantity: int, at: str, restock: bool) -> Record:
    current, purse = line["currentQuantity"], order["_purse"]
    share = Decimal(quantity) / current
    subtotal = purse.round((line["_total"] - line["_gone"]) * share)
    tax = purse.round((line["_tax"] - line["_tax_gone"]) * share)
    line["_gone"] += subtotal
    line["_tax_gone"] += tax
    line["currentQuantity"] -= quantity
    line["refundableQuantity"] -= quantity
    place = _place(order, line)
    unsent = withdraw(order, line, quantity, at)
    line["unfulfilledQuantity"] -= unsent
    line["nonFulfillableQuantity"] += unsent
    (stocktaking.release if restock else stocktaking.give_up)(backend, line, unsent, place)
    if restock and quantity > unsent:
        stocktaking.put_back(backend, line, quantity - unsent, place)
    kind = "CANCEL" if unsent == quantity else "RETURN"
    return {
        "id": backend.numbers.gid("RefundLineItem"),
        "lineItem": line,
        "location": place if restock else None,
        "quantity": quantity,
        "restockType": kind if restock else "NO_RESTOCK",
        "restocked": restock,
        "priceSet": line["originalUnitPriceSet"],
        "subtotalSet": purse.bag(subtotal),
        "totalTaxSet": purse.bag(tax),
        "_worth": subtotal + (ZERO if order["taxesIncluded"] else tax),
    }


def _place(order: Record, line: Record) -> Record:
    rows: list[Record] = order["fulfillmentOrders"]
    return next(
        row["assignedLocation"]["location"]
        for row in rows
        if any(part["lineItem"] is line for part in row["lineItems"])
    )


def _shipping(backend: Backend, order: Record, off: Decimal) -> list[Record]:
    rows, purse = [], order["_purse"]
    for line in order["shippingLines"]:
        left = line["_total"] - line["_gone"]
        part = min(left, off)
        if part <= 0:
            continue
        tax = purse.round((line["_tax"] - line["_tax_gone"]) * part / left)
        line["_gone"] += part
        line["_tax_gone"] += tax
        off -= part
        rows.append(
            {
                "__typename": "RefundShippingLine",
                "id": backend.numbers.gid("RefundShippingLine"),
                "shippingLine": line,
                "subtotalAmountSet": purse.bag(part),
                "taxAmountSet": purse.bag(tax),
                "_worth": part + (ZERO if order["taxesIncluded"] else tax),
            }
        )
    return rows


def _adjustments(backend: Backend, order: Record, difference: Decimal) -> list[Record]:
    if not difference:
        return []
    purse = order["_purse"]
    return [
        {
            "__typename": "OrderAdjustment",
            "id": backend.numbers.gid("OrderAdjustment"),
            "reason": "REFUND_DISCREPANCY",
            "amountSet": purse.bag(difference),
            "taxAmountSet": purse.bag(ZERO),
        }
    ]


def everything(backend: Backend, order: Record, at: str, money: bool = True, restock: bool = True) -> Record:
    """Every unit that is left, the shipping, and all that was paid."""
    units = [(line, line["currentQuantity"]) for line in order["lineItems"]]
    shipping = sum((line["_total"] - line["_gone"] for line in order["shippingLines"]), ZERO)
    paid = payments.received(order) - payments.refunded(order) if money else ZERO
    return refund(backend, order, units, at, shipping if money else ZERO, paid, restock)


def create(backend: Backend, keys: Keys, call: Call) -> Record:
    """`refundCreate`, once per idempotency key."""
    key = key_of(call)
    before = keys.replay("refundCreate", call, key)
    if before is not None:
        return _refused(f"Idempotency: {before['code']}.", "orderId") if "code" in before else before
    answer = _create(backend, call.args["input"])
    keys.remember("refundCreate", call, key, answer)
    return answer


def _create(backend: Backend, given: Record) -> Record:
    """The transactions say how much is paid back; without them only units are taken off."""
    order = backend.orders.open(given["orderId"])
    if order is None:
        return _refused("Order does not exist.", "orderId")
    lines = {line["id"]: line for line in order["lineItems"]}
    units: Units = []
    for entry in given.get("refundLineItems") or []:
        line = lines.get(entry["lineItemId"])
        if line is None or not 0 < entry["quantity"] <= line["refundableQuantity"]:
            return _refused(
                "Refund line items quantity cannot refund more items than were purchased.", "refundLineItems"
            )
        units.append((line, entry["quantity"]))
    carriage = given.get("shipping") or {}
    left = sum((line["_total"] - line["_gone"] for line in order["shippingLines"]), ZERO)
    shipping = left if carriage.get("fullRefund") else Decimal(str(carriage.get("amount") or 0))
    over = _over(order, given.get("transactions") or [])
    if over is None:
        return _refused("Transactions is invalid.", "transactions")
    money = sum((part for _, part in over), ZERO)
    if shipping > left or money > payments.received(order) - payments.refunded(order):
        return _refused("Refund amount exceeds the amount available to refund.", "transactions")
    kinds = {entry.get("restockType") for entry in given.get("refundLineItems") or []}
    restock = "NO_RESTOCK" not in kinds
    made = refund(backend, order, units, backend.now, shipping, money, restock, given.get("note"), over)
    backend.subscriptions.publish("refunds/create", made)
    backend.changed(order)
    return {"order": order, "refund": made, "userErrors": []}


def _over(order: Record, given: list[Record]) -> list[tuple[Record, Decimal]] | None:
    """The payments that refund transactions name; None where one is none of this order's, or has less left."""
    found: list[tuple[Record, Decimal]] = []
    for row in given:
        parent = next((paid for paid in order["transactions"] if paid["id"] == row.get("parentId")), None)
        amount = Decimal(str(row["amount"]))
        if row["kind"] != "REFUND" or parent is None or row["gateway"] != parent["gateway"]:
            return None
        before = sum((part for other, part in found if other is parent), ZERO)
        if not 0 < amount <= payments.left_of(order, parent) - before:
            return None
        found.append((parent, amount))
    return found


def _refused(message: str, name: str) -> Record:
    return {"order": None, "refund": None, "userErrors": [user_error(message, "input", name)]}
