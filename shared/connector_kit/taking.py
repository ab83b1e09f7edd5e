"""What was read of one connection or of several, taken down together: archived, published, remembered.

Publish, then move the cursors: a crash in between repeats it with the same event ids.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from shared.chassis.journal import Journal
from shared.chassis.metrics import STREAM_ITEMS
from shared.connector_kit import remarks, seen, work
from shared.connector_kit.declaration import RECORDS, LeftOut, Page, Record, Stream
from shared.connector_kit.translation import Read, read
from shared.contracts.article import ArticleReceived, ArticleUnreadable, ListedArticle
from shared.contracts.customer import CustomerReceived, CustomerUnreadable, ShopCustomer
from shared.contracts.envelope import Event, event
from shared.contracts.identity import own_id, received_id, record_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.contracts.model import Payload
from shared.contracts.order import Observation, Order, OrderReceived, OrderUnreadable
from shared.messaging.bus import Bus
from shared.messaging.message import pack
from shared.persistence import archive
from shared.persistence.database import Database, Transaction
from shared.persistence.leases import Lease, fence

Path = Literal["poll", "webhook", "backfill", "manual"]


@dataclass
class Counts:
    """What one run met; written into the journal when it ends."""

    seen: int = 0
    changed: int = 0
    unreadable: int = 0
    pages: int = 0

    @property
    def unchanged(self) -> int:
        return self.seen - self.changed

    def add(self, other: "Counts") -> None:
        self.seen += other.seen
        self.changed += other.changed
        self.unreadable += other.unreadable
        self.pages += other.pages

    def words(self) -> dict[str, str]:
        return {
            "seen": str(self.seen),
            "changed": str(self.changed),
            "unchanged": str(self.unchanged),
            "unreadable": str(self.unreadable),
            "pages": str(self.pages),
        }


Move = Callable[[Transaction, Page, Counts], Awaitable[None]]
"""Moves a cursor behind a page that was published; the counts are that page's."""


async def stay(tx: Transaction, page: Page, met: Counts) -> None:
    """Moves no cursor: what is read has no place in a stream."""


@dataclass
class Reading:
    """A page of one connection, translated and not taken down yet. `hints` are what it answers: they are done with it,
    and what was asked for once more meanwhile is not due before `rest`."""

    connection: UUID
    platform: str
    lease: Lease
    stream: Stream
    page: Page
    observed_at: datetime
    path: Path
    counts: Counts
    move: Move = stay
    hints: Sequence[work.Row] = ()
    rest: timedelta = timedelta(0)
    items: dict[str, Read] = field(init=False)

    def __post_init__(self) -> None:
        self.items = {item.raw.external_id: item for item in (read(self.stream, raw) for raw in self.page.items)}

    def key(self, item: Read) -> seen.Item:
        return self.connection, self.stream.noun, item.raw.external_id


@dataclass(frozen=True)
class _News:
    """One item that is new or changed."""

    reading: Reading
    item: Read
    revision: int


async def take_down(database: Database, bus: Bus, journal: Journal, readings: Sequence[Reading]) -> None:
    """All of it or nothing. Raises Transient when one of the leases is lost."""
    hashes = {one.key(item): item.hash for one in readings for item in one.items.values()}
    async with database.transaction() as tx:
        changed = await seen.revisions(tx, hashes)
        news = [
            _News(one, item, changed[key])
            for one in readings
            for item in one.items.values()
            if (key := one.key(item)) in changed
        ]
        payloads = await archive.store(tx, [_raw_item(one) for one in news])
        told = [entry for one in readings if one.page.remarks for entry in await _told(tx, journal, one)]
    observed = [_observed(one, payload) for one, payload in zip(news, payloads, strict=True)]
    events = [_event(one, at) for one, at in zip(news, observed, strict=True)]
    entries = [_entry(journal, one, at) for one, at in zip(news, observed, strict=True)]
    entries += [_left_out(journal, one, row) for one in readings for row in one.page.left_out]
    entries += told
    # A message holds events of one type and one connection.
    events.sort(key=lambda one: (one.type, str(one.connection)))
    if events or entries:
        await bus.publish([*pack(events), *pack(journal.events(entries))])
    async with database.transaction() as tx:
        await fence(tx, *(one.lease for one in readings))
        await seen.remember(tx, {one.reading.key(one.item): (one.item.hash, one.revision) for one in news})
        await work.fulfilled(tx, [record for one in readings for record in _fulfilled(one)])
        for one in readings:
            await one.move(tx, one.page, _met(one, news))
        for rest in {one.rest for one in readings if one.hints}:
            await work.done(tx, [row for one in readings if one.rest == rest for row in one.hints], rest=rest)
    for one in readings:
        _count(one, _met(one, news))


def _raw_item(one: _News) -> archive.RawItem:
    noun, raw = one.reading.stream.noun, one.item.raw
    return archive.RawItem(noun, one.reading.connection, raw.external_id, raw.body, personal=noun != "article")


def _observed(one: _News, payload: UUID | None) -> Observation:
    return Observation.model_construct(
        stamp=one.item.raw.stamp,
        observed_at=one.reading.observed_at,
        content_hash=one.item.hash.hex(),
        revision=one.revision,
        payload=payload,
        path=one.reading.path,
    )


