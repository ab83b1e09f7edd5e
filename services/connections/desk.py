"""What happens when somebody creates, changes, pauses or deletes a connection: always with an event and an entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from uuid import UUID, uuid4

from services.connections import book, readiness
from services.connections.book import Record
from services.connections.connectors import Connectors, Tested, refuse_unless_offered, refuse_unless_ok
from shared.chassis.outbox import emit
from shared.chassis.problems import not_found
from shared.chassis.sealing import KeyRing
from shared.chassis.sentences import Language
from shared.chassis.service import Service
from shared.chassis.versions import refuse_stale
from shared.contracts.connection import ConnectionChanged, Feature
from shared.contracts.journal import Action, Outcome
from shared.persistence.database import Transaction

FEATURES: tuple[Feature, ...] = get_args(Feature)
Seen = frozenset[int] | None
"""The versions that whoever changes a connection has seen; None: he does not say."""


class Desk:
    """The rules of the connections service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.connectors = Connectors(service)

    async def create(self, wanted: Any, actor: str, key: str | None, language: Language) -> Record:
        """Tests the credentials live, then stores them sealed. The same Idempotency-Key answers the same connection."""
        if key and (made := await self._made(key)):
            return made
        declared = await self.connectors.declared(wanted.platform)
        refuse_unless_offered(declared, wanted.integration)
        if wanted.productive:
            readiness.refuse_unless_ready(readiness.source(declared), language)
        tested = await self.connectors.test(wanted.platform, wanted.credentials)
        refuse_unless_ok(tested, language)
        id = uuid4()
        record = Record(
            id=id,
            platform=wanted.platform,
            name=wanted.name,
            project=wanted.project,
            version=1,
            productive=wanted.productive,
            integration={feature: bool(wanted.integration.get(feature, False)) for feature in FEATURES},
            paused_because="",
            paused_detail="",
            options=wanted.options,
            facts=tested.facts,
            sealed=self.ring().seal(wanted.credentials, id, wanted.platform),
            tested_at=self._service.clock(),
            credentials_valid_until=tested.valid_until,
            created_at=self._service.clock(),
            deleted_at=None,
        )
        if record.productive:
            readiness.refuse_unless_ready(readiness.own(record), language)
        async with self._service.database.transaction() as tx:
            if key:
                await book.remember_request(tx, key, id)
            await self.register(tx, record, actor)
        return record

    async def register(self, tx: Transaction, record: Record, actor: str) -> None:
        """A new connection exists, and everybody hears of it."""
        await book.add(tx, record)
        await self._announce(tx, record, "created", "connection_created", actor)

    async def change(
        self, id: UUID, values: dict[str, Any], actor: str, language: Language, seen: Seen = None
    ) -> Record:
        """Changes settings; the journal says who changed which, from what, to what. Switching something on is refused
        while what it needs is missing."""
        if values.get("productive"):
            await self._refuse_source(id, language)
        async with self._service.database.transaction() as tx:
            record = await self._locked(tx, id)
            wanted = {name: value for name, value in values.items() if name != "integration"}
            switches = {f"integration.{name}": on for name, on in values.get("integration", {}).items()}
            refuse_stale(seen, record.version, wanted=wanted | switches, current=_shown(record))
            if "integration" in values:
                values = values | {"integration": record.integration | values["integration"]}
            news = {field: value for field, value in values.items() if getattr(record, field) != value}
            if not news:
                return record
            if readiness.switches_on(record, news):
                readiness.refuse_unless_ready(readiness.own(record, news), language)
            changed = await book.change(tx, record, news)
            for field, value in news.items():
                words = {"field": field, "before": _short(getattr(record, field)), "after": _short(value)}
                await self._announce(tx, changed, "updated", "setting_changed", actor, words, event=False)
            await self._publish(tx, changed)
        return changed

    async def renew(
        self,
        id: UUID,
        credentials: dict[str, Any],
        actor: str,
        language: Language,
        seen: Seen = None,
        valid_until: datetime | None = None,
    ) -> Record:
        """New credentials replace the old ones only after they have passed the live test; a pause they caused ends."""
        async with self._service.database.transaction() as tx:
            record = await self._locked(tx, id)
        refuse_stale(seen, record.version, wanted={}, current={})
        tested = await self.connectors.test(record.platform, credentials)
        refuse_unless_ok(tested, language)
        values = {
            "sealed": self.ring().seal(credentials, id, record.platform),
            "facts": tested.facts,
            "tested_at": self._service.clock(),
            "credentials_valid_until": tested.valid_until or valid_until,
            "paused_because": "",
            "paused_detail": "",
        }
        async with self._service.database.transaction() as tx:
            record = await self._locked(tx, id)
            refuse_stale(seen, record.version, wanted={}, current={})
            if record.paused_because == "paused_by_hand":
                del values["paused_because"], values["paused_detail"]
            changed = await book.change(tx, record, values)
            await self._announce(tx, changed, "updated", "credentials_renewed", actor)
        return changed

    async def pause(self, id: UUID, code: str, detail: str, actor: str) -> Record:
        """Stops all exchange of a connection, with the reason. Twice for the same reason is once."""
        async with self._service.database.transaction() as tx:
            record = await self._locked(tx, id)
            if record.paused_because == code:
                return record
            changed = await book.change(tx, record, {"paused_because": code, "paused_detail": detail})
            words = {"reason": code, "detail": detail}
            await self._announce(tx, changed, "paused", "connection_paused_because", actor, words, outcome="warning")
        return changed

    async def resume(self, id: UUID, actor: str) -> Record:
        async with self._service.database.transaction() as tx:
            record = await self._locked(tx, id)
            if not record.paused_because:
                return record
            changed = await book.change(tx, record, {"paused_because": "", "paused_detail": ""})
            await self._announce(tx, changed, "resumed", "connection_resumed", actor)
        return changed

    async def delete(self, id: UUID, actor: str) -> Record:
        async with self._service.database.transaction() as tx:
            record = await self._locked(tx, id)
            gone = await book.delete(tx, record)
            await self._announce(tx, gone, "deleted", "connection_was_deleted", actor)
        return gone

    async def test_stored(self, record: Record) -> Tested:
        """Tests the stored credentials live."""
        return await self.connectors.test_stored(record.platform, record.id)

    async def reseal(self, actor: str) -> int:
        """Seals every connection's credentials with the newest key of the ring; answers of how many."""
        ring, count = self.ring(), 0
        async with self._service.database.transaction() as tx:
            for one in await book.listed(tx):
                # Locked one by one: somebody may be entering new credentials, which must not be overwritten.
                record = await book.get(tx, one.id, lock=True)
                if record is not None:
                    changed = await book.change(tx, record, {"sealed": ring.reseal(record.sealed)})
                    await self._announce(tx, changed, "updated", "credentials_resealed", actor)
                    count += 1
        return count

    def ring(self) -> KeyRing:
        return KeyRing.read(self._service.settings.key_ring)

    async def _refuse_source(self, id: UUID, language: Language) -> None:
        """Asks the connector, so it is done before the connection's row is locked."""
        async with self._service.database.transaction() as tx:
            record = await book.get(tx, id)
        if record is not None and not record.productive:
            declared = await self.connectors.declared(record.platform)
            readiness.refuse_unless_ready(readiness.source(declared), language)

    async def _made(self, key: str) -> Record | None:
        async with self._service.database.transaction() as tx:
            id = await book.made_by(tx, key)
            return None if id is None else await book.get(tx, id, deleted=True)

    async def _locked(self, tx: Transaction, id: UUID) -> Record:
        record = await book.get(tx, id, lock=True)
        if record is None:
            raise not_found(id)
        return record

    async def _announce(
        self,
        tx: Transaction,
        record: Record,
        action: Action,
        code: str,
        actor: str,
        words: Mapping[str, str] | None = None,
        *,
        outcome: Outcome = "ok",
        event: bool = True,
    ) -> None:
        if event:
            await self._publish(tx, record)
        entry = self._service.journal.entry(
            noun="connection",
            subject=str(record.id),
            action=action,
            outcome=outcome,
            code=code,
            params={"connection": record.name, "actor": actor} | dict(words or {}),
            connection=record.id,
            platform=record.platform,
            actor=actor,
        )
        await self._service.journal.write(tx, [entry])

    async def _publish(self, tx: Transaction, record: Record) -> None:
        changed = ConnectionChanged(
            id=record.id, version=record.version, platform=record.platform, deleted=record.deleted_at is not None
        )
        await emit(
            tx,
            [
                self._service.event(
                    changed,
                    subject=str(record.id),
                    version=record.version,
                    connection=record.id,
                    platform=record.platform,
                )
            ],
        )


def _shown(record: Record) -> dict[str, Any]:
    return vars(record) | {f"integration.{feature}": on for feature, on in record.integration.items()}


def _short(value: Any) -> str:
    return str(value)[:200]
