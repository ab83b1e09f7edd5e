"""The leaky bucket: every query reserves its cost, and what it did not need is given back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any


class Bucket:
    """Points of one app on one shop. `restore` comes back per second, up to `most`. Both may be changed at any time."""

    def __init__(self, clock: Callable[[], datetime], most: float = 2000.0, restore: float = 100.0) -> None:
        self._clock = clock
        self.most = most
        self.restore = restore
        self._level = most
        self._at = clock()

    @property
    def available(self) -> int:
        now = self._clock()
        self._level = min(self.most, self._level + max(0.0, (now - self._at).total_seconds()) * self.restore)
        self._at = now
        return int(self._level)

    def reserve(self, points: float) -> bool:
        if self.available < points:
            return False
        self._level -= points
        return True

    def give_back(self, points: float) -> None:
        self._level = min(self.most, self._level + points)

    def resize(self, most: float, restore: float) -> None:
        """Another plan of the shop: the bucket starts full."""
        self.most, self.restore, self._level = most, restore, most

    def status(self) -> dict[str, Any]:
        return {
            "maximumAvailable": float(self.most),
            "currentlyAvailable": self.available,
            "restoreRate": float(self.restore),
        }
