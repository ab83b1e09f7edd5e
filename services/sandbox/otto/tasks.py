"""Updates of products and prices: taken at once as a task, worked through a few seconds later."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.times import given, shown

MOST_ROWS = 500
TAKES = timedelta(seconds=3)
RESULTS = ("succeeded", "failed", "unchanged")
Errors = list[dict[str, Any]]
Outcome = tuple[Literal["succeeded", "failed", "unchanged"], Errors]


@dataclass
class Task:
    """One update under way. Until it is done nobody knows what becomes of its rows; `apply` decides it row by row."""

    id: str
    rows: list[dict[str, Any]]
    apply: Callable[[dict[str, Any]], Outcome]
    asked_at: datetime
    done_at: datetime
    results: dict[str, list[dict[str, Any]]] | None = None


@dataclass
class Tasks:
    """All updates of the account."""

    clock: Callable[[], datetime]
    tasks: dict[str, Task] = field(default_factory=dict)

    def take(
        self, rows: Any, stamp: str | None, apply: Callable[[dict[str, Any]], Outcome], mandatory: tuple[str, ...]
    ) -> dict[str, Any]:
        """Raises ApiError for the whole call."""
        if not isinstance(rows, list) or not rows:
            raise ApiError(400, "INVALID_REQUEST_BODY", "A list is expected")
        if len(rows) > MOST_ROWS:
            raise ApiError(413, "PAYLOAD_TOO_LARGE", f"At most {MOST_ROWS} rows are taken at once")
        for place, row in enumerate(rows):
            for name in mandatory:
                if not isinstance(row, dict) or not row.get(name):
                    raise ApiError(400, "INVALID_REQUEST_BODY", "The property is mandatory", f"$[{place}].{name}")
        now = self.clock()
        task = Task(str(uuid.uuid4()), rows, apply, given(stamp, "X-Request-Timestamp") or now, now + TAKES)
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
                outcome, errors = task.apply(row)
                task.results[outcome].append({"variation": row["sku"], "errors": errors})


def error(code: str, title: str, json_path: str, path: str) -> dict[str, Any]:
    """One error of one row."""
    return {"code": code, "title": title, "path": path, "jsonPath": json_path, "logref": str(uuid.uuid4())}
