"""Whether so many listings fall to zero at once that a person should look first. Pure: no clock, no database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from services.inventory.stock_settings import GuardSettings

Id = TypeVar("Id")
Kept = Literal["held", "confirmed", "discarded"]
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Verdict(Generic[Id]):
    """`wait` must not be told, `fresh` of them were not held before; `passed` may be told and counts for the limit.

    `forget` are listings whose hold has done its work: confirmed, or no longer falling to zero.
    """

    wait: frozenset[Id]
    fresh: frozenset[Id]
    passed: frozenset[Id]
    forget: frozenset[Id]


def exceeds(zeroed: int, listings: int, limits: GuardSettings) -> bool:
    """Whether this many of a connection's listings may not fall to zero without a person's word."""
    return zeroed >= limits.zero_minimum and zeroed * HUNDRED > limits.zero_share * listings


def judge(
    zeroing: Collection[Id],
    kept: Mapping[Id, Kept],
    *,
    passed_before: int,
    ahead: int,
    listings: int,
    limits: GuardSettings,
) -> Verdict[Id]:
    """What becomes of the listings that would fall to zero now.

    `kept` are the listings at hand that were held before. `passed_before` fell to zero within the window, `ahead` would
    do so next. What is held does not use up the limit, so a single sale passes while a hold waits for its person.
    """
    falling = frozenset(zeroing)
    fresh = falling - kept.keys()
    too_many = exceeds(passed_before + len(fresh) + ahead, listings, limits)
    still = frozenset(id for id, state in kept.items() if id in falling and state != "confirmed")
    return Verdict(
        wait=still | (fresh if too_many else frozenset()),
        fresh=fresh if too_many else frozenset(),
        passed=frozenset() if too_many else fresh,
        forget=frozenset(kept) - still,
    )


def moved(shown: int | None, quantity: int, limits: GuardSettings) -> bool:
    """Whether a quantity changes by more than the share from which a preview points at it."""
    return bool(shown) and abs(quantity - (shown or 0)) * HUNDRED > limits.moved_share * (shown or 0)
