"""What a channel itself says it can sell, read back: `stock.reported`, and listings as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.inventory.matching import listing_keys
from services.inventory.offer_rows import Place, lock_offers
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.stock import StockReported
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Reading:
    """A quantity that a channel showed at one moment."""

    listing_id: UUID
    location: str
    quantity: int
    at: datetime


async def keep_readings(tx: Transaction, readings: Sequence[Reading], *, only_known: bool) -> None:
    """Keeps the newest reading per place; `only_known` leaves out places that were never told anything."""
    newest: dict[tuple[UUID, str], Reading] = {}
    for one in readings:
        rival = newest.get((one.listing_id, one.location))
        if rival is None or one.at > rival.at:
            newest[(one.listing_id, one.location)] = one
    kept = [newest[key] for key in sorted(newest)]
    values = (
        [one.listing_id for one in kept], [one.location for one in kept],
        [one.quantity for one in kept], [one.at for one in kept],
    )  # fmt: skip
    driver = await tx.driver()
    if only_known:
        await driver.execute(
            """UPDATE offers o SET shop_quantity = r.quantity, shop_read_at = r.at
               FROM unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[]) AS r(id, location, quantity, at)
               WHERE o.listing_id = r.id AND o.location = r.location
                 AND coalesce(o.shop_read_at, '-infinity') < r.at""",
            *values,
        )
    else:
        await driver.execute(
            """INSERT INTO offers (listing_id, location, active, shop_quantity, shop_read_at)
               SELECT id, location, false, quantity, at
               FROM unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[]) AS r(id, location, quantity, at)
               ON CONFLICT (listing_id, location) DO UPDATE
               SET shop_quantity = EXCLUDED.shop_quantity, shop_read_at = EXCLUDED.shop_read_at
               WHERE coalesce(offers.shop_read_at, '-infinity') < EXCLUDED.shop_read_at""",
            *values,
        )


async def reported(service: Service, tx: Transaction, events: Sequence[Event[StockReported]]) -> None:
    """Keeps read-backs. One that is neither what we told nor what we would tell now is journalled as drift, once."""
    readings = [
        Reading(one.data.listing_id, one.data.location or "", one.data.quantity, one.data.observed_at) for one in events
    ]
    before = await lock_offers(tx, {one.listing_id for one in readings})
    await keep_readings(tx, readings, only_known=False)
    drifted: dict[Place, tuple[int, int | None]] = {}
    for reading in readings:
        row = before.get(Place(reading.listing_id, reading.location))
        if row is None or row.offer.told is None or row.offer.told_at is None or row.offer.in_flight:
            continue
        offer = row.offer
        newer = reading.at > max(row.offer.told_at, offer.shop_read_at or row.offer.told_at)
        if newer and reading.quantity not in (offer.told, offer.quantity, offer.shop_quantity):
            drifted[Place(reading.listing_id, reading.location)] = (reading.quantity, offer.told)
    await journal_drift(service, tx, drifted)


async def journal_drift(service: Service, tx: Transaction, drifted: dict[Place, tuple[int, int | None]]) -> None:
    """One entry per place: what the channel shows and what it was told."""
    if not drifted:
        return
    listings = await tx.rows(
        "SELECT id, connection, platform, external_id, coalesce(sku, '') AS sku FROM listings WHERE id = ANY(:ids)",
        ids=list({place.listing_id for place in drifted}),
    )
    by_id = {row["id"]: row for row in listings}
    await service.journal.write(
        tx,
        [
            service.journal.entry(
                noun="listing",
                subject=str(place.listing_id),
                action="reported",
                outcome="warning",
                code="stock_drifted",
                connection=by_id[place.listing_id]["connection"],
                platform=by_id[place.listing_id]["platform"],
                params={
                    "sku": by_id[place.listing_id]["sku"],
                    "shop": str(shop),
                    "told": "–" if told is None else str(told),
                },
                keys=listing_keys(by_id[place.listing_id]["sku"], by_id[place.listing_id]["external_id"]),
            )
            for place, (shop, told) in drifted.items()
            if place.listing_id in by_id
        ],
    )
