"""Times are answered in UTC with milliseconds, and taken in any zone."""

from datetime import UTC, datetime

from services.sandbox.otto.errors import ApiError


def milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def shown(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def given(text: str | None, name: str) -> datetime | None:
    """A moment out of a query. Raises ApiError for anything else."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"{name} is not a date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
