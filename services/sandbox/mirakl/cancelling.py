"""OR29 and OR30: the shop cancels an order, or lines of it with their money."""

from decimal import Decimal, InvalidOperation
from typing import Any

from services.sandbox.mirakl import lines
from services.sandbox.mirakl.amounts import ZERO
from services.sandbox.mirakl.book import Stored
from services.sandbox.mirakl.errors import Refusal, not_found
from services.sandbox.mirakl.store import Store


def cancel_order(store: Store, order: Stored) -> None:
    """OR29."""
    if not order.body["can_cancel"]:
        raise Refusal(400, f"Order '{order.id}' cannot be canceled in state {order.body['order_state']}")
    for line in order.body["order_lines"]:
        if pieces := lines.left(line):
            lines.cancel(line, store.next_document(), pieces, store.options.reasons[0], store.clock())
            store.offers.sell(line["offer_sku"], -pieces)
    lines.settle(order.body)
    store.book.changed(order)


def cancel_lines(store: Store, given: dict[str, Any]) -> list[dict[str, Any]]:
    """OR30: all or nothing. Money must be stated, and taxes where the line has taxes."""
    wanted = given.get("cancelations")
    if not isinstance(wanted, list) or not wanted:
        raise Refusal(400, "cancelations is mandatory", "VALIDATION_ERROR")
    checked = [_checked(store, row) for row in wanted]
    answered = []
    for order, line, row in checked:
        pieces = row["quantity"]
        entry = lines.cancel(line, store.next_document(), pieces, row["reason_code"], store.clock())
        stated = {name: _money(row, name) for name in ("amount", "shipping_amount")}
        entry |= stated
        store.offers.sell(line["offer_sku"], -pieces)
        lines.settle(order.body)
        store.book.changed(order)
        answered.append(
            {
                **stated,
                "cancelation_id": entry["id"],
                "order_line_id": line["order_line_id"],
                "quantity": pieces,
                "reason_code": row["reason_code"],
                "taxes": entry["taxes"],
                "shipping_taxes": entry["shipping_taxes"],
            }
        )
    return answered


def _checked(store: Store, row: dict[str, Any]) -> tuple[Stored, dict[str, Any], dict[str, Any]]:
    for name in ("order_line_id", "quantity", "amount", "shipping_amount", "reason_code"):
        if row.get(name) is None:
            raise Refusal(400, f"cancelations.{name} is mandatory", "VALIDATION_ERROR")
    order, line = _line(store, str(row["order_line_id"]))
    if row["reason_code"] not in store.options.reasons:
        raise Refusal(400, f"Reason '{row['reason_code']}' is not a cancelation reason of the shop")
    if line["order_line_state"] not in (*lines.WAITING, "SHIPPING"):
        raise Refusal(400, f"Order line '{line['order_line_id']}' is {line['order_line_state']}")
    for name, money in (("taxes", "price"), ("shipping_taxes", "shipping_price")):
        if line[name] and line[money] and not row.get(name):
            raise Refusal(400, f"cancelations.{name} is mandatory as the order line has taxes", "VALIDATION_ERROR")
    before = sum((one["amount"] for one in line["cancelations"]), ZERO)
    if before + _money(row, "amount") > line["price"]:
        raise Refusal(400, f"amount is more than what is left of order line '{line['order_line_id']}'")
    return order, line, row


def _line(store: Store, id: str) -> tuple[Stored, dict[str, Any]]:
    for order in store.book.orders.values():
        for line in order.body["order_lines"]:
            if line["order_line_id"] == id:
                return order, line
    raise not_found("Order line", id)


def _money(row: dict[str, Any], name: str) -> Decimal:
    try:
        return Decimal(str(row[name]))
    except InvalidOperation as error:
        raise Refusal(400, f"cancelations.{name} is no amount", "VALIDATION_ERROR") from error
