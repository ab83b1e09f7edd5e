"""Whether a shop was called more often than was promised, by its own log."""

from services.sandbox.requestlog import RequestLog
from shared.http.limits import Limit


def most_ahead(log: RequestLog, limit: Limit) -> float:
    """By how much, at worst, the calls of any stretch of time exceed what flows back in it. Who counts something else
    than calls is held to it by the platform itself."""
    worst, lowest = 0.0, float("inf")
    calls = [row for row in log.report(log.requests)["latest"] if row["cost"] == 1]
    for place, row in enumerate(sorted(calls, key=lambda row: row["at"])):
        here = place - limit.rate * row["at"].timestamp()
        lowest = min(lowest, here)
        worst = max(worst, here - lowest + 1)
    return worst
