"""What may differ between installations in how alerts leave the house, and when something counts as standing still."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class MailSettings(BaseSettings):
    """The mail server, from the environment, prefix JOURNAL_SMTP_. No `host`: no mail leaves.

    `tls`: "starttls" (a server that does not offer it is refused), "tls" from the first byte, or "none" for a relay
    on the same machine. `ca_file` holds the certificates of an authority of the operator's own. `timeout` is the
    seconds of one whole delivery.
    """

    model_config = SettingsConfigDict(env_prefix="JOURNAL_SMTP_", extra="ignore")

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    sender: str = Field(default="", pattern=r"^[^\r\n]*$")
    timeout: float = Field(default=30.0, gt=0, le=60)


class AlertSettings(BaseSettings):
    """From the environment, prefix JOURNAL_ALERTS_.

    An instant alert waits `gathering`, so that what happens together is told together. What cannot be delivered is
    tried again with growing pauses for `retry_for`; then a new message with the news of that time takes its place.
    """

    model_config = SettingsConfigDict(env_prefix="JOURNAL_ALERTS_", extra="ignore")

    gathering: timedelta = Field(default=timedelta(seconds=30), ge=timedelta(0), le=timedelta(hours=1))
    retry_for: timedelta = Field(default=timedelta(days=1), ge=timedelta(minutes=1), le=timedelta(days=7))


class WatchSettings(BaseSettings):
    """From the environment, prefix JOURNAL_WATCH_.

    An order that was read is stuck when the order book has said nothing about it after `stuck_after`. A stream is
    silent after `silent_after` times its interval without success. Credentials are told `expiring_within` before
    their end.
    """

    model_config = SettingsConfigDict(env_prefix="JOURNAL_WATCH_", extra="ignore")

    stuck_after: timedelta = Field(default=timedelta(minutes=15), ge=timedelta(minutes=1), le=timedelta(hours=12))
    silent_after: float = Field(default=4.0, ge=2, le=1000)
    expiring_within: timedelta = Field(default=timedelta(days=14), ge=timedelta(days=1), le=timedelta(days=365))
