"""Listings as the channels state them, kept exactly as read and matched to articles."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.inventory import channel_stock
from services.inventory.marks import PRICES, STOCK, mark_articles, mark_listings
from services.inventory.matching import alone, listing_keys, rematch
from services.inventory.offer_rows import lock_offers
from services.inventory.readings import Reading, keep_readings
from shared.chassis.service import Service
from shared.contracts.article import ArticleReceived, ArticleUnreadable
from shared.contracts.envelope import Event
from shared.contracts.errors import Defect
from shared.contracts.identity import record_id
from shared.persistence.database import Transaction
from shared.persistence.stage import stage

P = TypeVar("P", ArticleReceived, ArticleUnreadable)
_COLUMNS = {
    "id": "uuid", "connection": "uuid", "platform": "text", "external_id": "text", "parent_external_id": "text",
    "stock_external_id": "text", "sku": "text", "ean": "text", "title": "text", "price": "numeric", "currency": "text",
    "quantity": "int", "counts_stock": "boolean", "locations": "text", "state": "text", "changed_at": "timestamptz",
    "stamp": "timestamptz", "observed_at": "timestamptz", "payload": "uuid", "content": "text",
    "market": "text", "held_by_channel": "int", "listing_number": "text", "attributes": "text",
}  # fmt: skip
_JSON = ("locations", "content", "attributes")
_OTHERS = [name for name in _COLUMNS if name not in ("id", "connection", "external_id")]


def newest(events: Iterable[Event[P]], external_id: Any) -> dict[UUID, Event[P]]:
    """The newest event per listing, by (stamp, observed_at), in the order of our ids."""
    found: dict[UUID, Event[P]] = {}
    for event in events:
        if event.connection is None:
            raise Defect(f"{event.type} of {event.subject} names no connection")
        id = record_id("listing", event.connection, external_id(event.data))
        rival = found.get(id)
        if rival is None or _age(event) > _age(rival):
            found[id] = event
    return dict(sorted(found.items()))


def _age(event: Event[Any]) -> tuple[Any, Any]:
    return event.data.observed.stamp, event.data.observed.observed_at


async def received(service: Service, tx: Transaction, events: Sequence[Event[ArticleReceived]]) -> None:
    """Stores what is newer than what we have, matches it, and keeps the quantities the channel showed."""
    await alone(tx)
    await know_connections(tx, events)
    fresh = newest(events, lambda data: data.article.external_id)
    before = {
        row["id"]: row
        for row in await tx.rows(
            "SELECT id, connection, sku, match, held_by_channel FROM listings WHERE id = ANY(CAST(:ids AS uuid[]))",
            ids=list(fresh),
        )
    }
    await stage(tx, "new_listings", _COLUMNS, [_record(id, event) for id, event in fresh.items()])
    names = ", ".join(_COLUMNS)
    merged = await tx.rows(
        f"""INSERT INTO listings ({names})
            SELECT {", ".join(f"CAST({one} AS jsonb)" if one in _JSON else one for one in _COLUMNS)}
            FROM new_listings ORDER BY id
            ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _OTHERS)},
                unreadable_code = NULL, unreadable_field = NULL, unreadable_value = NULL, updated_at = now()
            WHERE (listings.stamp, listings.observed_at) < (EXCLUDED.stamp, EXCLUDED.observed_at)
            RETURNING id, connection, platform, sku, article_number, held_by_channel"""
    )
    keys = {(row["connection"], row["sku"]) for row in merged if row["sku"]}
    keys |= {(old["connection"], old["sku"]) for old in (before.get(row["id"]) for row in merged) if old and old["sku"]}
    ids = {row["id"] for row in merged}
    holding = {row["connection"]: row["platform"] for row in merged if row["held_by_channel"] is not None}
    await channel_stock.found(service, tx, holding)
    rematched = await rematch(tx, service.journal, skus=keys, listings=ids)
    again = [id for id in ids - rematched if before.get(id) and before[id]["match"] == "listing_matched"]
    for queue in (STOCK, PRICES):
        await mark_listings(tx, again, again="failed", bulk=len(again) > 50, queue=queue)
    shown = [row for row in merged if channel_stock.is_newly_held(before.get(row["id"]), row)]
    await mark_articles(tx, {row["article_number"] for row in shown if row["article_number"]})
    readings = [reading for id in ids for reading in _readings(id, fresh[id])]
    await lock_offers(tx, ids)
    await keep_readings(tx, readings, only_known=True)


def _record(id: UUID, event: Event[ArticleReceived]) -> tuple[Any, ...]:
    article, observed = event.data.article, event.data.observed
    price = article.price
    return (
        id, event.connection, event.platform, article.external_id, article.parent_external_id,
        article.stock_external_id, article.sku, article.ean, article.title,
        None if price is None else price.amount, None if price is None else price.currency,
        article.quantity, article.counts_stock, json.dumps(article.locations), article.state, article.changed_at,
        observed.stamp, observed.observed_at, observed.payload,
        None if article.content is None else article.content.model_dump_json(exclude_defaults=True),
        article.market, article.held_by_channel, article.listing_number, json.dumps(article.attributes),
    )  # fmt: skip


def _readings(id: UUID, event: Event[ArticleReceived]) -> list[Reading]:
    article, at = event.data.article, event.data.observed.observed_at
    found = [] if article.quantity is None else [Reading(id, "", article.quantity, at)]
    return found + [Reading(id, place, quantity, at) for place, quantity in article.locations.items()]


async def unreadable(service: Service, tx: Transaction, events: Sequence[Event[ArticleUnreadable]]) -> None:
    """A listing that a connector could not translate becomes a visible row; what was read before stays in force."""
    await alone(tx)
    await know_connections(tx, events)
    fresh = newest(events, lambda data: data.external_id)
    driver = await tx.driver()
    stored = await driver.fetch(
        """INSERT INTO listings (id, connection, platform, external_id, stamp, observed_at, payload,
                                 unreadable_code, unreadable_field, unreadable_value)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                                $7::uuid[], $8::text[], $9::text[], $10::text[])
           ON CONFLICT (id) DO UPDATE SET stamp = EXCLUDED.stamp, observed_at = EXCLUDED.observed_at,
               payload = EXCLUDED.payload, unreadable_code = EXCLUDED.unreadable_code,
               unreadable_field = EXCLUDED.unreadable_field, unreadable_value = EXCLUDED.unreadable_value,
               updated_at = now()
           WHERE (listings.stamp, listings.observed_at) < (EXCLUDED.stamp, EXCLUDED.observed_at)
           RETURNING id, coalesce(sku, '') AS sku""",
        *zip(*[_unreadable_record(id, event) for id, event in fresh.items()], strict=True),
    )
    ids = {row["id"] for row in stored}
    entries = []
    for row in stored:
        event = fresh[row["id"]]
        data = event.data
        entries.append(
            service.journal.entry(
                noun="listing",
                subject=str(row["id"]),
                action="parked",
                outcome="error",
                code="listing_read_failed",
                connection=event.connection,
                platform=event.platform,
                params={"listing": data.external_id, "field": data.field, "value": data.value, "cause": data.code},
                keys=listing_keys(row["sku"], data.external_id),
                payload=data.observed.payload,
            )
        )
    await service.journal.write(tx, entries)
    await rematch(tx, service.journal, listings=ids)


def _unreadable_record(id: UUID, event: Event[ArticleUnreadable]) -> tuple[Any, ...]:
    data, observed = event.data, event.data.observed
    return (
        id, event.connection, event.platform, data.external_id, observed.stamp, observed.observed_at, observed.payload,
        data.code, data.field, data.value,
    )  # fmt: skip


async def know_connections(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Takes down connections never heard of; their switches are read from their owner afterwards."""
    seen = sorted({(event.connection, event.platform) for event in events if event.connection is not None})
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO connections (id, platform) SELECT * FROM unnest($1::uuid[], $2::text[])
           ON CONFLICT (id) DO NOTHING""",
        [id for id, _ in seen],
        [platform for _, platform in seen],
    )
