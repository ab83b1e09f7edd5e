"""The search index over orders: sorted by time, and allowed to lag behind what was written."""

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

Sort = Literal["UPDATED_AT", "CREATED_AT", "ID"]
Entry = tuple[str | int, int]
"""Sort value and order number."""


class OrderIndex:
    """Per order number the stamps it is found under. A late write is found under its old stamps, or not at all."""

    def __init__(self) -> None:
        self.created: dict[int, str] = {}
        self.updated: dict[int, str] = {}
        self._by_updated: list[tuple[str, int]] = []
        self._by_created: list[tuple[str, int]] = []
        self._by_id: list[tuple[int, int]] = []
        self._late: list[tuple[datetime, int, str, str]] = []

    def put(self, number: int, created: str, updated: str, visible_at: datetime | None = None) -> None:
        if visible_at is not None:
            heapq.heappush(self._late, (visible_at, number, created, updated))
            return
        if number in self.updated:
            old = (self.updated[number], number)
            self._by_updated.pop(bisect_left(self._by_updated, old))
        else:
            insort(self._by_created, (created, number))
            insort(self._by_id, (number, number))
        self.created[number], self.updated[number] = created, updated
        insort(self._by_updated, (updated, number))

    def put_many(self, stamps: dict[int, str]) -> None:
        """New orders, with the moments at which they were created."""
        self.created |= stamps
        self.updated |= stamps
        for rows in (self._by_updated, self._by_created):
            rows.extend((at, number) for number, at in stamps.items())
            rows.sort()
        self._by_id.extend((number, number) for number in stamps)
        self._by_id.sort()

    def catch_up(self, now: datetime) -> None:
        """Makes visible what has become due."""
        while self._late and self._late[0][0] <= now:
            _, number, created, updated = heapq.heappop(self._late)
            if updated >= self.updated.get(number, ""):
                self.put(number, created, updated)

    def entries(self, sort: Sort, reverse: bool, after: Entry | None) -> Iterator[Entry]:
        """Entries in order, strictly after a position."""
        by_sort: dict[Sort, Sequence[Entry]] = {
            "UPDATED_AT": self._by_updated,
            "CREATED_AT": self._by_created,
            "ID": self._by_id,
        }
        rows = by_sort[sort]
        if reverse:
            end = len(rows) if after is None else bisect_left(rows, after)
            return reversed(rows[:end])
        start = 0 if after is None else bisect_left(rows, (after[0], after[1] + 1))
        return iter(rows[start:])
