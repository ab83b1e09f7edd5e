"""What every connector serves under `/connectors/<platform>`: its declaration, its form, live test, census; and what
people ask of it for one connection: backfills, runs by hand, previews."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.chassis.access import Principal, require
from shared.chassis.problems import not_found
from shared.chassis.service import Service
from shared.connector_kit import budgets, cursors, replica, work
from shared.connector_kit.declaration import Connector, Window
from shared.connector_kit.opening import Opened, Opener
from shared.connector_kit.routes_authorisation import FindingView, authorisation_routes, finding_of
from shared.connector_kit.routes_backfills import backfill_routes
from shared.connector_kit.routes_preview import preview_routes
from shared.connector_kit.routes_price_groups import price_group_routes
from shared.connector_kit.routes_runs import run_routes
from shared.connector_kit.routes_taxonomy import taxonomy_routes
from shared.contracts.article import Matching
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.contracts.returned import ReturnTerms


class Declaration(BaseModel):
    """What a platform's connector can do."""

    platform: str
    title: str
    api_version: str
    features: list[str]
    streams: list[dict[str, Any]]
    pushes: list[dict[str, Any]]
    webhooks: bool
    authorisation: list[str] | None
    """The scopes an owner consents to; None where keys alone connect."""
    capabilities: list[dict[str, Any]]
    source_only: bool
    """Whether it is read by hand only and can never go live."""
    matching: Matching
    """In which order listings find their articles where nobody says otherwise."""
    return_terms: ReturnTerms | None
    """What it takes as the answer to a return that a buyer opened; None where none can be answered."""


class ProbeRequest(BaseModel):
    """Credentials to be tested; they are not stored."""

    model_config = ConfigDict(extra="forbid")

    credentials: dict[str, Any]


class ProbeAnswer(BaseModel):
    """What a live test found. `ok` means that the connection can be stored."""

    ok: bool
    findings: list[FindingView]
    facts: dict[str, str]
    valid_until: datetime | None = None


class StreamHealth(BaseModel):
    stream: str
    feature: str
    every_seconds: float
    position: datetime | None
    first_pass_at: datetime | None
    last_success_at: datetime | None
    last_error: str


class ConnectionHealth(BaseModel):
    """How a connection is doing: per stream how far it is read and when, what waits to be done, and how many calls (or
    points) the shop still allows, as whoever works for it measured last."""

    connection: UUID
    paused_because: str
    streams: list[StreamHealth]
    backlog: dict[str, int]
    budget: float | None
    budget_at: datetime | None


class CensusRow(BaseModel):
    external_id: str
    number: str
    stamp: datetime


