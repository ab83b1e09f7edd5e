"""What the journal says about holds: the alert, each listing that waits, and how it ended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.inventory.drafts import Draft
from services.inventory.matching import listing_keys
from services.inventory.supply_book import Listing
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry


def example(draft: Draft) -> dict[str, Any]:
    """One listing as a hold remembers it."""
    return {
        "listing_id": str(draft.listing.id),
        "sku": draft.listing.sku,
        "location": draft.place.location,
        "shown": draft.offer.shown,
        "quantity": draft.quantity,
    }


def raised_entry(
    service: Service,
    hold: UUID,
    listing: Listing,
    code: str,
    zeroed: int,
    listings: int,
    examples: Sequence[Mapping[str, Any]],
) -> JournalEntry:
    """An error, so that it is an open problem until somebody decides."""
    named = [one["sku"] or one["listing_id"] for one in examples[:5]]
    return service.journal.entry(
        noun="hold",
        subject=str(hold),
        action="failed",
        outcome="error",
        code=code,
        connection=listing.connection,
        platform=listing.platform,
        params={
            "zeroed": str(zeroed),
            "listings": str(listings),
            "examples": ", ".join(named) or "–",
            "hold": str(hold),
        },
    )


def waiting_entries(service: Service, hold: UUID, drafts: Sequence[Draft]) -> list[JournalEntry]:
    """What is skipped says why, listing by listing."""
    return [
        service.journal.entry(
            noun="listing",
            subject=str(one.listing.id),
            action="skipped",
            outcome="skipped",
            code="stock_zero_push_held",
            connection=one.listing.connection,
            platform=one.listing.platform,
            params={"sku": one.listing.sku, "shown": _shown(one)},
            keys=listing_keys(one.listing.sku, one.listing.external_id),
            correlation=str(hold),
        )
        for one in drafts
    ]


def over_entry(service: Service, hold: UUID, connection: UUID, platform: str) -> JournalEntry:
    """Nothing of the hold is left to decide."""
    return decided_entry(service, hold, connection, platform, "stock_hold_over", {}, "")


def decided_entry(
    service: Service, hold: UUID, connection: UUID, platform: str, code: str, words: Mapping[str, str], actor: str
) -> JournalEntry:
    """How a hold ended; the open problem closes."""
    return service.journal.entry(
        noun="hold",
        subject=str(hold),
        action="updated",
        code=code,
        connection=connection,
        platform=platform,
        params=dict(words) | ({"actor": actor} if actor else {}),
        actor=actor,
        correlation=str(hold),
    )


def _shown(draft: Draft) -> str:
    return "–" if draft.offer.shown is None else str(draft.offer.shown)
