"""Times are answered in UTC, and taken as ISO 8601 with a zone."""

from datetime import UTC, datetime

from services.sandbox.amazon.errors import ApiError


def seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def shown(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def given(text: str, name: str) -> datetime:
    """A moment out of a query or a body. Raises ApiError for anything else, also for a date alone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(400, "InvalidInput", f"{name} is not a date and time in ISO 8601 format.") from error
    if "T" not in text or moment.tzinfo is None:
        raise ApiError(400, "InvalidInput", f"{name} needs a time and a zone.")
    return moment.astimezone(UTC)
