"""From a mark to a push: compute what a listing may sell, and send what differs from what the channel was told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.inventory import guarding, marks
from services.inventory.drafts import Draft, draft, may_by_hand
from services.inventory.offer_rows import (
    OfferRow,
    OfferUpdate,
    Place,
    lock_offers,
    make_offers,
    save_offers,
    save_pushes,
)
from services.inventory.push_decision import Again, Decision, Offer, decide
from services.inventory.supply_book import Listing, supplies
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.stock import StockPush
from shared.persistence.database import Transaction

BATCH = 500


@dataclass
class _Computed:
    """Listings computed anew: what each place would be told, and the places that are told nothing any more."""

    drafts: list[tuple[Draft, OfferRow]] = field(default_factory=list)
    ended: list[OfferUpdate] = field(default_factory=list)


async def step(service: Service) -> bool:
    """Works off one batch of marks in one transaction; answers whether there may be more."""
    async with service.database.statement() as tx:
        if not await marks.there_are(tx):
            return False
    async with service.database.transaction() as tx:
        meant, more = await marks.take(tx, BATCH)
        await tell(service, tx, meant)
    return more


async def tell(service: Service, tx: Transaction, meant: Mapping[UUID, Again], *, asked_by: str = "") -> list[Draft]:
    """Computes these listings anew and emits what changed; answers the places that were computed, with what follows.

    Several workers at once wait for each other per listing. `asked_by` is a person who sends these listings by hand:
    then neither the switches of automatic exchange nor the guard stand in the way.
    """
    if not meant:
        return []
    computed = _Computed()
    ids = sorted(meant)
    for start in range(0, len(ids), BATCH):
        await _compute(tx, {id: meant[id] for id in ids[start : start + BATCH]}, computed, by_hand=bool(asked_by))
    drafts = [one for one, _ in computed.drafts]
    held = {} if asked_by else await guarding.held_back(service, tx, drafts)
    await _send(service, tx, computed, meant, held, asked_by)
    return drafts


async def _compute(tx: Transaction, meant: Mapping[UUID, Again], computed: _Computed, *, by_hand: bool) -> None:
    await make_offers(tx, await _places(tx, meant))
    rows = await lock_offers(tx, meant)
    listings = {one.id: one for one in await supplies(tx, meant) if one.article_number is not None}
    for place, row in rows.items():
        listing = listings.get(place.listing_id)
        if listing is not None and place.location in listing.settings.places:
            blocked = not may_by_hand(listing) if by_hand else bool(listing.blocked_by)
            computed.drafts.append((draft(listing, place, row.offer, meant[place.listing_id], blocked=blocked), row))
        elif row.active or row.blocked_by:
            computed.ended.append(OfferUpdate(place, row.offer, active=False, blocked_by=""))


async def _send(
    service: Service,
    tx: Transaction,
    computed: _Computed,
    meant: Mapping[UUID, Again],
    held: Mapping[Place, str],
    asked_by: str,
) -> None:
    updates = computed.ended
    pushes: list[tuple[Place, Offer, int | None]] = []
    events: list[Event[Any]] = []
    for one, row in computed.drafts:
        place, decision = one.place, one.decision
        if place in held:
            decision = decide(one.offer, one.quantity, again=meant[place.listing_id], blocked=True)
        blocked_by = held.get(place, one.listing.blocked_by) if decision.waits else ""
        if decision.offer != row.offer or blocked_by != row.blocked_by or not row.active:
            updates.append(OfferUpdate(place, decision.offer, active=True, blocked_by=blocked_by))
        if decision.push:
            pushes.append((place, decision.offer, decision.expected))
            events.append(_push(service, one.listing, place, decision, asked_by))
    now = service.clock()
    await save_offers(tx, updates, now)
    await save_pushes(tx, pushes, now)
    await emit(tx, sorted(events, key=lambda one: (one.type, one.platform, str(one.connection))))


async def _places(tx: Transaction, meant: Mapping[UUID, Again]) -> list[Place]:
    """The places to tell; every listing has the place "" as well, which serialises workers before any is read."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT l.id, ARRAY(SELECT jsonb_object_keys(t.value -> 'locations')) AS locations
           FROM listings l LEFT JOIN stock_settings t ON t.connection = l.connection
           WHERE l.id = ANY($1::uuid[]) AND l.article_number IS NOT NULL""",
        sorted(meant),
    )
    return [Place(row["id"], location) for row in rows for location in {"", *row["locations"]}]


def _push(service: Service, listing: Listing, place: Place, decision: Decision, asked_by: str) -> Event[Any]:
    offer = decision.offer
    command = StockPush(
        listing_id=listing.id,
        version=offer.sent_version,
        external_id=listing.external_id,
        parent_external_id=listing.parent_external_id,
        stock_external_id=listing.stock_external_id,
        location=place.location or None,
        sku=listing.sku,
        quantity=offer.sent or 0,
        expected=decision.expected,
        asked_by=asked_by,
    )
    return service.event(
        command,
        subject=place.subject,
        version=offer.sent_version,
        connection=listing.connection,
        platform=listing.platform,
    )