def _event(one: _News, observed: Observation) -> Event[Any]:
    reading, raw = one.reading, one.item.raw
    payload = _payload(reading.stream, one.item, observed)
    return event(
        payload,
        id=received_id(
            payload.type, reading.connection, raw.external_id, raw.stamp, observed.content_hash, observed.revision
        ),
        source=reading.platform,
        subject=raw.external_id,
        time=observed.observed_at,
        platform=reading.platform,
        connection=reading.connection,
    )


def _entry(journal: Journal, one: _News, observed: Observation) -> JournalEntry:
    reading, item, noun = one.reading, one.item, one.reading.stream.noun
    subject, record = subject_of(reading.stream, reading.connection, item.raw.external_id)
    unreadable = item.unreadable
    words = {"external_id": item.raw.external_id, "path": observed.path, "number": item.raw.number}
    if unreadable is not None:
        words |= {"field": unreadable.field, "value": unreadable.value, "reason": unreadable.code}
    return journal.entry(
        id=own_id(reading.platform, "journal", f"{subject}:{observed.content_hash}", observed.revision),
        noun=record,
        subject=str(subject),
        action="received",
        outcome="ok" if unreadable is None else "error",
        code=f"{noun}_received" if unreadable is None else f"{noun}_unreadable",
        params=words,
        connection=reading.connection,
        platform=reading.platform,
        payload=observed.payload,
        keys=keys_of(reading.stream, item),
    )


def _left_out(journal: Journal, reading: Reading, one: LeftOut) -> JournalEntry:
    """Why a row of the platform's list is no record of ours, told once however often it is met."""
    subject, record = subject_of(reading.stream, reading.connection, one.external_id)
    return journal.entry(
        id=own_id(reading.platform, "left_out", f"{subject}:{one.code}", 1),
        noun=record,
        subject=str(subject),
        action="skipped",
        outcome="skipped",
        code=one.code,
        params={"external_id": one.external_id},
        connection=reading.connection,
        platform=reading.platform,
        keys=[SearchKey.model_construct(kind="external_id", value=one.external_id)],
    )


async def _told(tx: Transaction, journal: Journal, one: Reading) -> list[JournalEntry]:
    record = RECORDS[one.stream.noun]
    return await remarks.told(tx, journal, one.platform, one.connection, record, one.page.remarks)


def _fulfilled(one: Reading) -> list[work.Fulfilled]:
    kind = f"read:{one.stream.noun}"
    return [work.Fulfilled(one.connection, kind, id, one.observed_at) for id in _named(one.items.values())]


def _count(one: Reading, met: Counts) -> None:
    one.counts.add(met)
    for outcome, n in (("changed", met.changed), ("unchanged", met.unchanged), ("unreadable", met.unreadable)):
        STREAM_ITEMS.labels(one.platform, one.stream.noun, outcome).inc(n)


def _met(reading: Reading, news: Sequence[_News]) -> Counts:
    mine = [one.item for one in news if one.reading is reading]
    unreadable = sum(1 for item in mine if item.unreadable is not None)
    return Counts(seen=len(reading.items), changed=len(mine), unreadable=unreadable, pages=1)


def subject_of(stream: Stream, connection: UUID, external_id: str) -> tuple[UUID, Record]:
    """Whom a journal entry about an item of this stream is about."""
    record = RECORDS[stream.noun]
    return record_id(record, connection, external_id), record


def _named(items: Collection[Read]) -> list[str]:
    """The ids by which webhooks name these records: their own, and that of the product a variant belongs to."""
    parents = {item.contract.parent_external_id for item in items if isinstance(item.contract, ListedArticle)}
    return [*(item.raw.external_id for item in items), *(id for id in parents if id)]


def _payload(stream: Stream, item: Read, observed: Observation) -> Payload:
    if isinstance(item.contract, Order):
        return OrderReceived.model_construct(order=item.contract, observed=observed)
    if isinstance(item.contract, ListedArticle):
        return ArticleReceived.model_construct(article=item.contract, observed=observed)
    if isinstance(item.contract, ShopCustomer):
        return CustomerReceived.model_construct(customer=item.contract, observed=observed)
    why = item.unreadable
    words: dict[str, Any] = {} if why is None else {"code": why.code, "field": why.field, "value": why.value}
    if stream.noun != "article":
        unreadable = OrderUnreadable if stream.noun == "order" else CustomerUnreadable
        return unreadable.model_construct(
            external_id=item.raw.external_id, number=item.raw.number, observed=observed, **words
        )
    return ArticleUnreadable.model_construct(external_id=item.raw.external_id, observed=observed, **words)


def keys_of(stream: Stream, item: Read) -> list[SearchKey]:
    """By what a journal entry about an item is found."""
    keys = [SearchKey.model_construct(kind="external_id", value=item.raw.external_id)]
    if item.raw.number:
        keys.append(SearchKey.model_construct(kind="number", value=item.raw.number))
    if isinstance(item.contract, ListedArticle) and item.contract.sku:
        keys.append(SearchKey.model_construct(kind="sku", value=item.contract.sku))
    return keys
