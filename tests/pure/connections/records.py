"""A connection as the book holds it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.connections.book import Record

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
RUNNING = Record(
    id=UUID(int=7),
    platform="shop",
    name="North",
    project="north",
    version=3,
    productive=True,
    integration={"orders": True, "articles": False, "stock": False, "fulfilments": False},
    paused_because="",
    paused_detail="",
    options={},
    facts={},
    sealed="sealed",
    tested_at=NOON,
    credentials_valid_until=None,
    created_at=NOON,
    deleted_at=None,
)


def record(**values: Any) -> Record:
    """A running connection, but for these values."""
    return replace(RUNNING, **values)
