"""The app factory: one front for any number of services, each prefix an app of its own with its own documentation."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.chassis import logs, problems
from shared.chassis.loops import Supervisor, end_process
from shared.chassis.problems import Problem
from shared.chassis.service import Service, ServiceDefinition, close_service, open_services, relay_loops
from shared.chassis.settings import Settings, load
from shared.contracts.errors import Transient
from shared.messaging.bus import Bus, connect

log = logs.logger("app")
VERSION = "0.1.0"
MEGABYTE = 1_000_000
DESCRIPTION = "Kontor, the merchant's integration hub. Every route but health and webhooks needs an API key."


class BodyLimit:
    """Refuses bodies above a size with 413, before and while they are read."""

    def __init__(self, app: ASGIApp, megabytes: int) -> None:
        self._app = app
        self._limit = megabytes * MEGABYTE
        self._megabytes = megabytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            await self._refuse(scope, receive, send)
            return

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise Problem(413, "body_too_large", limit=str(self._megabytes))
            return message

        await self._app(scope, limited, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = problems.answer(Request(scope), Problem(413, "body_too_large", limit=str(self._megabytes)))
        await response(scope, receive, send)


class Prefix(BaseRoute):
    """Everything at or below a prefix goes to one app, which knows its whole paths."""

    def __init__(self, prefix: str, app: ASGIApp) -> None:
        self._prefix = prefix
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        mine = scope["type"] == "http" and (path == self._prefix or path.startswith(f"{self._prefix}/"))
        return (Match.FULL if mine else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


@dataclass
class Running:
    """The services of one process, their bus and their loops."""

    bus: Bus
    services: list[Service]
    supervisors: list[Supervisor] = field(default_factory=list)

    async def health(self) -> dict[str, Any]:
        """What a balancer and a person want to know: does each service reach its database, does the broker answer."""
        services = {service.name: await _reaches(service) for service in self.services}
        failures = {f"{s.service}:{name}": text for s in self.supervisors for name, text in s.failures.items()}
        broker = await self.bus.healthy()
        ok = broker and all(services.values())
        return {"status": "ok" if ok else "degraded", "version": VERSION, "broker": broker,
                "database": services, "last_loop_failures": failures}  # fmt: skip


async def _reaches(service: Service) -> bool:
    try:
        async with asyncio.timeout(5), service.database.transaction() as tx:
            return bool(await tx.value("SELECT 1"))
    except Exception:  # noqa: BLE001 - whatever it is, the answer is "no"
        return False


def _tune_memory() -> None:
    # Batches of decoded events are many short-lived objects: with Python's own thresholds the collector takes a third
    # of the order book's CPU looking at them.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@asynccontextmanager
async def running(
    definitions: Sequence[ServiceDefinition], *, with_loops: bool, bus: Bus | None = None
) -> AsyncIterator[Running]:
    """Opens the services, runs their loops if asked, and puts everything away in the opposite order."""
    settings: dict[str, Settings] = {
        definition.name: load(definition.name, definition.schema) for definition in definitions
    }
    first = settings[definitions[0].name]
    logs.configure(first.log_level)
    _tune_memory()
    own_bus = bus is None
    if bus is None:
        bus = await connect(
            first.broker_url.get_secret_value(), name="-".join(d.name for d in definitions), on_dead=end_process
        )
    by_name = {definition.name: definition for definition in definitions}
    schemas = open_services({name: (one, settings[name]) for name, one in by_name.items()}, bus)
    services = [service for members in schemas for service in members]
    state = Running(bus, services)
    try:
        if with_loops:
            for service in services:
                definition = by_name[service.name]
                try:
                    await bus.declare(*definition.queues)
                except Transient as error:
                    # Whoever subscribes declares his queue, too; ending here would only make a slow broker slower.
                    log.warning("queues not declared yet", service=service.name, error=error.detail)
                # One of those that share an outbox empties it.
                relay = relay_loops(service) if any(service is members[0] for members in schemas) else []
                supervisor = Supervisor(service.name, [*definition.loops(service), *relay])
                state.supervisors.append(supervisor)
                supervisor.start()
        yield state
    finally:
        for supervisor in state.supervisors:
            await supervisor.stop()
        for service in services:
            await close_service(service)
        if own_bus:
            await bus.close()


def create_app(*definitions: ServiceDefinition, run_loops: bool = True, bus: Bus | None = None) -> FastAPI:
    """The app that serves these services. `run_loops` False: only the routes, the loops run in other processes."""
    mounted: list[tuple[ServiceDefinition, str, FastAPI]] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(definitions, with_loops=run_loops, bus=bus) as state:
            app.state.running = state
            by_name = {service.name: service for service in state.services}
            for definition, prefix, part in mounted:
                part.state.service = by_name[definition.name]
                part.include_router(definition.routes[prefix](by_name[definition.name]), prefix=prefix)
            yield

    app = FastAPI(title="Kontor", version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    problems.install(app)

    @app.get("/health", include_in_schema=False)
    async def health() -> JSONResponse:
        body = await app.state.running.health()
        return JSONResponse(body, 200 if body["status"] == "ok" else 503)

    @app.get("/alive", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for definition in definitions:
        for prefix in definition.routes:
            # The pages bring what they are made of: a browser without a way to the internet would show nothing.
            part = FastAPIOffline(
                title=f"Kontor {prefix}",
                version=VERSION,
                description=DESCRIPTION,
                docs_url=f"{prefix}/docs",
                openapi_url=f"{prefix}/openapi.json",
                redoc_url=None,
                static_url=f"{prefix}/docs/parts",
                swagger_ui_oauth2_redirect_url=f"{prefix}/docs/oauth2-redirect",
            )
            problems.install(part)
            part.add_middleware(BodyLimit, megabytes=25 if prefix in definition.large_bodies else 5)
            app.router.routes.append(Prefix(prefix, part))
            mounted.append((definition, prefix, part))
    return app
