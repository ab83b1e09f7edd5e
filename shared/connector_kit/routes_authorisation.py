"""`/connectors/<platform>/authorisation`: the connector's part of an owner's consent, for the connections service."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from shared.chassis.access import Principal, require
from shared.chassis.problems import not_found
from shared.connector_kit import authorising
from shared.connector_kit.declaration import Authorisation, Connector
from shared.connector_kit.opening import Opener
from shared.contracts.errors import Defect, KontorError


class FindingView(BaseModel):
    """What stands in the way, in words of the sentences. `passing`: time heals it."""

    code: str
    field: str = ""
    fatal: bool = True
    passing: bool = False
    params: dict[str, str] = {}


class ConsentRequest(BaseModel):
    """Asks for the address to which an account's owner is sent."""

    model_config = ConfigDict(extra="forbid")

    credentials: dict[str, Any]
    redirect_uri: str
    state: str
    challenge: str


class ConsentAnswer(BaseModel):
    address: str = ""
    finding: FindingView | None = None


class GrantRequest(BaseModel):
    """A code that the owner came back with."""

    model_config = ConfigDict(extra="forbid")

    credentials: dict[str, Any]
    redirect_uri: str
    code: str
    verifier: str


class GrantAnswer(BaseModel):
    """The whole credentials, or what stands in the way."""

    credentials: dict[str, Any] | None = None
    valid_until: datetime | None = None
    finding: FindingView | None = None


def finding_of(error: KontorError, *, passing: bool = False) -> FindingView:
    """An error as a finding."""
    words = {"detail": error.detail} | error.params
    return FindingView(code=error.code, field=error.field, passing=passing, params=words)


def authorisation_routes(connector: Connector, opener: Opener) -> APIRouter:
    """The router; a platform that needs no consent answers 404."""
    router = APIRouter()

    def declared() -> Authorisation:
        if connector.authorisation is None:
            raise not_found(f"{connector.title}: authorisation")
        return connector.authorisation

    @router.post("/authorisation/address")
    async def consent(body: ConsentRequest, _: Principal = Depends(require("service"))) -> ConsentAnswer:
        """The platform's address where the owner is asked, with state and challenge."""
        try:
            found = authorising.address(
                declared(), _with_defaults(connector, body.credentials),
                redirect_uri=body.redirect_uri, state=body.state, challenge=body.challenge,
            )  # fmt: skip
        except KontorError as error:
            return ConsentAnswer(finding=finding_of(error))
        return ConsentAnswer(address=found)

    @router.post("/authorisation/grant")
    async def grant(body: GrantRequest, _: Principal = Depends(require("service"))) -> GrantAnswer:
        """Exchanges a code for credentials. Nothing is stored here."""
        outside = opener.outside()
        try:
            granted = await authorising.exchange(
                declared(), outside, _with_defaults(connector, body.credentials),
                code=body.code, verifier=body.verifier, redirect_uri=body.redirect_uri,
            )  # fmt: skip
        except KontorError as error:
            if isinstance(error, Defect):
                raise
            return GrantAnswer(finding=finding_of(error))
        finally:
            await outside.close()
        return GrantAnswer(credentials=granted.credentials, valid_until=granted.valid_until)

    return router


def _with_defaults(connector: Connector, entered: dict[str, Any]) -> dict[str, Any]:
    """What a form leaves out is what its field says: an address of the platform, say."""
    fields = connector.credentials.model_fields
    return {name: field.default for name, field in fields.items() if isinstance(field.default, str)} | entered
