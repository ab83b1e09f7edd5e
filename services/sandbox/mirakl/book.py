"""The shop's orders, listed as OR11 lists them: filtered at this very moment, sorted by creation and by id only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.times import milliseconds, parse

DELTA = timedelta(seconds=60)
"""Mirakl takes this off the wanted update date, so that latency costs no order."""
MOST = 100


@dataclass
class Stored:
    """One order; `body` is what the API shows once it is accepted, `hidden` what it keeps back until then."""

    body: dict[str, Any]
    created: datetime
    updated: datetime
    written_at: datetime
    case: str
    expect: tuple[str, ...]

    @property
    def id(self) -> str:
        return str(self.body["order_id"])

    @property
    def total(self) -> Decimal:
        """What the customer pays: the stated total, and where prices are without tax, the tax beside it."""
        total: Decimal = self.body["total_price"]
        if self.body["order_tax_mode"] == "TAX_EXCLUDED":
            taxes = [tax for line in self.body["order_lines"] for tax in (*line["taxes"], *line["shipping_taxes"])]
            total += sum((tax["amount"] for tax in taxes), Decimal(0))
        return total

    def shown(self) -> dict[str, Any]:
        """Addresses are null as long as the shop has not accepted."""
        if self.body["order_state"] not in ("STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT"):
            return self.body
        customer = {**self.body["customer"], "billing_address": None, "shipping_address": None}
        return {**self.body, "customer": customer}


@dataclass(frozen=True)
class Query:
    """What OR11 was asked for."""

    ids: tuple[str, ...]
    states: tuple[str, ...]
    created_from: datetime | None
    created_to: datetime | None
    updated_from: datetime | None
    updated_to: datetime | None
    most: int
    offset: int
    descending: bool

    @classmethod
    def read(cls, given: Any) -> "Query":
        ids = _listed("order_ids", given.get("order_ids"))
        since = parse("start_update_date", given.get("start_update_date"))
        return cls(
            ids=ids,
            states=_listed("order_state_codes", given.get("order_state_codes")),
            created_from=parse("start_date", given.get("start_date")),
            created_to=parse("end_date", given.get("end_date")),
            updated_from=None if since is None else since - DELTA,
            updated_to=parse("end_update_date", given.get("end_update_date")),
            most=min(number("max", given.get("max", "10")), MOST),
            offset=number("offset", given.get("offset", "0")),
            descending=given.get("order") == "desc",
        )

    def wants(self, order: Stored) -> bool:
        return (
            (not self.ids or order.id in self.ids)
            and (not self.states or order.body["order_state"] in self.states)
            and (self.created_from is None or order.created >= self.created_from)
            and (self.created_to is None or order.created <= self.created_to)
            and (self.updated_from is None or order.updated >= self.updated_from)
            and (self.updated_to is None or order.updated <= self.updated_to)
        )


class Book:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.orders: dict[str, Stored] = {}

    def add(self, order: Stored) -> None:
        self.orders[order.id] = order

    def changed(self, order: Stored, at: datetime | None = None) -> None:
        """After any change: the order's stamp moves, its place in the list does not."""
        order.updated = (at or self._clock()).replace(microsecond=0) if at else self._clock()
        order.updated = order.updated.replace(microsecond=order.updated.microsecond // 1000 * 1000)
        order.body["last_updated_date"] = milliseconds(order.updated)

    def select(self, query: Query, late: timedelta) -> tuple[list[Stored], int]:
        visible = self._clock() - late
        found = [order for order in self.orders.values() if order.written_at <= visible and query.wants(order)]
        found.sort(key=lambda order: (order.created, order.id), reverse=query.descending)
        return found[query.offset : query.offset + query.most], len(found)


def number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise Refusal(400, f"Parameter '{name}' is not a valid number: {text}")
    return int(text)


def _listed(name: str, text: str | None) -> tuple[str, ...]:
    values = tuple(filter(None, (text or "").split(",")))
    if len(values) > MOST:
        raise Refusal(400, f"Parameter '{name}': limit of {MOST} is exceeded")
    return values
