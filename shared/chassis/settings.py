"""What the environment says: a service's own prefix (`ORDER_IMPORT_DATABASE_URL`) wins over `KONTOR_`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Addresses, secrets' files and limits of one service. `public_base_url` unset means polling only;
    `parent_within` is how long an event waits for the record it is about; after `retry_days` in vain nothing is tried
    again by itself, a person must start it."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: SecretStr = SecretStr("")
    broker_url: SecretStr = SecretStr("memory://")
    pool_size: int = 4
    service_key: SecretStr = SecretStr("")
    key_ring: Path | None = None
    hash_key: SecretStr = SecretStr("")
    public_base_url: str | None = None
    allow_hosts: Annotated[list[str], NoDecode] = []
    connections_url: str = "http://localhost:8080"
    orders_url: str = "http://localhost:8080"
    inventory_url: str = "http://localhost:8080"
    journal_url: str = "http://localhost:8080"
    connector_url: str = "http://localhost:8080/connectors/{platform}"
    log_level: str = "INFO"
    parent_within: timedelta = timedelta(days=1)
    retry_days: int = Field(default=5, ge=1, le=90)

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return [host.strip() for host in value.split(",") if host.strip()] if isinstance(value, str) else value


def load(service: str, schema: str = "") -> Settings:
    """The settings of one service: its own prefix wins over its schema's, which wins over KONTOR_."""
    settings = Settings(_env_prefix="KONTOR_")
    for prefix in (schema, service):
        if prefix:
            own = Settings(_env_prefix=f"{prefix.upper()}_")
            settings = settings.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
    return settings
