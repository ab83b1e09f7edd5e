"""STO01 to STO03: a stock file is taken now and worked through later; what is wrong stands in a report of its own."""

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.offers import Offers
from services.sandbox.mirakl.times import seconds

COLUMNS = ("offer-sku", "quantity", "warehouse-code", "update-delete")


@dataclass
class StockImport:
    created_at: datetime
    ready_at: datetime
    header: list[str]
    rows: list[list[str]]
    id: str = field(default_factory=lambda: str(uuid4()))
    errors: list[tuple[int, str]] | None = None

    def work(self, offers: Offers) -> None:
        """Sets the quantities named, and nothing else; an offer that is not in the file keeps what it has."""
        self.errors = []
        for line, row in enumerate(self.rows, start=1):
            named = dict(zip(self.header, row, strict=False))
            offer = offers.by_sku.get(named.get("offer-sku", ""))
            if offer is None:
                self.errors.append((line, "The offer does not exist"))
            elif not named.get("quantity", "").isdecimal():
                self.errors.append((line, "The quantity is not valid"))
            elif named.get("warehouse-code"):
                self.errors.append((line, "The warehouse does not exist"))
            else:
                offer.quantity = 0 if named.get("update-delete") == "delete" else int(named["quantity"])

    def status(self, shop_id: int, now: datetime) -> dict[str, Any]:
        running = now - self.created_at > (self.ready_at - self.created_at) / 4
        errors = self.errors or []
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
        for line, reason in self.errors or []:
            writer.writerow([str(line), reason, *self.rows[line - 1]])
        return out.getvalue()


@dataclass
class StockImports:
    offers: Offers
    seconds: float
    by_id: dict[str, StockImport] = field(default_factory=dict)

    def take(self, text: str, now: datetime) -> StockImport:
        rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";") if row]
        if not rows or not {"offer-sku", "quantity"} <= set(rows[0]) or not set(rows[0]) <= set(COLUMNS):
            raise Refusal(400, f"The columns of a stock file are {';'.join(COLUMNS)}")
        made = StockImport(now, now + timedelta(seconds=self.seconds), rows[0], rows[1:])
        self.by_id[made.id] = made
        return made

    def work(self, now: datetime) -> None:
        """Everything whose time has come, in the order in which it was sent."""
        for one in self.by_id.values():
            if one.errors is None and one.ready_at <= now:
                one.work(self.offers)
