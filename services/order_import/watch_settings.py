"""What may differ between installations in when the order book calls something overdue or unusual."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class WatchSettings(BaseSettings):
    """From the environment, prefix ORDER_IMPORT_WATCH_.

    `few_orders_hours` are the lengths of the spans that are compared with the last four weeks, by the clock of
    `zone`; orders younger than `few_orders_lag` are not counted, for they may not have been read yet.
    A pool of return numbers with fewer than `return_numbers_low` left is told of.
    """

    model_config = SettingsConfigDict(env_prefix="ORDER_IMPORT_WATCH_", extra="ignore")

    acknowledged_within: timedelta = Field(default=timedelta(hours=24), ge=timedelta(minutes=5))
    reported_within: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=5))
    return_numbers_low: int = Field(default=100, ge=1)
    few_orders_hours: tuple[int, ...] = (6, 24)
    few_orders_lag: timedelta = Field(default=timedelta(minutes=30), ge=timedelta(0), le=timedelta(hours=12))
    zone: str = "Europe/Berlin"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return ZoneInfo(value).key

    @field_validator("few_orders_hours")
    @classmethod
    def _within_a_week(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= hours <= 168 for hours in value):
            raise ValueError("a span has 1 to 168 hours")
        return value
