"""How a connection is doing, in one word with its reason: pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from services.connections.book import Record
from services.connections.connectors import StreamState, WorkState

WARNED_BEFORE = timedelta(days=14)
LATE_AFTER_ROUNDS = 3
GRACE = timedelta(minutes=5)


@dataclass(frozen=True)
class Verdict:
    """`code` and `params` are the reason's sentence."""

    state: Literal["ok", "degraded", "stopped"]
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def judge(record: Record, work: WorkState | None, now: datetime) -> Verdict:
    """The first thing that somebody must know; `work` None: the connector did not answer."""
    if stopped := _stopped(record, now):
        return stopped
    if work is None:
        return Verdict("degraded", "health_connector_silent")
    for stream in work.streams:
        if record.integration.get(stream.feature, False) and (why := _lame(stream, record, now)):
            return why
    until = record.credentials_valid_until
    if until is not None and until - WARNED_BEFORE <= now:
        return Verdict("degraded", "health_credentials_end_soon", {"at": f"{until:%Y-%m-%d}"})
    return Verdict("ok", "health_ok")


def age(moment: datetime | None, now: datetime) -> float | None:
    """Seconds since then; None when it never was."""
    return None if moment is None else max(0.0, (now - moment).total_seconds())


def _stopped(record: Record, now: datetime) -> Verdict | None:
    if record.paused_because:
        return Verdict("stopped", record.paused_because, {"detail": record.paused_detail})
    if not record.productive:
        return Verdict("stopped", "productive_mode_off")
    if not any(record.integration.values()):
        return Verdict("stopped", "no_feature_on")
    until = record.credentials_valid_until
    if until is not None and until <= now:
        return Verdict("stopped", "health_credentials_ended", {"at": f"{until:%Y-%m-%d %H:%M} UTC"})
    return None


def _lame(stream: StreamState, record: Record, now: datetime) -> Verdict | None:
    if stream.last_error:
        return Verdict("degraded", "health_stream_fails", {"stream": stream.stream, "reason": stream.last_error})
    since = stream.last_success_at or record.created_at
    if now - since > LATE_AFTER_ROUNDS * timedelta(seconds=stream.every_seconds) + GRACE:
        return Verdict("degraded", "health_stream_late", {"stream": stream.stream, "at": f"{since:%Y-%m-%d %H:%M} UTC"})
    return None
