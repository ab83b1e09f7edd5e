"""What a push would do now, listing by listing and in sums: the dry run for stock, and what go-live shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from services.inventory.drafts import AT_ONCE, Draft, foresee
from services.inventory.guard import exceeds, moved
from services.inventory.stock_settings import GuardSettings
from shared.persistence.database import Transaction

# Of several places of one listing, the first of these that one of them has speaks for the listing.
Effect = Literal["to_zero", "moved", "changed", "unchanged", "blocked", "unmatched"]
WORST_FIRST: tuple[Effect, ...] = ("to_zero", "moved", "changed", "unchanged", "blocked", "unmatched")


@dataclass(frozen=True)
class Foreseen:
    """One listing and what each of its places would be told; an unmatched one is told nothing."""

    listing: dict[str, Any]
    drafts: Sequence[Draft]

    @property
    def effect(self) -> Effect:
        return min((effect_of(one) for one in self.drafts), key=WORST_FIRST.index, default="unmatched")


@dataclass
class Sums:
    """Listings by what a push would do to them."""

    to_zero: int = 0
    moved: int = 0
    changed: int = 0
    unchanged: int = 0
    blocked: int = 0
    unmatched: int = 0

    @property
    def told(self) -> int:
        """The listings that are told a quantity; the guard's shares are shares of these."""
        return self.to_zero + self.moved + self.changed + self.unchanged

    def add(self, effect: Effect) -> None:
        setattr(self, effect, getattr(self, effect) + 1)

    def held(self, limits: GuardSettings) -> bool:
        """Whether a first push that does this would wait for a person."""
        return limits.first == "always" or exceeds(self.to_zero, self.told, limits)


async def freeze(tx: Transaction) -> None:
    """Makes this transaction one moment that cannot write. Call it first."""
    await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


async def page(
    tx: Transaction, connection: UUID, *, effect: Effect | None, after: UUID | None, limit: int
) -> list[Foreseen]:
    """Listings by id; `effect` leaves out all others."""
    found: list[Foreseen] = []
    while len(found) < limit and (rows := await _listings(tx, connection, after)):
        found += [one for one in await _foreseen(tx, rows) if effect in (None, one.effect)]
        after = rows[-1]["id"]
    return found[:limit]


async def sums(tx: Transaction, connection: UUID) -> Sums:
    """The whole connection."""
    total, after = Sums(), None
    while rows := await _listings(tx, connection, after):
        for one in await _foreseen(tx, rows):
            total.add(one.effect)
        after = rows[-1]["id"]
    return total


async def _listings(tx: Transaction, connection: UUID, after: UUID | None) -> list[dict[str, Any]]:
    return await tx.rows(
        """SELECT id, external_id, sku, title, article_number, match, matched_by, unreadable_field, unreadable_value
           FROM listings
           WHERE connection = :connection AND state <> 'deleted' AND (CAST(:after AS uuid) IS NULL OR id > :after)
           ORDER BY id LIMIT :limit""",
        connection=connection,
        after=after,
        limit=AT_ONCE,
    )


async def _foreseen(tx: Transaction, rows: Sequence[dict[str, Any]]) -> list[Foreseen]:
    drafts: dict[UUID, list[Draft]] = {row["id"]: [] for row in rows}
    async for one in foresee(tx, [row["id"] for row in rows if row["article_number"] is not None]):
        drafts[one.listing.id].append(one)
    return [Foreseen(row, drafts[row["id"]]) for row in rows]


def effect_of(draft: Draft) -> Effect:
    """What telling the number would do in the shop."""
    if draft.listing.never_told:
        return "blocked"
    if draft.zeroes:
        return "to_zero"
    if not draft.decision.push or draft.offer.shown == draft.quantity:
        return "unchanged"
    return "moved" if moved(draft.offer.shown, draft.quantity, draft.listing.settings.guard) else "changed"
