"""What listings would be told right now, before anything is written: for the stock loop, the guard and the preview."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from uuid import UUID

from services.inventory.offer_rows import Place, peek_offers
from services.inventory.push_decision import Again, Decision, Offer, decide, falls_to_zero
from services.inventory.sellable import sellable
from services.inventory.supply_book import Listing, supplies
from shared.persistence.database import Transaction

AUTOMATIC = ("productive_mode_off", "integration_mode_off")
"""The switches of automatic exchange; what a person sends by hand does not need them."""
NOT_COUNTED = "stock_not_counted"
AT_ONCE = 500


@dataclass(frozen=True)
class Draft:
    """One place, the number computed for it, and what follows unless the guard holds it."""

    listing: Listing
    place: Place
    offer: Offer
    quantity: int
    decision: Decision

    @property
    def zeroes(self) -> bool:
        """Whether the push takes the listing off sale."""
        return self.decision.push and falls_to_zero(self.offer, self.quantity)


def may_by_hand(listing: Listing) -> bool:
    """Whether a person may send a listing now: only the switches of automatic exchange may be off."""
    return listing.counts_stock and listing.blocked_by in ("", *AUTOMATIC)


def draft(listing: Listing, place: Place, offer: Offer, again: Again, *, blocked: bool) -> Draft:
    """Computes one place anew."""
    quantity = sellable(listing.supply, listing.settings, place.location).quantity
    return Draft(listing, place, offer, quantity, decide(offer, quantity, again=again, blocked=blocked))


async def foresee(tx: Transaction, ids: Collection[UUID]) -> AsyncIterator[Draft]:
    """What these listings would be told if every switch were on. Locks and writes nothing, and keeps nothing: a shop
    may have a hundred thousand of them."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        found = await supplies(tx, ordered[start : start + AT_ONCE])
        listings = {one.id: one for one in found if one.article_number is not None}
        places = [Place(one.id, location) for one in listings.values() for location in one.settings.places]
        for place, offer in (await peek_offers(tx, places)).items():
            listing = listings[place.listing_id]
            yield draft(listing, place, offer, "", blocked=listing.never_told)
