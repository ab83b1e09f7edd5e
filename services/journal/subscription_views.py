"""What callers of `/journal/subscriptions` write and read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.journal.schedule import Rhythm
from services.journal.subscription_book import Least, Way
from shared.chassis.sentences import Language


def _known_zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise ValueError("this is no time zone; write it like Europe/Berlin") from None


Hour = Annotated[int, Field(ge=0, le=23)]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday.")]
Zone = Annotated[str, Field(max_length=60), AfterValidator(_known_zone)]
Connections = Annotated[list[UUID], Field(min_length=1, max_length=500)]
Address = Annotated[str, Field(min_length=3, max_length=2000)]


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewSubscription(_Wish):
    """Who wants to hear of what. `connections` left out: all the key may see now. `hour` and `weekday` are those of
    the daily or weekly message; between `quiet_from` and `quiet_until` no instant one leaves, it waits for the end."""

    connections: Connections | None = None
    least: Least = "warning"
    way: Way
    address: Address
    rhythm: Rhythm = "instant"
    hour: Hour = 8
    weekday: Weekday = 1
    zone: Zone = "Europe/Berlin"
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None
    language: Language = "de"

    @model_validator(mode="after")
    def _whole_quiet(self) -> "NewSubscription":
        check_quiet(self.quiet_from, self.quiet_until)
        return self


class SubscriptionChange(_Wish):
    """What may be changed; what is left out stays. Another way is another subscription."""

    connections: Connections | None = None
    least: Least | None = None
    address: Address | None = None
    rhythm: Rhythm | None = None
    hour: Hour | None = None
    weekday: Weekday | None = None
    zone: Zone | None = None
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None
    language: Language | None = None

    @model_validator(mode="after")
    def _null_means_something(self) -> "SubscriptionChange":
        may_be_null = {"connections", "quiet_from", "quiet_until"}
        if empty := [name for name in self.model_fields_set - may_be_null if getattr(self, name) is None]:
            raise ValueError(f"leave {', '.join(sorted(empty))} out instead of sending null")
        return self


def check_quiet(quiet_from: int | None, quiet_until: int | None) -> None:
    """Raises ValueError for half a pair or an empty span."""
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        raise ValueError("`quiet_from` and `quiet_until` belong together and differ; leave both out for no quiet hours")


class UnderWay(BaseModel):
    """A message that has not arrived yet: `answer` is what the last try got."""

    since: datetime
    attempts: int
    answer: str


class SubscriptionView(BaseModel):
    """A subscription. `next_at`: when it is looked at next, None for an instant one with no news."""

    id: UUID
    connections: list[UUID] | None
    least: Least
    way: Way
    address: str
    rhythm: Rhythm
    hour: int
    weekday: int
    zone: str
    quiet_from: int | None
    quiet_until: int | None
    language: Language
    created_at: datetime
    created_by: str
    next_at: datetime | None
    under_way: UnderWay | None = None


class CreatedSubscription(SubscriptionView):
    """With a webhook's secret, shown this once."""

    secret: str | None = None


class TrialResult(BaseModel):
    """What became of a test message."""

    ok: bool
    sentence: str
    advice: str = ""


class Resealed(BaseModel):
    resealed: int
