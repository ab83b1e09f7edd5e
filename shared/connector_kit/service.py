"""A connector as a service: its routes, its loops, its queues."""

from collections.abc import Sequence

from fastapi import FastAPI
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.chassis.app import create_app
from shared.chassis.loops import Loop
from shared.chassis.service import Service, ServiceDefinition
from shared.connector_kit import commands
from shared.connector_kit.declaration import Connector
from shared.connector_kit.hooks import hook_routes
from shared.connector_kit.opening import Opener
from shared.connector_kit.routes import connector_routes
from shared.connector_kit.worker import Worker


class LeaseSettings(BaseSettings):
    """How long a lease lasts: a killed replica's accounts are taken over after that many seconds."""

    model_config = SettingsConfigDict(env_prefix="KONTOR_", extra="ignore")

    lease_seconds: float = 60.0


def connector_service(connector: Connector) -> ServiceDefinition:
    """The service of one platform."""

    def loops(service: Service) -> Sequence[Loop]:
        seconds = LeaseSettings().lease_seconds
        worker = Worker(connector, service, Opener(connector, service, timeout=min(25.0, seconds / 2)), seconds)
        return [*commands.loops(connector, service), *worker.loops()]

    return ServiceDefinition(
        name=connector.platform,
        schema="connectors",
        routes={
            f"/connectors/{connector.platform}": connector_routes(connector),
            f"/hooks/{connector.platform}": hook_routes(connector),
        },
        loops=loops,
        queues=commands.queues(connector),
        large_bodies=frozenset({f"/hooks/{connector.platform}"}),
    )


def create_connector_app(connector: Connector) -> FastAPI:
    """The app of one connector's container."""
    return create_app(connector_service(connector))
