"""The sandbox as a web application: `uvicorn --factory services.sandbox.main:create_sandbox`.

Environment: `SANDBOX_PUBLIC_URL` (where the shops believe to live), `SANDBOX_CONTROL_FROM_ANYWHERE` (1 opens the
control API beyond this machine, for containers), `SANDBOX_SEED_AT` (ISO time; the seeded history ends there, so that
another start shows the very same orders).
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx2
from fastapi import FastAPI

from services.sandbox.clock import Clock
from services.sandbox.control import control
from services.sandbox.gate import Gate
from services.sandbox.merchant import World
from services.sandbox.oauth import AuthorisationServer, oauth
from services.sandbox.platforms import FIRST_SHOPS
from services.sandbox.world import OpenShop, Sandbox


def create_sandbox(
    world: World | None = None,
    *,
    seed: bool = True,
    shops: tuple[tuple[str, str, dict[str, Any]], ...] = FIRST_SHOPS,
    clock: Clock | None = None,
    public_url: str | None = None,
    webhook_transport: httpx2.AsyncBaseTransport | None = None,
    control_from_anywhere: bool | None = None,
    controlled: bool = True,
) -> FastAPI:
    """The outside world. `app.state.sandbox` is the `Sandbox` behind it, `app.state.login` the platform of `/oauth`.

    `shops` (platform, name, options) are open from the start, `seed=False` with a catalogue but no orders. In process
    (httpx2.ASGITransport), a test awaits `app.state.sandbox.drain_webhooks()` for webhooks and
    `app.state.sandbox.close()` at its end; `webhook_transport` then takes the webhooks to an application in process;
    without `controlled` it moves the world by itself and spares the routes for that.
    """
    address = public_url or os.environ.get("SANDBOX_PUBLIC_URL", "http://127.0.0.1:8400")
    world = world or World()
    world.public_url = address.rstrip("/")
    seed_at = os.environ.get("SANDBOX_SEED_AT")
    sandbox = Sandbox(world, clock, webhook_transport, datetime.fromisoformat(seed_at) if seed_at else None)
    for platform, name, options in shops:
        sandbox.open(platform, name, seed, options)
    if control_from_anywhere is None:
        control_from_anywhere = os.environ.get("SANDBOX_CONTROL_FROM_ANYWHERE") == "1"

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await sandbox.each(OpenShop.start)
        yield
        await sandbox.close()

    app = FastAPI(title="Sandbox", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.sandbox = sandbox

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    app.state.login = AuthorisationServer(sandbox.clock)
    if controlled:
        app.include_router(control(sandbox, control_from_anywhere))
        app.include_router(oauth(app.state.login))
    app.mount("/", Gate(sandbox))
    return app
