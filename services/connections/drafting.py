"""A new connection step by step: base data, credentials with their live test, features, save. Every step says what is
missing next; nothing of it is a connection before it is saved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from services.connections import book, draft_book
from services.connections.book import Record
from services.connections.connectors import refuse_unless_offered, refuse_unless_ok
from services.connections.desk import FEATURES, Desk
from services.connections.draft_book import Draft
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language
from shared.chassis.service import Service
from shared.contracts.connection import Feature

LIVES = timedelta(days=1)
Step = Literal["credentials", "features", "save"]


def open_steps(draft: Draft) -> list[Step]:
    """What is still to be done, in order; saving is always the last."""
    steps: list[Step] = []
    if not draft.sealed:
        steps.append("credentials")
    if draft.integration is None:
        steps.append("features")
    return [*steps, "save"]


class Drafting:
    """The rules of drafts."""

    def __init__(self, service: Service, desk: Desk) -> None:
        self._service = service
        self._desk = desk

    async def begin(self, platform: str, name: str, project: str, options: dict[str, Any], actor: str) -> Draft:
        """The base data. Raises a 422 problem for a platform that nobody connects."""
        await self._desk.connectors.declared(platform)
        now = self._service.clock()
        draft = Draft(
            id=uuid4(),
            platform=platform,
            name=name,
            project=project,
            options=options,
            sealed="",
            facts={},
            findings=[],
            integration=None,
            tested_at=None,
            credentials_valid_until=None,
            created_by=actor,
            created_at=now,
            expires_at=now + LIVES,
        )
        async with self._service.database.transaction() as tx:
            await draft_book.add(tx, draft)
        return draft

    async def get(self, id: UUID) -> Draft:
        """Raises a 404 problem for a draft that was never there or has expired."""
        async with self._service.database.transaction() as tx:
            found = await draft_book.get(tx, id, self._service.clock())
        if found is None:
            raise _gone(id)
        return found

    async def put_credentials(
        self, id: UUID, credentials: dict[str, Any], language: Language, valid_until: datetime | None = None
    ) -> Draft:
        """Tests live, then seals. Raises a 422 problem that names the field; nothing is stored then."""
        draft = await self.get(id)
        tested = await self._desk.connectors.test(draft.platform, credentials)
        refuse_unless_ok(tested, language)
        return await self._put(
            id,
            {
                "sealed": self._desk.ring().seal(credentials, id, draft.platform),
                "facts": tested.facts,
                "findings": [one.model_dump() for one in tested.findings],
                "tested_at": self._service.clock(),
                "credentials_valid_until": tested.valid_until or valid_until,
            },
        )

    async def offered(self, platform: str) -> frozenset[str] | None:
        """The features of a platform that can be switched on at all."""
        return await self._desk.connectors.offered(platform)

    async def put_features(self, id: UUID, integration: Mapping[Feature, bool]) -> Draft:
        """One switch per data type; what is not named is off. Raises a 422 problem for one the connector lacks."""
        draft = await self.get(id)
        refuse_unless_offered(await self._desk.connectors.declared(draft.platform), integration)
        return await self._put(id, {"integration": {name: integration.get(name, False) for name in FEATURES}})

    async def save(self, id: UUID, actor: str) -> Record:
        """The draft becomes a connection of the same id, not productive yet. Saved twice is once."""
        async with self._service.database.transaction() as tx:
            draft = await draft_book.get(tx, id, self._service.clock(), lock=True)
            if draft is None:
                if (saved := await book.get(tx, id)) is not None:
                    return saved
                raise _gone(id)
            if left := open_steps(draft)[:-1]:
                raise Problem(422, f"draft_needs_{left[0]}", field=left[0], extra={"missing": left}, draft=draft.name)
            record = Record(
                id=draft.id,
                platform=draft.platform,
                name=draft.name,
                project=draft.project,
                version=1,
                productive=False,
                integration=draft.integration or {},
                paused_because="",
                paused_detail="",
                options=draft.options,
                facts=draft.facts,
                sealed=draft.sealed,
                tested_at=draft.tested_at,
                credentials_valid_until=draft.credentials_valid_until,
                created_at=self._service.clock(),
                deleted_at=None,
            )
            await self._desk.register(tx, record, actor)
            await draft_book.delete(tx, id)
        return record

    async def _put(self, id: UUID, news: dict[str, Any]) -> Draft:
        async with self._service.database.transaction() as tx:
            draft = await draft_book.get(tx, id, self._service.clock(), lock=True)
            if draft is None:
                raise _gone(id)
            changed = replace(draft, **news)
            await draft_book.put(tx, changed)
        return changed


def _gone(id: UUID) -> Problem:
    return Problem(404, "draft_gone", draft=str(id))
