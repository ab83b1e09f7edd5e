"""Push notifications: who subscribed to what, how a call is signed, and when a subscription is switched off."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from services.sandbox.kaufland.access import Access, signed
from services.sandbox.kaufland.errors import ApiError, invalid, not_found
from services.sandbox.webhooks import Message, WebhookSender

EVENTS = (
    "order_new", "order_unit_new", "order_unit_status_changed", "item_changed", "category_changed", "return_new",
    "return_status_changed", "return_unit_status_changed", "item_unit_new", "item_unit_changed", "item_unit_deleted",
    "item_unit_out_of_stock", "item_unit_not_available", "item_unit_available",
)  # fmt: skip
GOOD = (200, 201, 202, 204)
MOST_FAILURES = 5
"""So many in a row stand for the twelve hours of repeated calls after which the platform gives up."""


@dataclass
class Subscription:
    id: int
    event: str
    address: str
    fallback_email: str
    storefront: str
    is_active: bool = True
    failures: int = 0

    def body(self) -> dict[str, Any]:
        return {
            "id_subscription": self.id,
            "callback_url": self.address,
            "fallback_email": self.fallback_email,
            "event_name": self.event,
            "is_active": self.is_active,
            "storefront": self.storefront,
        }

    def count(self, status: int | None) -> None:
        self.failures = 0 if status in GOOD else self.failures + 1
        if self.failures >= MOST_FAILURES:
            self.is_active = False


@dataclass
class Hooks:
    """All subscriptions of one account."""

    access: Access
    sender: WebhookSender
    clock: Callable[[], datetime]
    rows: dict[int, Subscription] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: count(11_011))
    _messages: Any = field(default_factory=lambda: count(1_000_001))

    async def subscribe(self, storefront: str, wanted: Any) -> Subscription:
        """A new subscription, once the address has answered. Raises ApiError for one that cannot be."""
        names = ("callback_url", "fallback_email", "event_name")
        given = wanted if isinstance(wanted, dict) else {}
        for name in names:
            if not isinstance(given.get(name), str) or not given[name]:
                raise invalid(name, "is required")
        if given["event_name"] not in EVENTS:
            raise invalid("event_name", "is not known")
        if len(given["callback_url"]) > 255 or "@" not in given["fallback_email"]:
            raise invalid("callback_url", "an address of at most 255 characters, and one for mail")
        row = Subscription(
            next(self._ids), given["event_name"], given["callback_url"], given["fallback_email"], storefront
        )
        await self._verify(row)
        self.rows[row.id] = row
        return row

    async def change(self, id: int, wanted: dict[str, Any]) -> Subscription:
        """Every change calls the address again, too."""
        row = self.rows.get(id)
        if row is None:
            raise not_found("The subscription")
        await self._verify(row)
        row.is_active, row.failures = bool(wanted.get("is_active", row.is_active)), 0
        return row

    def fire(self, event: str, resource: str, storefront: str) -> None:
        """Tells every subscriber in this storefront which record to fetch; nothing else is told."""
        for row in self.rows.values():
            if (row.event, row.storefront, row.is_active) == (event, storefront, True):
                self.sender.post(event, row.address, self._rendering(row, resource), row.count)

    async def _verify(self, row: Subscription) -> None:
        answered: list[int | None] = []
        self.sender.post("verification", row.address, self._rendering(row, ""), answered.append)
        await self.sender.drain()
        if not answered or answered[-1] not in GOOD:
            raise ApiError(400, "subscriptions/unverified-callback-url", "The callback url did not answer.")

    def _rendering(self, row: Subscription, resource: str) -> Callable[[], Message]:
        told = {
            "event_name": row.event,
            "id_message": next(self._messages),
            "resource": resource,
            "storefront": row.storefront,
        }

        def render() -> Message:
            body, at = json.dumps(told).encode(), str(int(self.clock().timestamp()))
            signature = self.access.written(signed(self.access.secret_key, "POST", row.address, body, at))
            headers = {"Content-Type": "application/json", "Shop-Timestamp": at, "Shop-Signature": signature}
            return headers, body

        return render
