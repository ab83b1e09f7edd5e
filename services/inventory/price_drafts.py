"""What listings would be told to cost right now: for the price loop, its guard and the preview."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.inventory.price_decision import DANGEROUS, PriceDecision, PriceEffect, PriceOffer, decide, effect
from services.inventory.price_settings import PriceSettings
from services.inventory.price_settings_book import DEFAULT
from services.inventory.pricing import Priced, Quote, StoredPrice, graded, priced
from services.inventory.push_decision import Again
from services.inventory.supply_book import NO_PART
from shared.persistence.database import Transaction

_DRAFTS = """
SELECT l.id, l.connection, l.platform, l.external_id, l.parent_external_id, coalesce(l.sku, '') AS sku,
       l.article_number, l.title, l.match, l.matched_by, l.unreadable_field, l.unreadable_value,
       l.price AS shop, l.currency AS shop_currency, l.observed_at AS shop_read_at, t.value AS settings,
       CASE WHEN f.connection IS NOT NULL AND m.takes_part IS NOT TRUE THEN 'article_takes_no_part'
            ELSE coalesce(c.prices_blocked_by, 'connection_not_read') END AS switch,
       coalesce(o.version, 0) AS version, o.price, o.sent, coalesce(o.sent_version, 0) AS sent_version, o.told,
       o.told_at, coalesce(o.outcome, '') AS outcome, coalesce(o.settled_version, 0) AS settled_version,
       coalesce(o.blocked_by, '') AS blocked_by, p.prices
FROM listings l LEFT JOIN price_offers o ON o.listing_id = l.id
LEFT JOIN price_settings t ON t.connection = l.connection LEFT JOIN connections c ON c.id = l.connection
LEFT JOIN participation_filters f ON f.connection = l.connection
LEFT JOIN participants m ON m.connection = l.connection AND m.article_number = l.article_number
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('price_list', p.price_list, 'currency', p.currency,
               'from_quantity', p.from_quantity, 'amount', p.amount::text, 'basis', p.basis, 'tax', p.tax,
               'strike', p.strike::text)) AS prices
    FROM prices p WHERE p.article_number = l.article_number) p ON true
WHERE l.id = ANY($1::uuid[]) ORDER BY l.id
"""


@dataclass(frozen=True)
class PriceDraft:
    """One listing, the price computed for it, and what follows unless the guard holds it. `switch` blocks it ("" =
    none), `blocked_by` is what blocked it when it was computed last."""

    listing: dict[str, Any]
    settings: PriceSettings
    offer: PriceOffer
    priced: Priced
    decision: PriceDecision
    switch: str
    blocked_by: str

    @property
    def id(self) -> UUID:
        id: UUID = self.listing["id"]
        return id

    @property
    def connection(self) -> UUID:
        connection: UUID = self.listing["connection"]
        return connection

    @property
    def quote(self) -> Quote | None:
        return self.priced.quote

    @property
    def effect(self) -> PriceEffect:
        if self.listing["article_number"] is None:
            return "unmatched"
        push = self.decision.push or self.decision.waits
        return effect(self.offer, self.quote, push=push, limits=self.settings.guard)

    @property
    def dangerous(self) -> bool:
        """Whether a person should look before the shop is told."""
        return self.effect in DANGEROUS


async def lock(tx: Transaction, ids: Collection[UUID]) -> None:
    """Makes and locks the rows of these listings, sorted; whoever computes the same listing waits."""
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO price_offers (listing_id) SELECT id FROM listings
           WHERE id = ANY($1::uuid[]) AND article_number IS NOT NULL ORDER BY id ON CONFLICT DO NOTHING""",
        sorted(ids),
    )
    await driver.execute(
        "SELECT FROM price_offers WHERE listing_id = ANY($1::uuid[]) ORDER BY listing_id FOR UPDATE", sorted(ids)
    )


async def drafts(
    tx: Transaction, ids: Collection[UUID], meant: dict[UUID, Again] | None = None, *, passing: Collection[str] = ()
) -> list[PriceDraft]:
    """These listings computed anew, by id. Without `meant` as if every switch were on; `passing`: switches that do not
    count."""
    driver = await tx.driver()
    rows = await driver.fetch(_DRAFTS, sorted(ids))
    settings: dict[UUID, PriceSettings] = {}
    for row in rows:
        if row["connection"] not in settings:
            value = row["settings"]
            settings[row["connection"]] = DEFAULT if value is None else PriceSettings.model_validate(value)
    return [_draft(row, settings[row["connection"]], meant, passing) for row in rows]


def _draft(
    row: asyncpg.Record, settings: PriceSettings, meant: dict[UUID, Again] | None, passing: Collection[str]
) -> PriceDraft:
    offer = PriceOffer(
        **{name: row[name] for name in ("version", "sent_version", "told_at", "outcome", "settled_version")},
        price=_quote(row["price"]),
        sent=_quote(row["sent"]),
        told=_quote(row["told"]),
        shop=row["shop"],
        shop_read_at=None if row["shop"] is None else row["shop_read_at"],
    )
    found: Sequence[StoredPrice] = [StoredPrice.model_validate(one) for one in row["prices"] or ()]
    made = Priced(None)
    if row["article_number"] is not None:
        base = priced(row["article_number"], found, settings, row["shop_currency"])
        made = graded(base, found, settings, before=offer.sent)
    again: Again = "" if meant is None else meant[row["id"]]
    switch = "" if row["switch"] in passing else row["switch"]
    blocked = switch == NO_PART or (meant is not None and bool(switch))
    decision = decide(offer, made.quote, again=again, blocked=blocked)
    return PriceDraft(dict(row), settings, offer, made, decision, switch, row["blocked_by"])


def _quote(value: Any) -> Quote | None:
    return None if value is None else Quote.model_validate(value)
