"""The connections service."""

from collections.abc import Sequence
from functools import partial

from services.connections import authorisation_book, draft_book
from services.connections.authorising import REMEMBERED
from services.connections.routes import connection_routes
from services.connections.routes_access import access_routes
from services.connections.routes_features import feature_routes
from services.connections.takeover.routes import takeover_routes
from shared.chassis import idempotency
from shared.chassis.loops import Loop, every
from shared.chassis.service import Service, ServiceDefinition


async def tidy(service: Service) -> None:
    """Throws away what has had its time: drafts with their credentials, logins, kept answers."""
    now = service.clock()
    async with service.database.transaction() as tx:
        await draft_book.tidy(tx, now)
        await authorisation_book.tidy(tx, now - REMEMBERED)
        await idempotency.tidy(tx, now)


def loops(service: Service) -> Sequence[Loop]:
    return (every(600.0, "tidy", partial(tidy, service)),)


CONNECTIONS = ServiceDefinition(
    name="connections",
    schema="connections",
    # The longer prefix first: `takeovers` is not the id of a connection.
    routes={
        "/connections/takeovers": takeover_routes,
        "/connections": connection_routes,
        "/access": access_routes,
        "/connectors/features": feature_routes,
    },
    loops=loops,
)
