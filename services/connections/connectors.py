"""What this service asks the platforms' connectors: what they can do, whether credentials work, how they are doing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from shared.chassis.problems import Problem
from shared.chassis.sentences import Language, advice, sentence
from shared.chassis.service import Service
from shared.contracts.connection import Feature
from shared.contracts.errors import KontorError

HEARD_FOR = timedelta(minutes=5)
"""How long what a connector declared is taken for true without asking again."""


class Finding(BaseModel):
    """One thing a live test found. `passing`: time heals it, so it says nothing about the credentials."""

    code: str
    field: str = ""
    fatal: bool = True
    passing: bool = False
    params: dict[str, str] = {}

    def place(self) -> str:
        """The field of a body that holds the credentials."""
        return "credentials" if self.field in ("", "credentials") else f"credentials.{self.field}"

    def words(self) -> dict[str, str]:
        return {"field": self.field, "name": self.field, "detail": ""} | self.params


class Tested(BaseModel):
    """The result of a live test."""

    ok: bool
    findings: list[Finding] = []
    facts: dict[str, str] = {}
    valid_until: datetime | None = None


class Capability(BaseModel):
    """What a connector can do by which call, or why it cannot."""

    name: str
    offered: bool
    how: str


class Declared(BaseModel):
    """What a platform's connector declares, as far as it matters here."""

    platform: str
    title: str
    features: list[str]
    authorisation: list[str] | None = None
    source_only: bool = False
    capabilities: list[Capability] = []

    def reason(self, feature: str) -> str:
        """Why a feature is not offered, in the connector's own words."""
        said = {one.name: one.how for one in self.capabilities if not one.offered}
        return said.get(f"{feature}_sent") or said.get(feature) or "it was not built yet"


class StreamState(BaseModel):
    """How far a stream is read, as its connector knows it."""

    stream: str
    feature: str
    every_seconds: float
    position: datetime | None
    first_pass_at: datetime | None
    last_success_at: datetime | None
    last_error: str


class WorkState(BaseModel):
    """What a connector knows of one connection."""

    streams: list[StreamState] = []
    backlog: dict[str, int] = {}
    budget: float | None = None
    budget_at: datetime | None = None


class Connectors:
    """The connectors behind their URL template; no list of platforms exists."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._offered: dict[str, tuple[datetime, frozenset[str]]] = {}

    async def offered(self, platform: str) -> frozenset[str] | None:
        """The features a platform's connector declares, asked for anew after a while; what it said last while it does
        not answer, None if it never did."""
        known = self._offered.get(platform)
        now = self._service.clock()
        if known is None or known[0] + HEARD_FOR < now:
            with suppress(Problem, KontorError):
                known = self._offered[platform] = now, frozenset((await self.declared(platform)).features)
        return None if known is None else known[1]

    async def declared(self, platform: str) -> Declared:
        """Raises a 422 problem for a platform that nobody connects."""
        try:
            # Not "" below the connector's own address: a client puts a slash behind that, which is another route.
            above, _, slug = self._base(platform).rpartition("/")
            return Declared.model_validate(await self._service.peers.get(above, f"/{slug}"))
        except Problem as problem:
            if problem.status != 404:
                raise
            raise Problem(422, "platform_unknown", field="platform", platform=platform) from problem

    async def test(self, platform: str, credentials: dict[str, Any]) -> Tested:
        """The live test of credentials that are not stored."""
        return Tested.model_validate(await self.post(platform, "/probe", {"credentials": credentials}))

    async def test_stored(self, platform: str, id: UUID) -> Tested:
        """The live test of a connection's own credentials. Raises a 404 problem while its connector is still to hear of
        it."""
        return Tested.model_validate(await self.post(platform, f"/connections/{id}/probe", {}))

    async def work_state(self, platform: str, id: UUID) -> WorkState:
        """Raises a 404 problem while the connector is still to hear of the connection."""
        found = await self._service.peers.get(self._base(platform), f"/connections/{id}/health")
        return WorkState.model_validate(found)

    async def post(self, platform: str, path: str, body: Any) -> Any:
        return await self._service.peers.post(self._base(platform), path, body)

    def _base(self, platform: str) -> str:
        return self._service.settings.connector_url.format(platform=platform)


def refuse_unless_ok(tested: Tested, language: Language) -> None:
    """Raises a 422 problem that names the wrong field or the missing permission, with every other finding."""
    if tested.ok:
        return
    first = next((one for one in tested.findings if one.fatal), Finding(code="misconfigured"))
    findings = in_words(tested.findings, language)
    said = sentence(first.code, first.words(), language)
    raise Problem(422, "credentials_test_failed", field=first.place(), extra={"findings": findings}, finding=said)


def refuse_unless_offered(declared: Declared, integration: Mapping[Feature, bool]) -> None:
    """Raises a 422 problem for a switch that could never do anything."""
    for feature, on in integration.items():
        if on and feature not in declared.features:
            raise Problem(
                422,
                "feature_not_offered",
                field=f"integration.{feature}",
                feature=feature,
                platform=declared.title,
                reason=declared.reason(feature),
                offered=", ".join(declared.features),
            )


def in_words(findings: Sequence[Finding], language: Language) -> list[dict[str, str]]:
    """A test's findings as sentences."""
    return [
        {
            "code": one.code,
            "field": one.field,
            "fatal": str(one.fatal).lower(),
            "sentence": sentence(one.code, one.words(), language),
            "advice": advice(one.code, one.words(), language),
        }
        for one in findings
    ]
