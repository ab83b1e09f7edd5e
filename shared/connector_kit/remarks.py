"""What a platform says beside its records, for the journal: once, however often it is met."""

from collections.abc import Sequence
from uuid import UUID

from shared.chassis.journal import Journal
from shared.connector_kit.declaration import Record, Remark
from shared.contracts.identity import own_id, record_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence import archive
from shared.persistence.database import Transaction


async def told(
    tx: Transaction, journal: Journal, platform: str, connection: UUID, record: Record, remarks: Sequence[Remark]
) -> list[JournalEntry]:
    """Archives what they bring and answers an entry for each; the same remark has the same id every time."""
    kept = iter(await archive.store(tx, [_raw_item(one, record, connection) for one in remarks if one.body]))
    payloads = [next(kept) if one.body else None for one in remarks]
    return [
        _entry(journal, platform, connection, record, one, payload)
        for one, payload in zip(remarks, payloads, strict=True)
    ]


def _raw_item(remark: Remark, record: Record, connection: UUID) -> archive.RawItem:
    """Under its record's key; what is about the connection has none."""
    id = remark.external_id or remark.key
    personal = bool(remark.external_id) and record != "listing"
    return archive.RawItem(record, connection, id, remark.body, personal=personal)


def _entry(
    journal: Journal, platform: str, connection: UUID, record: Record, remark: Remark, payload: UUID | None
) -> JournalEntry:
    about = remark.external_id
    subject = str(record_id(record, connection, about) if about else connection)
    return journal.entry(
        id=own_id(platform, "remark", f"{subject}:{remark.key}", 1),
        noun=record if about else "connection",
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
