"""From a mark to a push: compute what a listing is to cost, and send what differs from what the channel was told."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.inventory import marks, price_drafts, price_guarding
from services.inventory.matching import listing_keys
from services.inventory.price_decision import PriceOffer, decide
from services.inventory.price_drafts import PriceDraft
from services.inventory.pricing import Tier, as_json
from services.inventory.push_decision import Again
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.journal import JournalEntry
from shared.contracts.money import Money
from shared.contracts.price import GroupPrice, PricePush, PriceTier
from shared.persistence.database import Transaction

BATCH = 500
BY_HAND = "price_by_hand_dangerous"


async def step(service: Service) -> bool:
    """Works off one batch of marks in one transaction; answers whether there may be more."""
    async with service.database.statement() as tx:
        if not await marks.there_are(tx, marks.PRICES):
            return False
    async with service.database.transaction() as tx:
        meant, more = await marks.take(tx, BATCH, marks.PRICES)
        ids = sorted(meant)
        for start in range(0, len(ids), BATCH):
            await _tell(service, tx, {id: meant[id] for id in ids[start : start + BATCH]})
    return more


async def by_hand(
    service: Service, tx: Transaction, ids: Collection[UUID], actor: str, *, dangerous: bool
) -> dict[UUID, tuple[PriceDraft, str]]:
    """Sends the prices of up to a batch of listings now, also before productive mode; answers each with the code why it
    was not sent ("" = it was). A price of 0 or one that moves too far goes only with `dangerous`."""
    meant: dict[UUID, Again] = dict.fromkeys(sorted(ids), "always")
    await price_drafts.lock(tx, meant)
    found = await price_drafts.drafts(tx, meant, meant, passing=("productive_mode_off",))
    matched = [one for one in found if one.listing["article_number"] is not None]
    refused = {one.id: BY_HAND for one in matched if one.dangerous and not dangerous}
    await _send(service, tx, matched, meant, refused, actor)
    # What was held and is sent by hand now is seen by the loop once more, and leaves its hold.
    await marks.mark_listings(tx, [one.id for one in matched], queue=marks.PRICES)
    return {one.id: (one, one.switch or one.priced.why or refused.get(one.id, "")) for one in matched}


async def _tell(service: Service, tx: Transaction, meant: dict[UUID, Again]) -> None:
    await price_drafts.lock(tx, meant)
    found = [one for one in await price_drafts.drafts(tx, meant, meant) if one.listing["article_number"] is not None]
    held = await price_guarding.held_back(service, tx, found)
    await _send(service, tx, found, meant, held, "")


async def _send(
    service: Service,
    tx: Transaction,
    found: Sequence[PriceDraft],
    meant: Mapping[UUID, Again],
    held: Mapping[UUID, str],
    asked_by: str,
) -> None:
    saved: list[tuple[UUID, PriceOffer, str]] = []
    events: list[Event[Any]] = []
    news: list[JournalEntry] = []
    for one in found:
        decision = one.decision
        if one.id in held:
            decision = decide(one.offer, one.quote, again=meant[one.id], blocked=True)
        blocked_by = one.switch or one.priced.why or (held.get(one.id, "") if decision.waits else "")
        if decision.offer != one.offer or blocked_by != one.blocked_by:
            saved.append((one.id, decision.offer, blocked_by))
        if decision.push:
            events.append(_push(service, one, decision.offer, asked_by))
        elif one.priced.why and not one.switch and one.blocked_by != one.priced.why:
            news.append(_without(service, one))
    await _save(service, tx, saved)
    await emit(tx, sorted(events, key=lambda one: (one.platform, str(one.connection))))
    await service.journal.write(tx, news)


def _push(service: Service, one: PriceDraft, offer: PriceOffer, asked_by: str) -> Event[Any]:
    quote = offer.sent
    assert quote is not None
    listing = one.listing
    command = PricePush(
        listing_id=one.id,
        version=offer.sent_version,
        external_id=listing["external_id"],
        parent_external_id=listing["parent_external_id"],
        sku=listing["sku"],
        price=Money(amount=quote.amount, currency=quote.currency),
        strike=None if quote.strike is None else Money(amount=quote.strike, currency=quote.currency),
        sets_strike=quote.sets_strike,
        includes_tax=quote.includes_tax,
        tax_rate=quote.tax_rate,
        tiers=_tiers(quote.tiers, quote.currency),
        tiers_group=quote.tiers_group,
        groups=tuple(GroupPrice(group=of.group, tiers=_tiers(of.tiers, quote.currency)) for of in quote.groups),
        sets_tiers=quote.sets_tiers,
        former_groups=quote.former_groups,
        asked_by=asked_by,
    )
    return service.event(
        command,
        subject=str(one.id),
        version=offer.sent_version,
        connection=one.connection,
        platform=listing["platform"],
    )


def _tiers(tiers: Sequence[Tier], currency: str) -> tuple[PriceTier, ...]:
    return tuple(
        PriceTier(from_quantity=one.from_quantity, price=Money(amount=one.amount, currency=currency)) for one in tiers
    )


def _without(service: Service, one: PriceDraft) -> JournalEntry:
    """A listing that has no price says why, once."""
    return service.journal.entry(
        noun="listing",
        subject=str(one.id),
        action="skipped",
        outcome="warning",
        code=one.priced.why,
        connection=one.connection,
        platform=one.listing["platform"],
        params=dict(one.priced.params),
        keys=listing_keys(one.listing["sku"], one.listing["external_id"]),
    )


async def _save(service: Service, tx: Transaction, rows: Sequence[tuple[UUID, PriceOffer, str]]) -> None:
    driver = await tx.driver()
    now = service.clock()
    await driver.execute(
        """UPDATE price_offers o SET version = u.version, price = u.price, blocked_by = u.blocked_by, computed_at = $7,
                  sent = u.sent, sent_version = u.sent_version,
                  sent_at = CASE WHEN u.sent_version > o.sent_version THEN $7 ELSE o.sent_at END
           FROM unnest($1::uuid[], $2::int[], $3::jsonb[], $4::text[], $5::jsonb[], $6::int[])
                AS u(id, version, price, blocked_by, sent, sent_version) WHERE o.listing_id = u.id""",
        [id for id, _, _ in rows],
        [offer.version for _, offer, _ in rows],
        [as_json(offer.price) for _, offer, _ in rows],
        [blocked_by for _, _, blocked_by in rows],
        [as_json(offer.sent) for _, offer, _ in rows],
        [offer.sent_version for _, offer, _ in rows],
        now,
    )
    await driver.execute(
        """INSERT INTO price_pushes (listing_id, version, price, sent_at)
           SELECT u.id, u.version, u.price, $4 FROM unnest($1::uuid[], $2::int[], $3::jsonb[]) AS u(id, version, price)
           WHERE u.price IS NOT NULL AND u.version > 0 ON CONFLICT DO NOTHING""",
        [id for id, _, _ in rows],
        [offer.sent_version for _, offer, _ in rows],
        [as_json(offer.sent) for _, offer, _ in rows],
        now,
    )
