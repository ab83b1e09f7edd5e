"""Stable ids, computed alike by every service, so that no lookup is needed and twice is the same."""

from datetime import datetime
from uuid import UUID, uuid5

KONTOR = UUID("6f3c1d1e-8a55-5d53-9f0e-6f0a6c0f4b11")


def record_id(noun: str, connection: UUID, external_id: str) -> UUID:
    """Our id of a channel's record: `noun` is "order", "listing", "refund", …"""
    return uuid5(KONTOR, f"{noun}:{connection}:{external_id}")


def received_id(type: str, connection: UUID, external_id: str, stamp: datetime, content_hash: str, n: int) -> UUID:
    """Event id of a channel's item: polling the same state twice makes the same id, 5 → 3 → 5 makes three."""
    return uuid5(KONTOR, f"{type}:{connection}:{external_id}:{stamp.isoformat()}:{content_hash}:{n}")


def own_id(service: str, type: str, subject: str, version: int | str) -> UUID:
    """Event id of one of our own records at one version."""
    return uuid5(KONTOR, f"{service}:{type}:{subject}:{version}")
