"""What customers and the seller write to each other about pieces of orders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.kaufland.errors import not_found
from services.sandbox.kaufland.times import second, shown

REASONS = ("product_not_as_described", "product_defect", "product_not_delivered", "product_return", "contact_other")
STATUSES = ("opened", "buyer_closed", "seller_closed", "both_closed", "customer_service_closed_final")
FIRST_TICKET, FIRST_MESSAGE = 110_123_123, 64_123_123


@dataclass
class Ticket:
    """One ticket about some pieces, or about none; `hears` is whether the seller has to do something."""

    id: str
    units: tuple[int, ...]
    storefront: str
    kind: str
    reason: str
    topic: str | None
    opened_at: datetime
    changed_at: datetime
    status: str = "opened"
    hears: bool = True
    messages: list[dict[str, Any]] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        return {
            "id_ticket": self.id,
            "ids_order_units": list(self.units),
            "id_buyer": 7_364_111,
            "ts_created_iso": shown(self.opened_at),
            "ts_updated_iso": shown(self.changed_at),
            "status": self.status,
            "open_reason": self.reason,
            "topic": self.topic,
            "is_seller_responsible": self.hears,
            "fulfillment_type": self.kind,
        }


@dataclass
class Tickets:
    """All tickets of one account by their id, which begins with noughts."""

    clock: Callable[[], datetime]
    held: dict[str, Ticket] = field(default_factory=dict)
    _written: int = 0

    def open(
        self, units: tuple[int, ...], text: str, *, storefront: str, kind: str = "fulfilled_by_merchant",
        reason: str = "contact_other", topic: str | None = "order_other_question", at: datetime | None = None,
    ) -> str:  # fmt: skip
        """A customer writes about something new."""
        moment = second(at or self.clock())
        id = f"00{FIRST_TICKET + len(self.held)}"
        self.held[id] = Ticket(id, units, storefront, kind, reason, topic, moment, moment)
        self.write(id, "buyer", text, at=moment)
        return id

    def write(self, id: str, role: str, text: str, at: datetime | None = None) -> None:
        """Whoever did not write last is the one to answer."""
        ticket = self.held[id]
        # Two changes of a ticket have different stamps, as between people.
        ticket.changed_at = max(
            second(at or self.clock()), ticket.changed_at + timedelta(seconds=bool(ticket.messages))
        )
        ticket.hears = role != "seller"
        ticket.messages.append(
            {
                "id_ticket_message": FIRST_MESSAGE + self._written,
                "id_ticket": id,
                "author": {"role": role, "name": "Kramladen" if role == "seller" else "Erika M."},
                "text": text,
                "ts_created_iso": shown(ticket.changed_at),
            }
        )
        self._written += 1

    def close(self, id: str, status: str) -> None:
        ticket = self.held[id]
        ticket.status, ticket.hears = status, False
        ticket.changed_at = max(second(self.clock()), ticket.changed_at + timedelta(seconds=1))

    def find(self, id: str) -> Ticket:
        """Raises ApiError where there is none."""
        if id not in self.held:
            raise not_found("The ticket")
        return self.held[id]
