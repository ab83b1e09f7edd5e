"""Writing journal entries: silence is a defect, so every service says what it did, and why it did not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from shared.chassis.clock import Clock, utc_now
from shared.chassis.outbox import emit
from shared.contracts.envelope import Event, event
from shared.contracts.journal import Action, JournalEntry, Outcome, SearchKey
from shared.contracts.reason import Reason
from shared.persistence.database import Transaction


class Journal:
    """One service's pen. Entries hold no personal data and no secrets; they name archived payloads instead."""

    def __init__(self, service: str, clock: Clock = utc_now) -> None:
        self._service = service
        self._clock = clock

    def entry(
        self,
        *,
        noun: str,
        subject: str,
        action: Action,
        code: str,
        outcome: Outcome = "ok",
        connection: UUID | None = None,
        platform: str = "core",
        params: Mapping[str, str] | None = None,
        reasons: Sequence[Reason] = (),
        keys: Sequence[SearchKey] = (),
        payload: UUID | None = None,
        actor: str = "",
        correlation: str = "",
        id: UUID | None = None,
        at: datetime | None = None,
    ) -> JournalEntry:
        """An entry; give `id` where the same thing may happen twice and must be written once."""
        return JournalEntry.model_construct(
            id=id or uuid4(),
            at=at or self._clock(),
            service=self._service,
            connection=connection,
            platform=platform,
            noun=noun,
            subject=subject,
            action=action,
            outcome=outcome,
            code=code,
            params=dict(params or {}),
            reasons=tuple(reasons),
            keys=tuple(keys),
            payload=payload,
            actor=actor,
            correlation=correlation,
        )

    def events(self, entries: Sequence[JournalEntry]) -> list[Event[JournalEntry]]:
        """The entries as events, for those who publish without an outbox."""
        return [
            event(
                entry,
                id=entry.id,
                source=self._service,
                subject=entry.subject,
                time=entry.at,
                connection=entry.connection,
                platform=entry.platform,
            )
            for entry in entries
        ]

    async def write(self, tx: Transaction, entries: Sequence[JournalEntry]) -> None:
        """Into the outbox, in the transaction of what the entries tell."""
        await emit(tx, self.events(entries))
