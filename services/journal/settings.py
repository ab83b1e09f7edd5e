"""What may differ between installations in how long the journal keeps what, and how it counts."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class JournalSettings(BaseSettings):
    """From the environment, prefix JOURNAL_.

    `retention_orders_years` is the legal time for which restricted order versions stay (booking vouchers in Germany: 8
    years; ask a tax adviser). `completeness_zone` is whose days are counted; an order younger than
    `completeness_grace` may still be under way and is not called missing.
    """

    model_config = SettingsConfigDict(env_prefix="JOURNAL_", extra="ignore")

    retention_payload_days: int = Field(default=90, ge=1, le=3650)
    retention_orphan_days: int = Field(default=14, ge=2, le=3650)
    retention_journal_days: int = Field(default=400, ge=60, le=3650)
    retention_orders_years: int = Field(default=8, ge=0, le=30)
    completeness_zone: str = "Europe/Berlin"
    completeness_grace: timedelta = timedelta(minutes=30)
    completeness_days: int = Field(default=3, ge=1, le=31)

    @field_validator("completeness_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return ZoneInfo(value).key
