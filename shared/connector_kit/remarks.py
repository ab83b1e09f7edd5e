"""What a platform says beside its records, for the journal: once, however often it is met."""

from collections.abc import Sequence
from uuid import UUID

from shared.chassis.journal import Journal
from shared.connector_kit.declaration import Remark
from shared.contracts.identity import own_id, record_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence import archive


def raw_item(remark: Remark, noun: str, connection: UUID) -> archive.RawItem:
    """What is archived of it: under its record's key, or without one where it is about the connection."""
    id = remark.external_id or remark.key
    return archive.RawItem(noun, connection, id, remark.body, personal=bool(remark.external_id) and noun == "order")


def entries(
    journal: Journal,
    platform: str,
    connection: UUID,
    noun: str,
    remarks: Sequence[Remark],
    payloads: Sequence[UUID | None],
) -> list[JournalEntry]:
    """One entry each; `payloads` are the archived bodies, in the same order."""
    return [
        _entry(journal, platform, connection, "order" if noun == "order" else "listing", one, payload)
        for one, payload in zip(remarks, payloads, strict=True)
    ]


def _entry(
    journal: Journal, platform: str, connection: UUID, noun: str, remark: Remark, payload: UUID | None
) -> JournalEntry:
    about = remark.external_id
    subject = str(record_id(noun, connection, about) if about else connection)
    return journal.entry(
        id=own_id(platform, "remark", f"{subject}:{remark.key}", 1),
        noun=noun if about else "connection",
        subject=subject,
        action="reported",
        outcome=remark.outcome,
        code=remark.code,
        params={"external_id": about, **remark.params},
        connection=connection,
        platform=platform,
        payload=payload,
        keys=[SearchKey(kind="external_id", value=about)] if about else [],
    )
