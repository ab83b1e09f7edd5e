"""New prices: taken at once as a task, worked through a few seconds later."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.goods import Goods
from services.sandbox.otto.times import given, shown

MOST_PRICES = 500
TAKES = timedelta(seconds=3)
RESULTS = ("succeeded", "failed", "unchanged")


@dataclass
class Task:
    """One update under way. Until it is done nobody knows what becomes of its rows."""

    id: str
    rows: list[dict[str, Any]]
    asked_at: datetime
    done_at: datetime
    results: dict[str, list[dict[str, Any]]] | None = None


@dataclass
class PriceTasks:
    """All updates of the account. `sent` is what was sent last for each number, taken or not: who sends the same again
    is told that nothing changed."""

    goods: Goods
    clock: Callable[[], datetime]
    tasks: dict[str, Task] = field(default_factory=dict)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, rows: Any, stamp: str | None) -> dict[str, Any]:
        """Raises ApiError for the whole call."""
        if not isinstance(rows, list) or not rows:
            raise ApiError(400, "INVALID_REQUEST_BODY", "A list of prices is expected")
        if len(rows) > MOST_PRICES:
            raise ApiError(413, "PAYLOAD_TOO_LARGE", f"At most {MOST_PRICES} prices are taken at once")
        for place, row in enumerate(rows):
            for name in ("sku", "standardPrice"):
                if not isinstance(row, dict) or not row.get(name):
                    raise ApiError(400, "INVALID_REQUEST_BODY", "The property is mandatory", f"$[{place}].{name}")
        now = self.clock()
        task = Task(str(uuid.uuid4()), rows, given(stamp, "X-Request-Timestamp") or now, now + TAKES)
        self.tasks[task.id] = task
        return self.progress(task.id)

    def progress(self, id: str) -> dict[str, Any]:
        task, path = self._task(id), f"/v5/products/update-tasks/{id}"
        found: dict[str, Any] = {"total": len(task.rows), "links": [{"rel": "self", "href": path}]}
        if task.results is None:
            later = shown(max(task.done_at, self.clock()))
            return found | {"state": "pending", "progress": 0, "message": "in progress", "pingAfter": later}
        counts = {name: len(task.results[name]) for name in RESULTS}
        found["links"] += [{"rel": name, "href": f"{path}/{name}"} for name in RESULTS]
        return found | {"state": "done", "progress": len(task.rows), "message": "done", **counts}

    def results(self, id: str, which: str) -> dict[str, Any]:
        task = self._task(id)
        return {"results": (task.results or {}).get(which, [])}

    def _task(self, id: str) -> Task:
        self._work()
        if id not in self.tasks:
            raise ApiError(404, "RESOURCE_NOT_FOUND", f"The task {id} does not exist.")
        return self.tasks[id]

    def _work(self) -> None:
        """Works through what is due, in the order in which the seller asked for it."""
        due = [task for task in self.tasks.values() if task.results is None and task.done_at <= self.clock()]
        for task in sorted(due, key=lambda one: one.asked_at):
            task.results = {name: [] for name in RESULTS}
            for row in task.rows:
                outcome, errors = self._apply(row)
                task.results[outcome].append({"variation": row["sku"], "errors": errors})

    def _apply(self, row: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        sku = str(row["sku"])
        if self.sent.get(sku) == row:
            return "unchanged", []
        self.sent[sku] = row
        known = self.goods.rows.get(sku)
        if known is None:
            return "failed", [_error("100300", f"There is no product variation with the sku {sku}", "$.sku")]
        prices = {"$.standardPrice": row["standardPrice"]}
        if row.get("sale"):
            prices["$.sale.salePrice"] = row["sale"].get("salePrice")
        wrong = [path for path, money in prices.items() if not _sound(money)]
        if wrong:
            return "failed", [_error("100220", "The price is not valid", path) for path in wrong]
        if row.get("sale") and row["sale"]["salePrice"]["amount"] >= row["standardPrice"]["amount"]:
            return "failed", [_error("100221", "The sale price must be below the standard price", "$.sale.salePrice")]
        # Whoever leaves the sale out ends it.
        known.pricing = {"standardPrice": row["standardPrice"]} | ({"sale": row["sale"]} if row.get("sale") else {})
        known.changed_at = self.clock()
        return "succeeded", []


def _sound(money: Any) -> bool:
    """Euros above zero, with two decimals at most."""
    if not isinstance(money, dict) or money.get("currency") != "EUR":
        return False
    try:
        amount = Decimal(str(money.get("amount")))
    except InvalidOperation:
        return False
    return amount > 0 and amount == round(amount, 2)


def _error(code: str, title: str, path: str) -> dict[str, Any]:
    return {"code": code, "title": title, "path": "/v5/products/prices", "jsonPath": path, "logref": str(uuid.uuid4())}
