"""Lists that are followed by id, and calls that run side by side."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from services.connectors.shopware5.client import PER_PAGE, Filter, Row
from shared.contracts.errors import Transient

CHUNK = 20
SAME_PAGE_AGAIN = 5
"""How often a page may come a second time before the run is given up for now."""
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
List = Callable[[Sequence[Filter]], Awaitable[list[Row]]]


async def listed(heads: List, filters: Sequence[Filter]) -> AsyncIterator[list[Row]]:
    """Pages by id, until one is not full; rows that come and go move nothing."""
    after, again = 0, 0
    while True:
        rows = await heads([*filters, ("id", ">", str(after))])
        fresh = [row for row in rows if int(row["id"]) > after]
        if fresh:
            yield fresh
            after, again = max(int(row["id"]) for row in fresh), 0
        elif rows:
            again += 1
            if again > SAME_PAGE_AGAIN:
                raise Transient("The shop serves the same page again and again.")
        if len(rows) < PER_PAGE and len(fresh) == len(rows):
            return


async def everything(calls: Sequence[Awaitable[Any]]) -> list[Any]:
    """What became of calls that run side by side, as many at once as the limits allow; what is gone is left out."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    # Only when all have ended: a call that goes on by itself would use up a lease that is no longer ours.
    if failures := [one for one in results if isinstance(one, BaseException)]:
        raise failures[0]
    return [one for one in results if one is not None]
