"""Money on its way back to a customer, by the channel it was paid in."""

import re
from decimal import Decimal
from uuid import UUID

from shared.contracts.model import Contract, Payload
from shared.contracts.money import Money


class RepaidLine(Contract):
    """What is given back of one line: money, tax included, and the pieces it is for; none where only money is."""

    line_external_id: str
    quantity: Decimal = Decimal(0)
    amount: Decimal


class Repayment(Contract):
    """One refund of one order. `total` is what the customer gets: the lines, the shipping, and what is for neither.
    `mark` stands in the refund's note in the shop, and is how it is found again there."""

    id: UUID
    order_external_id: str
    lines: tuple[RepaidLine, ...] = ()
    shipping: Decimal = Decimal(0)
    total: Money
    reason: str = ""
    notify_customer: bool = False

    @property
    def mark(self) -> str:
        return mark(self.id)

    @property
    def note(self) -> str:
        """What the refund says in the shop."""
        return f"{self.reason} ({self.mark})" if self.reason else self.mark


_MARK = re.compile(r"Kontor [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_ours(note: str) -> bool:
    """Whether a refund's note in the shop says that it is ours."""
    return _MARK.search(note) is not None


def mark(id: UUID) -> str:
    """The reference that a refund of ours bears in the shop."""
    return f"Kontor {id}"


class RefundPush(Payload):
    """Give money back in the channel. The subject is the refund's id: the money flows once."""

    type = "refund.push"
    kind = "command"

    version: int = 1
    order_id: UUID
    refund: Repayment
