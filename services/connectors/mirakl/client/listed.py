"""A page of a list, as Mirakl answers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.errors import Rejected
from shared.http.reply import Reply


@dataclass(frozen=True)
class Listed:
    """A page: its rows, how many there are in all, and the operator's clock when he answered."""

    rows: list[dict[str, Any]]
    total: int
    at: datetime


def listed(reply: Reply, name: str) -> Listed:
    body = reply.json()
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Rejected(f"The operator's Mirakl answered without a list of {name}", code="rejected")
    return Listed(rows, int(body.get("total_count", len(rows))), reply.server_time or reply.received_at)
