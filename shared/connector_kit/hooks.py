"""Webhooks: verify over the raw bytes, store a hint, commit, answer 200. The lease holder reads the record again."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import Counter

from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.connector_kit import replica
from shared.connector_kit.declaration import ADDRESS, Connector
from shared.connector_kit.hints import PAUSES
from shared.connector_kit.hook_keys import HookKeys
from shared.connector_kit.intake import Intake
from shared.connector_kit.opening import Opener
from shared.connector_kit.work import Hinted
from shared.contracts.connection import Connection

REFUSED = Counter("kontor_webhooks_refused_total", "Webhooks with a wrong signature", ["platform"])
KNOWN_SECONDS = 2.0


def hook_routes(connector: Connector, *, transport: Any = None) -> Callable[[Service], APIRouter]:
    """The router for `/hooks/<platform>`. A `transport` replaces the network to the platform."""

    def routes(service: Service) -> APIRouter:
        router = APIRouter()
        opener = Opener(connector, service, transport=transport)
        intake = Intake(service.database)
        connections: dict[UUID, tuple[float, Connection]] = {}
        secrets: dict[tuple[UUID, int], list[str]] = {}
        keys = HookKeys(connector, opener)

        async def connection_of(id: UUID) -> Connection:
            known = connections.get(id)
            if known is not None and known[0] > time.monotonic():
                return known[1]
            async with service.database.transaction() as tx:
                found = await replica.one(tx, id)
            if found is None or found.platform != connector.platform:
                raise Problem(404, "not_found", what=str(id))
            connections[id] = time.monotonic() + KNOWN_SECONDS, found
            return found

        def secrets_of(connection: Connection) -> list[str]:
            key = (connection.id, connection.version)
            if key not in secrets and connector.webhooks is not None:
                own = opener.webhook_secret(connection.id)
                secrets[key] = list(connector.webhooks.secrets(opener.credentials(connection), own))
            return secrets.get(key, [])

        @router.post("/{connection_id}", status_code=200)
        async def receive(connection_id: UUID, request: Request) -> Response:
            """Takes a webhook of this connection. 401 when its signature is wrong: nothing is stored then."""
            body = await request.body()
            headers = dict(request.headers) | {ADDRESS: opener.webhook_address(connection_id) or ""}
            connection = await connection_of(connection_id)
            webhooks = connector.webhooks
            if webhooks is None:
                raise Problem(404, "not_found", what=str(connection_id))
            if webhooks.unsigned(headers, body):
                return Response(status_code=200)
            if not webhooks.verify(headers, body, [*secrets_of(connection), *await keys.of(connection, headers)]):
                REFUSED.labels(connector.platform).inc()
                raise Problem(401, "webhook_signature_wrong", connection=str(connection_id))
            if buyer := webhooks.leaves(headers, body):
                # Answered only when it is taken down: until then the platform tells it again.
                wish = {"customer": f"{connection_id}:{buyer}"}
                await service.peers.post(service.settings.journal_url, "/privacy/internal/erasures", wish)
            hint = webhooks.hint(headers, body)
            if hint is not None:
                pause = PAUSES.get(hint.noun, 0.0)
                await intake.store(Hinted(connection_id, f"read:{hint.noun}", hint.external_id, pause=pause))
            return Response(status_code=200)

        @router.get("/{connection_id}")
        async def challenged(connection_id: UUID, request: Request) -> JSONResponse:
            """Answers a platform that wants to know whether this address is ours."""
            await connection_of(connection_id)
            address, own = opener.webhook_address(connection_id) or "", opener.webhook_secret(connection_id)
            webhooks = connector.webhooks
            answer = webhooks.challenge(request.query_params, address, own) if webhooks else None
            if answer is None:
                raise Problem(404, "not_found", what=str(connection_id))
            return JSONResponse(dict(answer))

        return router

    return routes
