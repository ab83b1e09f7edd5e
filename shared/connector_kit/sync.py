"""Reading a stream: fetch a page, translate, archive, publish what changed, then move the cursor."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.chassis.journal import Journal
from shared.chassis.metrics import STREAM_ITEMS
from shared.connector_kit import cursors, notices, seen, work
from shared.connector_kit.declaration import LeftOut, Page, PushResult, RawItem, Stream, Window
from shared.connector_kit.translation import Read, read
from shared.contracts.article import ArticleReceived, ArticleUnreadable, ListedArticle
from shared.contracts.envelope import Event, event
from shared.contracts.identity import own_id, received_id, record_id
from shared.contracts.journal import JournalEntry, Outcome, SearchKey
from shared.contracts.model import Payload
from shared.contracts.order import Observation, Order, OrderReceived, OrderUnreadable
from shared.messaging.bus import Bus
from shared.messaging.message import pack
from shared.persistence import archive
from shared.persistence.database import Database, Transaction
from shared.persistence.leases import Lease, fence

Path = Literal["poll", "webhook", "backfill", "manual"]

DECISIONS: dict[str, Outcome] = {"failed": "error", "retrying": "warning"}


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


def live_cursor(connection: UUID, stream: str) -> Move:
    """Moves the cursor of a stream's live reading."""

    async def move(tx: Transaction, page: Page, met: Counts) -> None:
        if page.watermark is not None:
            await cursors.advance(tx, connection, stream, page.watermark)

    return move


async def always() -> bool:
    return True


@dataclass
class Reader:
    """Reads streams of one connection under its lease."""

    connection: UUID
    platform: str
    client: Any
    lease: Lease
    database: Database
    bus: Bus
    journal: Journal
    counts: Counts = field(default_factory=Counts)

    async def read_window(
        self, stream: Stream, window: Window, path: Path, move: Move, *, go_on: Callable[[], Awaitable[bool]] = always
    ) -> bool:
        """All pages of a window, as long as `go_on` says so before each; answers whether it was read to the end."""
        pages = stream.fetch(self.client, window)
        try:
            while await go_on():
                observed_at = await self.now()
                page = await anext(pages, None)
                if page is None:
                    return True
                await self.take(stream, page, observed_at, path, move)
            return False
        finally:
            await pages.aclose()  # type: ignore[attr-defined]

    async def read_found(
        self, stream: Stream, found: Sequence[RawItem], observed_at: datetime, path: Path, forced: Sequence[str]
    ) -> dict[str, Read]:
        """Records that were asked for one by one, by their ids. Those in `forced` are published even if unchanged."""
        if forced:
            async with self.database.transaction() as tx:
                await seen.forget(tx, self.connection, stream.noun, forced)
        read = await self.take(stream, Page(found), observed_at, path, stay) if found else []
        return {item.raw.external_id: item for item in read}

    async def take(self, stream: Stream, page: Page, observed_at: datetime, path: Path, move: Move) -> list[Read]:
        """One page; answers what was read. A crash before the cursor has moved repeats it with the same event ids, one
        before it is acknowledged finds it unchanged."""
        items = {item.raw.external_id: item for item in (read(stream, raw) for raw in page.items)}
        async with self.database.transaction() as tx:
            changed = await seen.revisions(
                tx, self.connection, stream.noun, {external_id: item.hash for external_id, item in items.items()}
            )
            news = [items[external_id] for external_id in changed]
            payloads = await archive.store(tx, [self._raw_item(stream, item) for item in news])
            told = await notices.news(tx, self.connection, stream.noun, page.notices)
        observed = [
            Observation.model_construct(
                stamp=item.raw.stamp,
                observed_at=observed_at,
                content_hash=item.hash.hex(),
                revision=changed[item.raw.external_id],
                payload=payload,
                path=path,
            )
            for item, payload in zip(news, payloads, strict=True)
        ]
        events = [self._event(stream, item, at) for item, at in zip(news, observed, strict=True)]
        entries = [self._entry(stream, item, at) for item, at in zip(news, observed, strict=True)]
        entries += [self._left_out(stream, one) for one in page.left_out]
        entries += notices.entries(self.journal, self.platform, self.connection, stream.noun, told)
        events.sort(key=lambda one: one.type)
        if events or entries:
            await self.bus.publish([*pack(events), *pack(self.journal.events(entries))])
        met = _met(items, news)
        async with self.database.transaction() as tx:
            await fence(tx, self.lease)
            await seen.remember(
                tx,
                self.connection,
                stream.noun,
                [(item.raw.external_id, item.hash, changed[item.raw.external_id]) for item in news],
            )
            await notices.remember(tx, self.connection, told)
            await work.fulfilled(tx, self.connection, f"read:{stream.noun}", _named(items.values()), observed_at)
            await move(tx, page, met)
        self._count(stream, met)
        if page.acknowledge is not None:
            # Last of all: the platform will not hand these out again. What we could not read stays on its list.
            decided = await page.acknowledge([id for id, item in items.items() if item.contract is not None])
            entries = [self._decision(stream, items[id], result) for id, result in (decided or {}).items()]
            if entries:
                await self.bus.publish(pack(self.journal.events(entries)))
        return list(items.values())

    async def now(self) -> datetime:
        """The database's time, by which readings of the same record are put in order."""
        async with self.database.statement() as tx:
            now: datetime = await tx.value("SELECT clock_timestamp()")
        return now

    def _raw_item(self, stream: Stream, item: Read) -> archive.RawItem:
        personal = stream.noun == "order"
        return archive.RawItem(stream.noun, self.connection, item.raw.external_id, item.raw.body, personal=personal)

    def _event(self, stream: Stream, item: Read, observed: Observation) -> Event[Any]:
        payload = _payload(stream, item, observed)
        return event(
            payload,
            id=received_id(
                payload.type,
                self.connection,
                item.raw.external_id,
                item.raw.stamp,
                observed.content_hash,
                observed.revision,
            ),
            source=self.platform,
            subject=item.raw.external_id,
            time=observed.observed_at,
            platform=self.platform,
            connection=self.connection,
        )

    def _entry(self, stream: Stream, item: Read, observed: Observation) -> JournalEntry:
        subject = record_id("order" if stream.noun == "order" else "listing", self.connection, item.raw.external_id)
        unreadable = item.unreadable
        words = {"external_id": item.raw.external_id, "path": observed.path, "number": item.raw.number}
        if unreadable is not None:
            words |= {"field": unreadable.field, "value": unreadable.value, "reason": unreadable.code}
        return self.journal.entry(
            id=own_id(self.platform, "journal", f"{subject}:{observed.content_hash}", observed.revision),
            noun="order" if stream.noun == "order" else "listing",
            subject=str(subject),
            action="received",
            outcome="ok" if unreadable is None else "error",
            code=f"{stream.noun}_received" if unreadable is None else f"{stream.noun}_unreadable",
            params=words,
            connection=self.connection,
            platform=self.platform,
            payload=observed.payload,
            keys=_keys(stream, item),
        )

    def _left_out(self, stream: Stream, one: LeftOut) -> JournalEntry:
        """Why a row of the platform's list is no record of ours, told once however often it is met."""
        subject = record_id("order" if stream.noun == "order" else "listing", self.connection, one.external_id)
        return self.journal.entry(
            id=own_id(self.platform, "left_out", f"{subject}:{one.code}", 1),
            noun="order" if stream.noun == "order" else "listing",
            subject=str(subject),
            action="skipped",
            outcome="skipped",
            code=one.code,
            params={"external_id": one.external_id},
            connection=self.connection,
            platform=self.platform,
            keys=[SearchKey.model_construct(kind="external_id", value=one.external_id)],
        )

    def _decision(self, stream: Stream, item: Read, result: PushResult) -> JournalEntry:
        """What was decided about a record while it was acknowledged, told once however often it is decided so."""
        subject = record_id("order" if stream.noun == "order" else "listing", self.connection, item.raw.external_id)
        outcome = DECISIONS.get(result.outcome, "ok")
        return self.journal.entry(
            id=own_id(self.platform, "acceptance", f"{subject}:{result.outcome}:{result.code}", 1),
            noun="order" if stream.noun == "order" else "listing",
            subject=str(subject),
            action="pushed" if outcome == "ok" else "failed",
            outcome=outcome,
            code=f"acceptance_push_{result.outcome}",
            params={"number": item.raw.number, "code": result.code, **result.params},
            connection=self.connection,
            platform=self.platform,
            keys=_keys(stream, item),
        )

    def _count(self, stream: Stream, met: Counts) -> None:
        self.counts.add(met)
        for outcome, n in (("changed", met.changed), ("unchanged", met.unchanged), ("unreadable", met.unreadable)):
            STREAM_ITEMS.labels(self.platform, stream.noun, outcome).inc(n)


