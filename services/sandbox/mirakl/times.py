"""Mirakl's times: UTC with a Z, some fields with milliseconds and some without."""

from datetime import UTC, datetime

from services.sandbox.mirakl.errors import Refusal


def seconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(name: str, text: str | None) -> datetime | None:
    """A date parameter; what is no date is refused, as is one without an offset."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refusal(400, f"Parameter '{name}' is not a valid date-time: {text}")
    return at.astimezone(UTC)
