"""How long something that failed rests before it is tried again, and when it is no longer tried by itself."""

from datetime import datetime, timedelta

from shared.contracts.errors import KontorError, Misconfigured, Transient
from shared.persistence.failure import is_transient

OUR_PAUSE = timedelta(seconds=3)
FAILED_PAUSE = timedelta(seconds=30)
DEFECT_PAUSE = timedelta(minutes=5)
RETRIES_ENDED = "retries_ended"


def rest_after(error: Exception) -> timedelta:
    """As long as the shop asked, else some time; our own broker, database and lease are soon back."""
    if isinstance(error, Transient) and error.retry_after is not None:
        return max(error.retry_after, OUR_PAUSE)
    if isinstance(error, KontorError):
        ours = error.code.startswith(("broker_", "lease_"))
        return OUR_PAUSE if ours else DEFECT_PAUSE if isinstance(error, Misconfigured) else FAILED_PAUSE
    return OUR_PAUSE if is_transient(error) else DEFECT_PAUSE


def given_up(failing_since: datetime | None, now: datetime, retry_days: int) -> bool:
    """Whether it has failed for so long, without a success in between, that a person must start it again."""
    return failing_since is not None and failing_since + timedelta(days=retry_days) <= now