def _named(items: Collection[Read]) -> list[str]:
    """The ids by which webhooks name these records: their own, and that of the product a variant belongs to."""
    parents = {item.contract.parent_external_id for item in items if isinstance(item.contract, ListedArticle)}
    return [*(item.raw.external_id for item in items), *(id for id in parents if id)]


def _met(items: Collection[Any], news: Sequence[Read]) -> Counts:
    unreadable = sum(1 for item in news if item.unreadable is not None)
    return Counts(seen=len(items), changed=len(news), unreadable=unreadable, pages=1)


def _payload(stream: Stream, item: Read, observed: Observation) -> Payload:
    if isinstance(item.contract, Order):
        return OrderReceived.model_construct(order=item.contract, observed=observed)
    if isinstance(item.contract, ListedArticle):
        return ArticleReceived.model_construct(article=item.contract, observed=observed)
    why = item.unreadable
    words: dict[str, Any] = {} if why is None else {"code": why.code, "field": why.field, "value": why.value}
    if stream.noun == "order":
        return OrderUnreadable.model_construct(
            external_id=item.raw.external_id, number=item.raw.number, observed=observed, **words
        )
    return ArticleUnreadable.model_construct(external_id=item.raw.external_id, observed=observed, **words)


def _keys(stream: Stream, item: Read) -> list[SearchKey]:
    keys = [SearchKey.model_construct(kind="external_id", value=item.raw.external_id)]
    if stream.noun == "order" and item.raw.number:
        keys.append(SearchKey.model_construct(kind="number", value=item.raw.number))
    if isinstance(item.contract, ListedArticle) and item.contract.sku:
        keys.append(SearchKey.model_construct(kind="sku", value=item.contract.sku))
    return keys
