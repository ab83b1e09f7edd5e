"""Orders by their change, slice of time by slice of time.

The platform's list has an offset and no order that is promised, while orders come and move. Many that have settled are
passed through by offset, and the pass is believed only where it met as many orders as the platform counted all along:
nothing comes into a time that is over, and whatever leaves it lowers the count. A few, and the last minutes, are cut
into slices that fit on a page, so that no offset is needed. An order that changes meanwhile leaves its slice for a
later one. One stamp with more orders than a page is read by offsets until a pass brings nothing new.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.connectors.ebay.client import Client, Listed
from shared.connector_kit.declaration import Window
from shared.contracts.errors import Transient

Row = dict[str, Any]
HISTORY = timedelta(days=729)
"""The platform knows orders of two years."""
SMALLEST = timedelta(milliseconds=1)
SETTLED = timedelta(minutes=15)
"""After so long no order is listed under an older stamp any more."""
FEW, LARGEST_PASS = 1_000, 20_000
"""Orders that are not worth a pass, after which alone the watermark moves; and a hundred calls, which are made again
where an order moves meanwhile."""
TOLERANCE = timedelta(seconds=1)
MOST_TRIES, MOST_PASSES = 4, 6
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Slice:
    """Both ends are inside."""

    since: datetime
    until: datetime

    def cut(self, stamps: Sequence[datetime]) -> list["Slice"]:
        """Before the earliest of some stamps, up to the middle one, and behind it: whether a page shows the newest
        first or any, each piece holds less."""
        inside = sorted(stamp for stamp in stamps if self.since <= stamp <= self.until)
        if not inside:
            return []
        first, middle = inside[0], inside[len(inside) // 2]
        pieces = (self.since, first - SMALLEST), (first, middle), (middle + SMALLEST, self.until)
        return [Slice(since, until) for since, until in pieces if since <= until]


async def changed(client: Client, window: Window) -> AsyncIterator[tuple[list[Row], datetime | None]]:
    """Rows, and up to when nothing is missing. One call where a page holds all, as it usually does; what changed while
    slices were read comes behind them."""
    since = max(milli(window.since or UNDATED), milli(datetime.now(UTC) - HISTORY))
    while True:
        listed = await client.orders(since, window.until)
        until = milli(window.until or listed.at)
        if not listed.more or until <= since:
            rows = await _crowded(client, Slice(since, until)) if listed.more else listed.rows
            yield rows, window.until or listed.at
            return
        settled = min(until, milli(listed.at) - SETTLED)
        if listed.total > FEW and settled - since > SETTLED:
            until, parts = settled, _passed(client, Slice(since, settled))
        else:
            parts = _cut(client, Slice(since, until), _stamps(listed.rows))
        async for part in parts:
            yield part
        if window.until is not None and until == milli(window.until):
            return
        since = until


async def _passed(client: Client, whole: Slice) -> AsyncIterator[tuple[list[Row], datetime | None]]:
    """A time that is over, by offset; where a pass does not prove that it met all, each half of it by itself."""
    waiting = [whole]
    while waiting:
        piece, seen = waiting.pop(0), set[str]()
        listed = await _slice(client, piece)
        total = listed.total
        while total <= LARGEST_PASS and listed.total == total:
            fresh = [row for row in listed.rows if str(row["orderId"]) not in seen]
            if not fresh:
                break
            seen.update(str(row["orderId"]) for row in fresh)
            yield fresh, None
            if not listed.more:
                break
            listed = await _slice(client, piece, len(seen))
        middle = milli(piece.since + (piece.until - piece.since) / 2)
        if len(seen) == listed.total == total:
            yield [], piece.until
        elif middle < piece.until:
            waiting = [Slice(piece.since, middle), Slice(middle + SMALLEST, piece.until), *waiting]
        else:
            yield await _crowded(client, piece), piece.until


async def _cut(client: Client, whole: Slice, stamps: Sequence[datetime]) -> AsyncIterator[tuple[list[Row], datetime]]:
    """A time in which orders still move, cut by the stamps that were met into slices that fit on a page."""
    waiting = whole.cut(stamps) or [whole]
    while waiting:
        piece = waiting.pop(0)
        listed = await _slice(client, piece)
        smaller = piece.cut(_stamps(listed.rows)) if listed.more and piece.since < piece.until else []
        if len(smaller) > 1:
            waiting = [*smaller, *waiting]
        else:
            yield await _crowded(client, piece) if listed.more else listed.rows, piece.until


async def _slice(client: Client, piece: Slice, offset: int = 0) -> Listed:
    """A page whose rows are of the slice. One that was answered before, or an order that changed in this moment, is out
    of it: asked again, it is right."""
    for _ in range(MOST_TRIES):
        listed = await client.orders(piece.since, piece.until, offset)
        if all(piece.since - TOLERANCE <= one <= piece.until + TOLERANCE for one in _stamps(listed.rows)):
            return listed
    raise Transient("The platform answers another window of orders than was asked for.", code="not_json")


async def _crowded(client: Client, piece: Slice) -> list[Row]:
    """All orders of a slice that cannot be cut, page by page, until a pass brings nothing new."""
    known: dict[str, Row] = {}
    for _ in range(MOST_PASSES):
        before, offset, more = len(known), 0, True
        while more:
            listed = await client.orders(piece.since, piece.until, offset)
            known |= {str(row["orderId"]): row for row in listed.rows}
            more, offset = listed.more and bool(listed.rows), offset + len(listed.rows)
        if len(known) == before:
            break
    return list(known.values())


def _stamps(rows: Sequence[Row]) -> list[datetime]:
    """The stamps that can be read."""
    return [stamp for row in rows if (stamp := changed_at(row)) != UNDATED]


def changed_at(row: Row) -> datetime:
    """One whose stamp nobody can read counts as old, so that it is read and its own words say what is wrong."""
    try:
        return datetime.fromisoformat(str(row.get("lastModifiedDate"))).astimezone(UTC)
    except ValueError:
        return UNDATED


def milli(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
