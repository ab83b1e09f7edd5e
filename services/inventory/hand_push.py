"""Pushes of chosen listings by hand, also before a connection goes live: that is how one tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.inventory import stock_loop
from services.inventory.drafts import Draft
from services.inventory.marks import mark_listings
from services.inventory.matching import listing_keys
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Chosen:
    """What was chosen: as it was named, and the listing found for it."""

    key: str
    listing: dict[str, Any] | None


async def find(
    tx: Transaction, connection: UUID, *, listings: Sequence[UUID] = (), skus: Sequence[str] = ()
) -> list[Chosen]:
    """The listings of a connection behind ids or SKUs, in the order given. A SKU at several listings names them all."""
    rows = await tx.rows(
        """SELECT id, external_id, coalesce(sku, '') AS sku, article_number, match, matched_by, unreadable_field,
                  unreadable_value
           FROM listings WHERE connection = :connection AND state <> 'deleted'
             AND (id = ANY(CAST(:ids AS uuid[])) OR sku = ANY(CAST(:skus AS text[]))) ORDER BY id""",
        connection=connection,
        ids=list(listings),
        skus=list(skus),
    )
    named = [str(id) for id in dict.fromkeys(listings)] + list(dict.fromkeys(skus))
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_key.setdefault(str(row["id"]) if listings else row["sku"], []).append(row)
    return [Chosen(key, listing) for key in named for listing in by_key.get(key, [None])]


async def push(service: Service, tx: Transaction, chosen: Sequence[Chosen], actor: str) -> dict[UUID, list[Draft]]:
    """Sends the numbers of the matched ones now; answers per listing what followed at each of its places."""
    ids = {one.listing["id"] for one in chosen if one.listing is not None and one.listing["article_number"]}
    drafts = await stock_loop.tell(service, tx, dict.fromkeys(ids, "always"), asked_by=actor)
    await service.journal.write(tx, [_entry(service, one, actor) for one in drafts if one.decision.push])
    # What was held and is sent by hand now is seen by the loop once more, and leaves its hold.
    await mark_listings(tx, ids)
    found: dict[UUID, list[Draft]] = {}
    for one in drafts:
        found.setdefault(one.listing.id, []).append(one)
    return found


def _entry(service: Service, draft: Draft, actor: str) -> JournalEntry:
    listing = draft.listing
    return service.journal.entry(
        noun="listing",
        subject=str(listing.id),
        action="started",
        code="stock_sent_by_hand",
        connection=listing.connection,
        platform=listing.platform,
        params={"sku": listing.sku, "quantity": str(draft.quantity), "actor": actor},
        keys=listing_keys(listing.sku, listing.external_id),
        actor=actor,
    )
