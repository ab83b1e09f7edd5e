"""What a shop was asked: the latest requests in a bounded ring, and counters over all of them."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class LoggedRequest:
    """One API request. `cost` is what the platform charges for it (1 where it only counts requests); `client` is the
    caller's port, which tells one caller's connections from another's; `heard`: he still waited for the answer;
    `refused`: it was one too many, whatever the status in which the platform says so.
    """

    at: datetime
    method: str
    path: str
    query: str
    status: int
    cost: float
    seconds: float
    client: int = 0
    heard: bool = True
    refused: bool = False


class RequestLog:
    """Requests of one shop. A dialect reports a cost other than 1 as `request.scope["cost"] = 52`, and a call that it
    refused for its limits as `request.scope["refused"] = True` where the status is not 429."""

    def __init__(self, size: int = 2000) -> None:
        self._ring: deque[LoggedRequest] = deque(maxlen=size)
        self.requests = 0
        self.cost = 0.0
        self.refused = 0
        self.by_status: Counter[str] = Counter()
        self.by_method: Counter[str] = Counter()
        self.in_flight = 0
        self.most_in_flight = 0

    def __enter__(self) -> "RequestLog":
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        return self

    def __exit__(self, *_: object) -> None:
        self.in_flight -= 1

    def record(self, entry: LoggedRequest) -> None:
        self._ring.append(entry)
        self.requests += 1
        self.cost += entry.cost
        self.refused += entry.refused
        self.by_status[str(entry.status)] += 1
        self.by_method[entry.method] += 1

    def clear(self) -> None:
        self._ring.clear()
        self.requests, self.cost, self.refused, self.most_in_flight = 0, 0.0, 0, self.in_flight
        self.by_status.clear()
        self.by_method.clear()

    def report(self, latest: int = 100) -> dict[str, Any]:
        """Counters over everything, and the `latest` requests, oldest first."""
        return {
            "requests": self.requests,
            "cost": self.cost,
            "refused": self.refused,
            "by_status": dict(self.by_status),
            "by_method": dict(self.by_method),
            "most_in_flight": self.most_in_flight,
            "latest": [asdict(entry) for entry in list(self._ring)[-latest:]],
        }