def connector_routes(connector: Connector, *, transport: Any = None) -> Callable[[Service], APIRouter]:
    """The router for `/connectors/<platform>`. A `transport` takes the way to the shop."""

    def routes(service: Service) -> APIRouter:
        router = APIRouter()
        opener = Opener(connector, service, transport=transport)
        router.include_router(authorisation_routes(connector, opener))

        async def opened(connection_id: UUID) -> Opened:
            async with service.database.transaction() as tx:
                connection = await replica.one(tx, connection_id)
            if connection is None or connection.platform != connector.platform:
                raise not_found(connection_id)
            return opener.open(connection)

        @router.get("")
        async def declaration(_: Principal = Depends(require("read"))) -> Declaration:
            """The connector's own declaration: what it reads, sends, and offers."""
            return declared(connector)

        @router.get("/credentials")
        async def credentials_form(_: Principal = Depends(require("read"))) -> dict[str, Any]:
            """The form for credentials, as JSON Schema with titles and help in German and English."""
            return connector.credentials.model_json_schema()

        @router.post("/probe")
        async def probe(body: ProbeRequest, _: Principal = Depends(require("service"))) -> ProbeAnswer:
            """Tests credentials live. Nothing is stored, in the shop or here."""
            if wrong := _wrong_fields(connector, body.credentials):
                return ProbeAnswer(ok=False, findings=wrong, facts={})
            return await _probe(connector, opener.open_unsaved(body.credentials))

        @router.post("/connections/{connection_id}/probe")
        async def probe_stored(connection_id: UUID, _: Principal = Depends(require("service"))) -> ProbeAnswer:
            """Tests the stored credentials of a connection live."""
            return await _probe(connector, await opened(connection_id))

        @router.get("/connections/{connection_id}/health")
        async def health(connection_id: UUID, caller: Principal = Depends(require("read"))) -> ConnectionHealth:
            """How far each stream is read, and what waits."""
            async with service.database.transaction() as tx:
                connection = await replica.one(tx, connection_id)
                if connection is None or connection.platform != connector.platform or not caller.allows(connection_id):
                    raise not_found(connection_id)
                found = await cursors.all_of(tx, connection_id)
                backlog = await work.backlog(tx, connection_id)
                budget = await budgets.of(tx, connection_id)
            streams = []
            for cursor in found:
                if stream := connector.stream(cursor.stream):
                    known = {"feature": stream.feature, "every_seconds": stream.pace(connection).total_seconds()}
                    streams.append(StreamHealth.model_validate(vars(cursor) | known, extra="ignore"))
            return ConnectionHealth(
                connection=connection_id, paused_because=connection.paused_because, streams=streams, backlog=backlog,
                budget=None if budget is None else budget.left, budget_at=None if budget is None else budget.at,
            )  # fmt: skip

        @router.get("/connections/{connection_id}/census")
        async def census(
            connection_id: UUID,
            since: datetime | None = None,
            until: datetime | None = None,
            _: Principal = Depends(require("service")),
        ) -> list[CensusRow]:
            """The shop's own list of orders: without it nobody can say that nothing is missing."""
            stream = connector.stream("order")
            if stream is None or stream.census is None:
                raise Rejected(f"{connector.title} has no list of orders", code="census_missing")
            shop = await opened(connection_id)
            try:
                return [
                    CensusRow(external_id=entry.external_id, number=entry.number, stamp=entry.stamp)
                    async for entry in stream.census(shop.client, Window(since, until))
                ]
            finally:
                await shop.close()

        router.include_router(backfill_routes(connector, service))
        router.include_router(run_routes(connector, service, opener))
        router.include_router(preview_routes(connector, service, opener))
        router.include_router(taxonomy_routes(connector, opened))
        router.include_router(price_group_routes(connector, opened))
        return router

    return routes


def declared(connector: Connector) -> Declaration:
    """The declaration as plain data."""
    features = [*(s.feature for s in connector.streams), *(p.feature for p in connector.pushes)]
    return Declaration(
        platform=connector.platform,
        title=connector.title,
        api_version=connector.api_version,
        features=sorted(set(features)),
        streams=[
            {"noun": s.noun, "every_seconds": s.every.total_seconds(), "overlap_seconds": s.overlap.total_seconds()}
            for s in connector.streams
        ],
        pushes=[{"noun": p.noun, "batch": p.batch} for p in connector.pushes],
        webhooks=connector.webhooks is not None,
        authorisation=None if connector.authorisation is None else list(connector.authorisation.scopes),
        capabilities=[dict(vars(c)) for c in connector.capabilities],
        source_only=connector.source_only,
        matching=connector.matching,
        return_terms=connector.return_terms,
    )


def _wrong_fields(connector: Connector, secrets: dict[str, Any]) -> list[FindingView]:
    """Every field that does not fit the form, before anybody is called."""
    try:
        connector.credentials.model_validate(secrets)
    except ValidationError as error:
        found = []
        for one in error.errors(include_url=False, include_input=False, include_context=False):
            field = ".".join(str(part) for part in one["loc"])
            words = {"name": field, "detail": one["msg"]}
            found.append(FindingView(code="credentials_incomplete", field=field, params=words))
        return found
    return []


async def _probe(connector: Connector, shop: Opened) -> ProbeAnswer:
    try:
        result = await connector.probe(shop.client)
    except (Misconfigured, Rejected) as error:
        return ProbeAnswer(ok=False, findings=[finding_of(error)], facts={})
    except Transient as error:
        return ProbeAnswer(ok=False, findings=[finding_of(error, passing=True)], facts={})
    finally:
        await shop.close()
    findings = [
        FindingView(code=one.code, field=one.field, fatal=one.fatal, params=dict(one.params)) for one in result.findings
    ]
    return ProbeAnswer(ok=result.ok, findings=findings, facts=dict(result.facts), valid_until=result.valid_until)
