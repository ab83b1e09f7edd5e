"""The sandbox's time: aware UTC, and shiftable so that a test need not wait."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Called like a function, answers now. Shifting it moves every shop of the sandbox at once."""

    def __init__(self) -> None:
        self._shift = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def shift(self, by: timedelta) -> None:
        """Moves the sandbox's time by `by`, forwards or (negative) backwards."""
        self._shift += by
