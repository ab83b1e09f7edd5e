"""Cancelling a whole order. It cannot be undone."""

from typing import Any

from services.sandbox.shopify import refunds
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.identity import moment
from services.sandbox.shopify.settlement import settle

Record = dict[str, Any]


def cancel(
    backend: Backend, order: Record, reason: str, at: str, money: bool = True, restock: bool = True, note: str = ""
) -> None:
    """Takes every unit off the order, pays back what was paid (`money`), and closes it. Nothing is checked here."""
    refunds.everything(backend, order, at, money, restock)
    for row in order["transactions"]:
        if row["kind"] == "AUTHORIZATION":
            row["status"] = "FAILURE"
    order |= {
        "cancelledAt": at,
        "cancelReason": reason,
        "cancellation": {"staffNote": note or None},
        "closed": True,
        "closedAt": at,
    }
    settle(order)
    backend.changed(order, "orders/cancelled", at=moment(at))


class Jobs:
    """Work that the platform answers before it is done."""

    def __init__(self) -> None:
        self._jobs: dict[str, Record] = {}

    def new(self, backend: Backend) -> Record:
        job: Record = {"id": backend.numbers.gid("Job"), "done": False}
        self._jobs[job["id"]] = {**job, "done": True}
        return job

    def read(self, call: Call) -> Record | None:
        return self._jobs.get(call.args["id"])

    def order_cancel(self, backend: Backend, call: Call) -> Record:
        """`orderCancel`: answers a job; whoever asks for the job afterwards finds it done."""
        args = call.args
        order = backend.orders.open(args["orderId"])
        problem = _problem(order)
        if problem:
            code, message = problem
            error = user_error(message, "orderId", code=code)
            plain = {"field": error["field"], "message": message}
            return {"job": None, "orderCancelUserErrors": [error], "userErrors": [plain]}
        assert order is not None
        method = args.get("refundMethod") or {}
        money = bool(method.get("originalPaymentMethodsRefund") or args.get("refund"))
        cancel(backend, order, args["reason"], backend.now, money, args["restock"], args.get("staffNote") or "")
        return {"job": self.new(backend), "orderCancelUserErrors": [], "userErrors": []}


def _problem(order: Record | None) -> tuple[str, str] | None:
    if order is None:
        return "NOT_FOUND", "Order does not exist."
    if order["cancelledAt"]:
        return "INVALID", "Order has already been cancelled."
    if any(row["status"] == "SUCCESS" for row in order["fulfillments"]):
        return "INVALID", "Cannot cancel an order that has fulfillments that cannot be cancelled."
    return None
