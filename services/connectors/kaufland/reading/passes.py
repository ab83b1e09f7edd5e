"""Lists of the platform have an offset only, the newest first or in no order that is promised, while rows come and
move: so a list of more than one page is read until a pass through it brings nothing new."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import Any

from services.connectors.kaufland.client import PER_PAGE

Row = dict[str, Any]
MOST_PASSES = 6


async def passes(
    listed: Callable[[int], Awaitable[list[Row]]], key: Callable[[Row], Hashable], per_page: int = PER_PAGE
) -> AsyncIterator[list[Row]]:
    """The rows of a list that were not met before, page by page, pass after pass until one brings nothing new. A full
    page always has another behind it, whatever total is told."""
    seen: set[Hashable] = set()
    for _ in range(MOST_PASSES):
        news, at, full = False, 0, True
        while full:
            rows = await listed(at)
            fresh = [row for row in rows if key(row) not in seen]
            seen.update(map(key, fresh))
            if fresh:
                news = True
                yield fresh
            full = len(rows) >= per_page
            at += len(rows)
        if not news or at < per_page:
            return
