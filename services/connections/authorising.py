"""Connecting by the owner's consent: OAuth 2.0, authorisation code with PKCE, for any connector that declares it.

The state is random, kept as a hash, bound to one draft or connection, lives ten minutes and works once. The connector
exchanges the code; this service only keeps what belongs together and never calls a platform.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from services.connections import authorisation_book, book
from services.connections.authorisation_book import Underway
from services.connections.book import Record
from services.connections.connectors import Finding
from services.connections.desk import Desk
from services.connections.draft_book import Draft
from services.connections.drafting import Drafting
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language
from shared.chassis.service import Service

CALLBACK = "/connections/authorisation/callback"
LIVES = timedelta(minutes=10)
REMEMBERED = timedelta(days=1)


class _Consent(BaseModel):
    address: str = ""
    finding: Finding | None = None


class _Grant(BaseModel):
    credentials: dict[str, Any] | None = None
    valid_until: datetime | None = None
    finding: Finding | None = None


@dataclass(frozen=True)
class Begun:
    """Where the owner is sent, and until when he may come back."""

    address: str
    expires_at: datetime


class Authorising:
    """Logins at platforms, from sending somebody there until the credentials are stored."""

    def __init__(self, service: Service, desk: Desk, drafting: Drafting) -> None:
        self._service = service
        self._desk = desk
        self._drafting = drafting

    async def begin(self, subject: Draft | Record, entered: dict[str, Any], actor: str) -> Begun:
        """Raises a 422 problem for a field that is needed first, or a platform that connects by keys."""
        if (await self._desk.connectors.declared(subject.platform)).authorisation is None:
            raise Problem(422, "authorisation_not_offered", field="platform", platform=subject.platform)
        credentials = self._known(subject) | entered
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        wish = {"credentials": credentials, "redirect_uri": self._callback(), "state": state, "challenge": challenge}
        path = "/authorisation/address"
        consent = _Consent.model_validate(await self._desk.connectors.post(subject.platform, path, wish))
        if consent.finding is not None:
            raise _refused(consent.finding)
        kept = {"credentials": credentials, "verifier": verifier}
        until = self._service.clock() + LIVES
        sealed = self._desk.ring().seal(kept, subject.id, subject.platform)
        underway = Underway(authorisation_book.hashed(state), subject.id, subject.platform, sealed, actor, until)
        async with self._service.database.transaction() as tx:
            await authorisation_book.add(tx, underway)
        return Begun(consent.address, until)

    async def finish(self, state: str, code: str, error: str, said: str, language: Language) -> Draft | Record:
        """The owner came back. The state is used up whatever comes of it; the credentials are tested live and stored.

        Raises a problem for a state that is unknown, used or too old, for a refusal, and for a code that is not taken.
        """
        now = self._service.clock()
        async with self._service.database.transaction() as tx:
            underway = await authorisation_book.use(tx, state, now)
        if underway is None:
            raise Problem(422, "authorisation_state_unknown", field="state")
        if underway.used_at is not None:
            raise Problem(409, "authorisation_state_used", field="state")
        if underway.expires_at <= now:
            raise Problem(422, "authorisation_state_expired", field="state")
        if error == "access_denied":
            raise Problem(422, "authorisation_denied", field="error")
        if error or not code:
            raise Problem(422, "authorisation_refused", field="error", detail=(said or error or "no code")[:200])
        credentials, valid_until = await self._exchange(underway, code)
        async with self._service.database.transaction() as tx:
            known = await book.get(tx, underway.subject)
        if known is None:
            return await self._drafting.put_credentials(underway.subject, credentials, language, valid_until)
        return await self._desk.renew(known.id, credentials, underway.actor, language, valid_until=valid_until)

    async def _exchange(self, underway: Underway, code: str) -> tuple[dict[str, Any], datetime | None]:
        kept = self._desk.ring().open(underway.sealed, underway.subject, underway.platform)
        wish = {**kept, "code": code, "redirect_uri": self._callback()}
        path = "/authorisation/grant"
        grant = _Grant.model_validate(await self._desk.connectors.post(underway.platform, path, wish))
        if grant.finding is not None or grant.credentials is None:
            raise _refused(grant.finding or Finding(code="authorisation_lost"))
        return grant.credentials, grant.valid_until

    def _known(self, subject: Draft | Record) -> dict[str, Any]:
        """What the merchant need not type again."""
        return self._desk.ring().open(subject.sealed, subject.id, subject.platform) if subject.sealed else {}

    def _callback(self) -> str:
        base = self._service.settings.public_base_url
        if not base:
            raise Problem(409, "public_address_missing", field="KONTOR_PUBLIC_BASE_URL")
        return f"{base.rstrip('/')}{CALLBACK}"


def _refused(finding: Finding) -> Problem:
    problem = Problem(422, finding.code, field=finding.place())
    problem.params = finding.words()
    return problem
