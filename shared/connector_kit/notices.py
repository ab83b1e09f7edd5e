"""What a platform says beside its records, in their journal: once for every state of it, however often it is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from shared.chassis.journal import Journal
from shared.connector_kit import seen
from shared.connector_kit.declaration import Notice, Noun
from shared.contracts.identity import own_id, record_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence import archive
from shared.persistence.database import Transaction

STREAM = "notice"


@dataclass(frozen=True)
class News:
    """A notice that is new or changed: what it was taken down as, and where its body lies."""

    notice: Notice
    hash: bytes
    revision: int
    payload: UUID | None


async def news(tx: Transaction, connection: UUID, noun: Noun, notices: Sequence[Notice]) -> list[News]:
    """Those of them that were not told yet, archived."""
    if not notices:
        return []
    known = {one.external_id: one for one in notices}
    hashes = {id: _hash(one) for id, one in known.items()}
    changed = await seen.revisions(tx, connection, STREAM, hashes)
    personal = [known[id] for id in changed if known[id].records]
    kept = await archive.store(tx, [_raw_item(connection, noun, one) for one in personal])
    payloads = {one.external_id: payload for one, payload in zip(personal, kept, strict=True)}
    return [News(known[id], hashes[id], n, payloads.get(id)) for id, n in changed.items()]


async def remember(tx: Transaction, connection: UUID, told: Sequence[News]) -> None:
    """Takes down what was published. Belongs into the cursor's transaction."""
    await seen.remember(tx, connection, STREAM, [(one.notice.external_id, one.hash, one.revision) for one in told])


def entries(journal: Journal, platform: str, connection: UUID, noun: Noun, told: Sequence[News]) -> list[JournalEntry]:
    """One entry beside each record; one beside the connection for what is about none."""
    kind = _kind(noun)
    found = []
    for one in told:
        beside = [(kind, str(record_id(kind, connection, id)), id) for id in one.notice.records]
        for where, subject, record in beside or [("connection", str(connection), "")]:
            entry = journal.entry(
                id=own_id(platform, "notice", f"{subject}:{one.notice.external_id}:{one.hash.hex()}", one.revision),
                noun=where,
                subject=subject,
                action="received",
                outcome=one.notice.outcome,
                code=one.notice.code,
                params=one.notice.params,
                connection=connection,
                platform=platform,
                payload=one.payload,
                keys=[SearchKey(kind="external_id", value=id) for id in (record, one.notice.external_id) if id],
            )
            found.append(entry)
    return found


def _raw_item(connection: UUID, noun: Noun, one: Notice) -> archive.RawItem:
    owners = tuple(record_id(_kind(noun), connection, id) for id in one.records)
    return archive.RawItem(STREAM, connection, one.external_id, one.body, owners=owners)


def _kind(noun: Noun) -> str:
    return "order" if noun == "order" else "listing"


def _hash(one: Notice) -> bytes:
    words = repr((one.code, sorted(one.params.items()), sorted(one.records)))
    return blake2b(words.encode() + one.body, digest_size=16).digest()
