"""What is news to a subscription: causes that are open and were not told, causes that were told and are closed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

# A cause in a connection; None for what concerns the whole installation.
Cause = tuple[str, UUID | None]


@dataclass(frozen=True)
class News:
    """`known` is how many causes are still open and were told before."""

    opened: frozenset[Cause]
    closed: frozenset[Cause]
    known: int

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed)


def compare(
    open_now: Mapping[Cause, str],
    told: Collection[Cause],
    *,
    connections: Collection[UUID] | None,
    outcomes: Collection[str],
) -> News:
    """`open_now` is all that is open with its severity, `told` what the receiver knows; `connections` (None: all, and
    what concerns none) and `outcomes` are what he wants to hear of. Wanting less closes nothing."""
    wanted = frozenset(
        cause
        for cause, severity in open_now.items()
        if severity in outcomes and (connections is None or cause[1] in connections)
    )
    knows = frozenset(told)
    return News(opened=wanted - knows, closed=knows - open_now.keys(), known=len(knows & open_now.keys()))
