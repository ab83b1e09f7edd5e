"""STO01 to STO03, PRI01 to PRI03: a file is taken now and worked through later; what is wrong stands in a report."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.times import seconds

Row = dict[str, str]
Work = Callable[[Sequence[Row]], dict[int, str]]
"""Does what the rows say; answers what is wrong with which of them, by place."""


@dataclass
class Import:
    created_at: datetime
    ready_at: datetime
    header: list[str]
    rows: list[list[str]]
    id: str = field(default_factory=lambda: str(uuid4()))
    errors: dict[int, str] | None = None

    def status(self, shop_id: int, now: datetime) -> dict[str, Any]:
        running = now - self.created_at > (self.ready_at - self.created_at) / 4
        errors = self.errors or {}
        done = self.errors is not None
        return {
            "import_id": self.id,
            "shop_id": shop_id,
            "date_created": seconds(self.created_at),
            "status": "COMPLETE" if done else "RUNNING" if running else "WAITING",
            "has_error_report": bool(errors),
            "lines_in_error": len(errors),
            "lines_in_success": len(self.rows) - len(errors) if done else 0,
        }

    def report(self, delimiter: str) -> str:
        """Line number and reason, then the row as it was sent."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["error-line", "error-message", *self.header])
        for place, reason in (self.errors or {}).items():
            writer.writerow([str(place + 1), reason, *self.rows[place]])
        return out.getvalue()


@dataclass
class Imports:
    """Files of one kind. `needed` and `known` are its columns."""

    seconds: float
    work: Work
    needed: frozenset[str]
    known: frozenset[str]
    by_id: dict[str, Import] = field(default_factory=dict)

    def take(self, text: str, now: datetime) -> Import:
        rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";") if row]
        if not rows or not self.needed <= set(rows[0]) or not set(rows[0]) <= self.known:
            raise Refusal(400, f"The columns of such a file are {';'.join(sorted(self.known))}")
        made = Import(now, now + timedelta(seconds=self.seconds), rows[0], rows[1:])
        self.by_id[made.id] = made
        return made

    def catch_up(self, now: datetime) -> None:
        """Everything whose time has come, in the order in which it was sent."""
        for one in self.by_id.values():
            if one.errors is None and one.ready_at <= now:
                one.errors = self.work([dict(zip(one.header, row, strict=False)) for row in one.rows])
