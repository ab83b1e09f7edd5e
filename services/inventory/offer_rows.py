"""The rows of what each listing is told, read and written in one order so that nobody deadlocks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.inventory.push_decision import Offer
from shared.persistence.database import Transaction

_LOCK = """
SELECT listing_id, location, active, version, quantity, blocked_by, sent, sent_version, told, told_version, told_at,
       outcome, outcome_version, settled_version, shop_quantity, shop_read_at
FROM offers WHERE listing_id = ANY($1::uuid[]) ORDER BY listing_id, location FOR UPDATE
"""


@dataclass(frozen=True)
class Place:
    """A listing at one of the channel's locations; "" where the channel has only one number."""

    listing_id: UUID
    location: str = ""

    @property
    def subject(self) -> str:
        """The name of the push in messages."""
        return f"{self.listing_id}:{self.location}" if self.location else str(self.listing_id)

    @staticmethod
    def of(subject: str) -> "Place":
        """Reads a push's subject. Raises ValueError when it is none of ours."""
        listing_id, _, location = subject.partition(":")
        return Place(UUID(listing_id), location)


@dataclass(frozen=True)
class OfferRow:
    """One stored row: the state that decides, and what only the row knows."""

    offer: Offer
    active: bool
    blocked_by: str
    told_version: int
    outcome_version: int


@dataclass(frozen=True)
class OfferUpdate:
    """What the stock loop writes back."""

    place: Place
    offer: Offer
    active: bool
    blocked_by: str


async def lock_offers(tx: Transaction, ids: Collection[UUID]) -> dict[Place, OfferRow]:
    """Locks and answers all rows of these listings, sorted."""
    driver = await tx.driver()
    return {Place(row["listing_id"], row["location"]): _row(row) for row in await driver.fetch(_LOCK, sorted(ids))}


async def peek_offers(tx: Transaction, places: Collection[Place]) -> dict[Place, Offer]:
    """What is known of these places, sorted, without locking them. One that has no row yet: what the channel showed."""
    wanted = sorted(places, key=lambda place: (place.listing_id, place.location))
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT k.id, k.location, coalesce(o.version, 0) AS version, o.quantity, o.sent,
                  coalesce(o.sent_version, 0) AS sent_version, o.told, o.told_at, coalesce(o.outcome, '') AS outcome,
                  coalesce(o.settled_version, 0) AS settled_version,
                  CASE WHEN o.listing_id IS NOT NULL THEN o.shop_quantity WHEN k.location = '' THEN l.quantity
                       ELSE CAST(l.locations ->> k.location AS int) END AS shop_quantity,
                  CASE WHEN o.listing_id IS NULL THEN l.observed_at ELSE o.shop_read_at END AS shop_read_at
           FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS k(id, location, n) JOIN listings l ON l.id = k.id
           LEFT JOIN offers o ON o.listing_id = k.id AND o.location = k.location ORDER BY k.n""",
        [place.listing_id for place in wanted],
        [place.location for place in wanted],
    )
    return {Place(row["id"], row["location"]): _offer(row) for row in rows}


async def make_offers(tx: Transaction, places: Collection[Place]) -> None:
    """Creates missing rows with what the channel showed when the listing was read."""
    wanted = sorted(places, key=lambda place: (place.listing_id, place.location))
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO offers (listing_id, location, shop_quantity, shop_read_at)
           SELECT p.id, p.location, p.shown, CASE WHEN p.shown IS NOT NULL THEN p.observed_at END
           FROM (SELECT k.id, k.location, l.observed_at,
                        CASE WHEN k.location = '' THEN l.quantity ELSE CAST(l.locations ->> k.location AS int) END
                            AS shown
                 FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS k(id, location, n)
                 JOIN listings l ON l.id = k.id ORDER BY k.n) p
           ON CONFLICT (listing_id, location) DO NOTHING""",
        [place.listing_id for place in wanted],
        [place.location for place in wanted],
    )


async def save_offers(tx: Transaction, updates: Sequence[OfferUpdate], now: datetime) -> None:
    """Writes back what changed, and one row per push."""
    driver = await tx.driver()
    await driver.execute(
        """UPDATE offers o SET version = u.version, quantity = u.quantity, computed_at = $9, active = u.active,
                  blocked_by = u.blocked_by, sent = u.sent, sent_version = u.sent_version,
                  sent_at = CASE WHEN u.sent_version > o.sent_version THEN $9 ELSE o.sent_at END
           FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::boolean[], $6::text[], $7::int[], $8::int[])
                AS u(listing_id, location, version, quantity, active, blocked_by, sent, sent_version)
           WHERE o.listing_id = u.listing_id AND o.location = u.location""",
        [one.place.listing_id for one in updates],
        [one.place.location for one in updates],
        [one.offer.version for one in updates],
        [one.offer.quantity for one in updates],
        [one.active for one in updates],
        [one.blocked_by for one in updates],
        [one.offer.sent for one in updates],
        [one.offer.sent_version for one in updates],
        now,
    )


async def save_pushes(tx: Transaction, pushes: Sequence[tuple[Place, Offer, int | None]], now: datetime) -> None:
    """Remembers each push until its end and that of all before it are known."""
    driver = await tx.driver()
    await driver.copy_records_to_table(
        "pushes",
        columns=["listing_id", "location", "version", "quantity", "expected", "sent_at"],
        records=[(p.listing_id, p.location, o.sent_version, o.sent, expected, now) for p, o, expected in pushes],
    )


def _offer(row: asyncpg.Record) -> Offer:
    values: dict[str, Any] = dict(row)
    return Offer(**{name: values[name] for name in Offer.__dataclass_fields__})


def _row(row: asyncpg.Record) -> OfferRow:
    return OfferRow(_offer(row), row["active"], row["blocked_by"], row["told_version"], row["outcome_version"])
