"""Returns v3: what comes back piece by piece, from the announcement to what the seller said about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from services.sandbox.otto.book import Stored
from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.times import shown

STATUSES = ("ANNOUNCED", "ACCEPTED", "REJECTED", "MISDIRECTED")
MOST = 50
REASONS = {
    "ANNOUNCED": "RETURN_ANNOUNCED", "ACCEPTED": "RETURN_RECEIVED", "REJECTED": "ITEM_DAMAGED",
    "MISDIRECTED": "MISDIRECTED",
}  # fmt: skip
Status = Literal["ANNOUNCED", "ACCEPTED", "REJECTED", "MISDIRECTED"]


@dataclass
class Returns:
    """The last word about each piece that comes back."""

    clock: Callable[[], datetime]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def tell(
        self, order: Stored, items: Iterable[dict[str, Any]], status: Status, *, at: datetime | None = None
    ) -> None:
        """These pieces are announced, taken back, refused, or arrived at OTTO instead of the seller."""
        for item in items:
            details: dict[str, Any] = {"orderNumber": order.number, "reason": REASONS[status]}
            if status == "ANNOUNCED":
                number = f"RT{item['positionItemId'][:8]}"
                details["returnTrackingKey"] = {"carrier": "DHL", "trackingNumbers": [number]}
            self.rows[item["positionItemId"]] = {
                "positionItemId": item["positionItemId"],
                "salesOrderId": order.id,
                "status": status,
                "occurredTime": shown(at or self.clock()),
                "details": details,
            }

    def select(self, status: str | None, page: int, limit: int) -> tuple[list[dict[str, Any]], bool]:
        """A page, the newest first, and whether there are more."""
        if status is not None and status.upper() not in STATUSES:
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"status: {status}")
        if not 1 <= limit <= MOST or page < 1:
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"limit must be from 1 to {MOST}, page from 1")
        rows = [one for one in self.rows.values() if status is None or one["status"] == status.upper()]
        rows.sort(key=lambda one: (one["occurredTime"], one["positionItemId"]), reverse=True)
        return rows[(page - 1) * limit : page * limit], len(rows) > page * limit
