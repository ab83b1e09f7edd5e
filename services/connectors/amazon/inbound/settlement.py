"""What Amazon paid out, row by row: read, added up, and sorted by order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.connectors.amazon import wire
from services.connectors.amazon.inbound.tables import amount, moment, table
from services.connectors.amazon.vocabulary import ORDER_ID, PAID_BACK, REFUND
from shared.contracts.errors import Untranslatable

NEEDED = (
    "settlement-id", "total-amount", "currency", "transaction-type", "order-id", "amount-type", "amount-description",
    "amount",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One amount. `shelf` says from whose shelf it was sent, AFN or MFN, where it was sent at all."""

    kind: str
    order_id: str
    adjustment: str
    amount_type: str
    description: str
    amount: Decimal
    item: str
    shelf: str
    at: datetime | None

    @property
    def words(self) -> str:
        return " ".join(part for part in (self.kind, self.amount_type, self.description) if part)


@dataclass(frozen=True)
class Settlement:
    """A payment of Amazon's. Its rows should come to `total`."""

    id: str
    currency: str
    total: Decimal
    begins: str
    ends: str
    paid: str
    rows: tuple[Row, ...]

    @property
    def sum(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0))

    def by_order(self) -> dict[str, list[Row]]:
        """The rows of each order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            if re.fullmatch(ORDER_ID, row.order_id):
                found.setdefault(row.order_id, []).append(row)
        return found

    def of_no_order(self) -> list[Row]:
        """Rows that belong to no order of a customer: fees, reserves, corrections, removals."""
        return [row for row in self.rows if not re.fullmatch(ORDER_ID, row.order_id)]


def settlement(content: bytes) -> Settlement:
    """Reads a table. Raises Untranslatable that names the column which cannot be read."""
    rows = list(table(content, *NEEDED))
    head = next((row for row in rows if row["total-amount"]), None)
    if head is None:
        raise Untranslatable("The settlement states no total", code="value_missing", field="total-amount")
    strange = next((row for row in rows if row["settlement-id"] != head["settlement-id"]), None)
    if strange is not None:
        raise Untranslatable("The table holds several settlements", code="unknown_word", field="settlement-id")
    return Settlement(
        id=head["settlement-id"],
        currency=head["currency"],
        total=amount(head["total-amount"], "total-amount"),
        begins=head.get("settlement-start-date", ""),
        ends=head.get("settlement-end-date", ""),
        paid=head.get("deposit-date", ""),
        rows=tuple(_row(row) for row in rows if row is not head),
    )


def _row(row: dict[str, str]) -> Row:
    at = row.get("posted-date-time") or row.get("posted-date") or ""
    return Row(
        kind=row["transaction-type"],
        order_id=row["order-id"],
        adjustment=row.get("adjustment-id", ""),
        amount_type=row["amount-type"],
        description=row["amount-description"],
        amount=amount(row["amount"], "amount"),
        item=row.get("order-item-code", ""),
        shelf=row.get("fulfillment-id", ""),
        at=moment(at, "posted-date-time") if at else None,
    )


def sums(rows: Iterable[Row], currency: str) -> str:
    """What rows are for and come to, one sum for each kind."""
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row.words] = found.get(row.words, Decimal(0)) + row.amount
    return "; ".join(f"{words} {worth:f} {currency}" for words, worth in found.items())


def paid_back(settled: Settlement, rows: Iterable[Row]) -> list[wire.PaidBack]:
    """The refunds among an order's rows: what its buyer got back. Raises Untranslatable for one without a time."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.kind == REFUND and row.amount_type in PAID_BACK:
            groups.setdefault(row.adjustment or (row.at.isoformat() if row.at else ""), []).append(row)
    return [
        _refund(settled, key, group)
        for key, group in groups.items()
        if sum((row.amount for row in group), Decimal(0)) < 0
    ]


def _refund(settled: Settlement, key: str, group: list[Row]) -> wire.PaidBack:
    at = next((row.at for row in group if row.at is not None), None)
    if at is None:
        raise Untranslatable("A refund has no time", code="value_missing", field="posted-date-time")
    lines: dict[str, Decimal] = {}
    for row in group:
        if row.item:
            lines[row.item] = lines.get(row.item, Decimal(0)) - row.amount
    return wire.PaidBack(
        id=f"{settled.id}:{key}",
        at=at,
        currency=settled.currency,
        amount=-sum((row.amount for row in group), Decimal(0)),
        lines=tuple(wire.PaidBackLine(line=item, amount=worth) for item, worth in lines.items()),
    )
