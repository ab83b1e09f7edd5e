"""What the shop believes about a listing, and how the number was made: always a query, never a guess."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.inventory import listing_search
from services.inventory.sellable import Step, explain, sellable
from services.inventory.supply_book import Listing, supplies
from services.inventory.views import LastPush, LevelTerm, PlaceView, QuantityView, Said, Terms
from services.inventory.wording import match_said, said
from shared.chassis.sentences import Language
from shared.persistence.database import Transaction


async def quantity_view(tx: Transaction, id: UUID, scope: list[UUID] | None, language: Language) -> QuantityView | None:
    """The whole answer for one listing within the caller's scope; None when there is no such listing."""
    row = await listing_search.one(tx, id, scope)
    if row is None:
        return None
    listing = (await supplies(tx, [id]))[0]
    stored = {offer["location"]: offer for offer in await listing_search.offers(tx, id)}
    dirty = await tx.value(
        """SELECT EXISTS (SELECT FROM dirty WHERE listing_id = :id OR connection = :connection)
                  OR EXISTS (SELECT FROM dirty WHERE article_number = :number)
                  OR EXISTS (SELECT FROM dirty JOIN shelf_mates USING (article_number) WHERE mate = :number)""",
        id=id,
        connection=row["connection"],
        number=row["article_number"],
    )
    return QuantityView(
        **{name: row[name] for name in ("connection", "platform", "external_id", "sku", "article_number")},
        listing_id=id,
        match=match_said(row, language),
        dirty=bool(dirty),
        blocked_by=said(listing.blocked_by, language) if listing.blocked_by else None,
        places=[_place(listing, location, stored.get(location), language) for location in listing.settings.places],
    )


def _place(listing: Listing, location: str, offer: Mapping[str, Any] | None, language: Language) -> PlaceView:
    known = offer or {}
    steps = explain(listing.supply, listing.settings, location) if listing.article_number is not None else []
    words = [*_belief(known), *steps]
    return PlaceView(
        location=location,
        told=known.get("told"),
        told_at=known.get("told_at"),
        shop=known.get("shop_quantity"),
        shop_read_at=known.get("shop_read_at"),
        computed=known.get("quantity"),
        waits=bool(known.get("blocked_by")),
        waits_because=said(known["blocked_by"], language) if known.get("blocked_by") else None,
        last_push=_last_push(known, language) if known.get("sent_version") else None,
        terms=_terms(listing, location),
        explanation=[said(step.code, language, worded(step.params, language)) for step in words],
    )


def _belief(offer: Mapping[str, Any]) -> list[Step]:
    steps = [Step("stock_never_told", {})]
    if offer.get("told") is not None:
        told = {"told": str(offer["told"]), "at": f"{offer['told_at']:%Y-%m-%d %H:%M:%S} UTC"}
        steps = [Step("stock_was_told", told)]
    if offer.get("shop_read_at") is not None:
        read = {"shop": str(offer["shop_quantity"]), "at": f"{offer['shop_read_at']:%Y-%m-%d %H:%M:%S} UTC"}
        steps.append(Step("stock_was_read", read))
    return steps


def worded(params: Mapping[str, str], language: Language) -> dict[str, str]:
    """The parameters of a step, those that are codes themselves in words."""
    words = dict(params)
    if words.get("meaning") in ("physical", "available"):
        words["meaning"] = said(f"stock_meaning_{words['meaning']}", language).sentence
    return words


def _last_push(offer: Mapping[str, Any], language: Language) -> LastPush:
    known = offer["outcome_version"] == offer["sent_version"] and offer["outcome"]
    reason: Said | None = None
    if known and offer["outcome_code"]:
        reason = said(offer["outcome_code"], language, offer["outcome_params"])
    settled = offer["settled_version"] >= offer["sent_version"]
    return LastPush(
        quantity=offer["sent"],
        version=offer["sent_version"],
        sent_at=offer["sent_at"],
        outcome=offer["outcome"] if known else "superseded" if settled else "sent",
        said=reason,
        reported_at=offer["outcome_at"] if known else None,
    )


def _terms(listing: Listing, location: str) -> Terms:
    made = sellable(listing.supply, listing.settings, location)
    return Terms(
        levels=[
            LevelTerm(warehouse=one.warehouse, quantity=one.quantity, meaning=one.meaning, counted_at=one.counted_at)
            for one in made.levels
        ],
        base=made.base,
        correction=made.correction,
        pseudo_stock=made.pseudo_stock,
        reserved=made.reserved,
        acknowledged=made.acknowledged,
        covered=made.covered,
        for_sets=made.for_sets,
        subtracted=made.subtracted,
        from_parts=made.from_parts,
        buffer=listing.settings.buffer,
        percentage=listing.settings.percentage,
        minimum=listing.settings.minimum,
        maximum=listing.settings.maximum,
        quantity=made.quantity,
    )
