"""Which level a shipment or movement still has to be taken off, whatever arrived first."""

from collections.abc import Sequence
from datetime import datetime

from services.inventory.sellable import Level

# The rule of `lowers` as SQL over a ledger row `g` and a count: a replay of what happened after the count.
AFTER_COUNT = """(g.occurred_at > {counted_at} AND NOT (
    g.kind = 'shipment' AND {meaning} = 'available' AND coalesce(g.acknowledged_at < {counted_at}, false)))"""


def moves(occurred_at: datetime, level: Level) -> bool:
    """Whether a movement changes a level: not when the level was counted afterwards, it is in the count then."""
    return level.counted_at is None or occurred_at > level.counted_at


def lowers(shipped_at: datetime, acknowledged_at: datetime | None, level: Level) -> bool:
    """Whether a shipment has to be taken off a level.

    Not when the level was counted at or after the shipment. Nor when the count was *available* and the sender had
    acknowledged the order before it: then the pieces were never in the number.
    """
    if level.counted_at is None:
        return True
    if shipped_at <= level.counted_at:
        return False
    taken_off = level.meaning == "available" and acknowledged_at is not None and acknowledged_at < level.counted_at
    return not taken_off


def leaves_from(
    levels: Sequence[Level], shipped_at: datetime, acknowledged_at: datetime | None, preferred: str | None
) -> str:
    """The warehouse a shipment is booked on; "" when the article lies nowhere yet.

    Where the merchant has not said it: among the warehouses whose number does not hold the shipment yet, the one with
    most pieces, so that a doubt is settled on the side of selling too little.
    """
    if preferred is not None:
        return preferred
    if not levels:
        return ""
    return max(
        levels, key=lambda one: (lowers(shipped_at, acknowledged_at, one), one.quantity, one.warehouse)
    ).warehouse
