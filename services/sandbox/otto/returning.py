"""Returns v3: what comes back piece by piece, from the announcement to what the seller said about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from services.sandbox.otto.book import Stored
from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.times import shown

STATUSES = ("ANNOUNCED", "ACCEPTED", "REJECTED", "MISDIRECTED")
MOST, MOST_JUDGED = 50, 200
CONDITIONS = frozenset("ABCDE")
ACCEPTED_FOR = frozenset(
    """RETURN_RECEIVED STATUS_SENT_BY_ACCIDENT CANCEL_REQUEST_BY_CUSTOMER REFUND_AFTER_AFFIDAVIT COMPLAINT SHIPMENT_LOST
    RETURN_LOST UNDELIVERABLE""".split()
)
REJECTED_FOR = frozenset(
    """THIRD_PARTY_ITEM WRONG_ITEM EXCHANGE DAMAGE_TO_THE_HYGIENE_SEAL ITEM_DAMAGED RETURN_PERIOD_EXCEEDED
    ITEM_NOT_IN_THE_PARCEL""".split()
)
REASONS = {
    "ANNOUNCED": "RETURN_ANNOUNCED", "ACCEPTED": "RETURN_RECEIVED", "REJECTED": "ITEM_DAMAGED",
    "MISDIRECTED": "MISDIRECTED",
}  # fmt: skip
Status = Literal["ANNOUNCED", "ACCEPTED", "REJECTED", "MISDIRECTED"]


@dataclass
class Returns:
    """The last word about each piece that comes back; `said` is every word of the seller's that was taken."""

    clock: Callable[[], datetime]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: list[tuple[str, str, str, str]] = field(default_factory=list)

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

    def judge(self, row: dict[str, Any], order: Stored | None, status: Status) -> dict[str, Any] | None:
        """What the seller says of one piece, and the piece where it is taken back now. Raises ApiError in the words in
        which the platform refuses it."""
        id = str(row["positionItemId"])
        item = next((one for one in order.items if one["positionItemId"] == id), None) if order else None
        if order is None or item is None:
            raise ApiError(422, "RESOURCE_NOT_FOUND", f"The position item {id} does not exist")
        if item["fulfillmentStatus"] not in ("SENT", "RETURNED"):
            raise ApiError(422, "INVALID_STATE", f"The position item {id} is {item['fulfillmentStatus']}")
        known = self.rows.get(id, {}).get("status")
        if known == "ACCEPTED" and status == "REJECTED":
            raise ApiError(422, "INVALID_STATE", f"The return of the position item {id} is accepted already")
        if known == status:
            raise ApiError(422, "INVALID_STATE", f"The return of the position item {id} is {status} already")
        self.tell(order, [item], status)
        details = {name: row[name] for name in ("condition", "reason") if name in row}
        self.rows[id]["details"] |= details
        self.said.append((order.id, id, status, str(row.get("reason", ""))))
        return item if status == "ACCEPTED" else None


def checked(body: Any, reasons: frozenset[str], *, needed: bool) -> list[dict[str, Any]]:
    """The rows of a body. Raises ApiError where one is not as the interface describes it: then none is looked at."""
    rows = body.get("positionItems") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ApiError(422, "PROPERTY_IS_MANDATORY", "positionItems", "positionItems")
    if len(rows) > MOST_JUDGED:
        raise ApiError(413, "PAYLOAD_TOO_LARGE", f"At most {MOST_JUDGED} position items")
    for place, row in enumerate(rows):
        where = f"positionItems[{place}]"
        for name in ("positionItemId", "salesOrderId", *(["reason"] if needed else [])):
            if not row.get(name):
                raise ApiError(422, "PROPERTY_IS_MANDATORY", "The property is mandatory", f"{where}.{name}")
        if "reason" in row and row["reason"] not in reasons:
            raise ApiError(422, "INVALID_PROPERTY_VALUE", f"{row['reason']} is no reason", f"{where}.reason")
        if "condition" in row and row["condition"] not in CONDITIONS:
            raise ApiError(422, "INVALID_PROPERTY_VALUE", f"{row['condition']} is none", f"{where}.condition")
    return rows
