"""Times are answered in UTC with whole seconds; the platform's own page also prints them in two careless ways."""

from datetime import UTC, datetime

from services.sandbox.kaufland.errors import invalid


def second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def careless(text: str, place: int) -> str:
    """Every third as it should be, one with a T at its end, one with a blank and no zone."""
    return (text, text[:-1] + "T", text[:-1].replace("T", " "))[place % 3]


def given(text: str | None, name: str) -> datetime | None:
    """A moment out of a query. Raises ApiError for anything else."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise invalid(name, "Should be in YYYY-MM-ddTHH:mm:ssZ format") from error
