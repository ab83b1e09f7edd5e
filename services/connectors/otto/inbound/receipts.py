"""What the platform wrote in the seller's name about an order: nothing of it is to be written again."""

from datetime import UTC

from services.connectors.otto import wire
from services.connectors.otto.inbound.money import money
from shared.contracts.money import Money
from shared.contracts.money import total as sum_of
from shared.contracts.order import Property, Refund

PARTIAL = "PARTIAL_REFUND"


def documents(raw: wire.Order) -> list[Property]:
    """Each receipt by its number, with its day and its sum, and which other it belongs to."""
    return [Property(name=f"receipt {one.type}", value=_shown(one)) for one in _by_time(raw)]


def partial_refunds(raw: wire.Order) -> list[Refund]:
    """Price reductions without goods coming back; only receipts tell of them. A piece that came back is refunded less
    by what was given back before: the platform's own receipts take that into account."""
    return [
        Refund(
            external_id=one.number,
            refunded_at=one.created_at.astimezone(UTC),
            total=_worth(one),
            reason=one.reason or PARTIAL,
        )
        for one in _by_time(raw)
        if one.type == PARTIAL
    ]


def _by_time(raw: wire.Order) -> list[wire.Receipt]:
    return sorted(raw.receipts, key=lambda one: (one.created_at, one.number))


def _shown(raw: wire.Receipt) -> str:
    parts = [raw.number, f"{raw.created_at.astimezone(UTC):%Y-%m-%d}", str(_worth(raw).rounded())]
    parts += [f"to {raw.linked}"] if raw.linked else []
    return ", ".join([*parts, *([] if raw.real else ["no tax document"])])


def _worth(raw: wire.Receipt) -> Money:
    return sum_of([money(one.gross, "receipts.totals.gross") for one in raw.totals], "EUR")
