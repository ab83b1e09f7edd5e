"""The archive of raw items: compressed, content-addressed, and encrypted with a key of their own where they hold
personal data. Destroying that key erases every copy, including those in backups of the payload table."""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.identity import record_id
from shared.persistence.database import Transaction

_NONCE = 12


@dataclass(frozen=True)
class RawItem:
    """One item as the other side wrote it. `personal` items are encrypted with their record's key, or with those of the
    records `owners` which they are about: then they can be read only as long as every one of these keys exists."""

    noun: str
    connection: UUID
    external_id: str
    body: bytes
    media: str = "application/json"
    personal: bool = True
    owners: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Payload:
    """An archived item; `body` is None when its key was destroyed or its retention ended."""

    id: UUID
    noun: str
    connection: UUID
    external_id: str
    media: str
    size: int
    body: bytes | None
    state: Literal["readable", "erased", "pruned"]


def encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """AES-GCM; `bound` names what the text belongs to, so that it cannot be moved elsewhere."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)


async def keys_for(tx: Transaction, ids: Sequence[UUID], *, create: bool = True) -> dict[UUID, bytes | None]:
    """The records' keys, made where there are none yet. None: the key was destroyed, nothing may be kept of it."""
    driver = await tx.driver()
    wanted = sorted(set(ids))
    if not create:
        return await _keys(driver, wanted)
    rows = await driver.fetch(
        """WITH made AS (INSERT INTO archive.keys (id, key) SELECT n.id, n.key
                         FROM unnest($1::uuid[], $2::bytea[]) AS n(id, key)
                         WHERE NOT EXISTS (SELECT FROM archive.keys k WHERE k.id = n.id) ORDER BY n.id
                         ON CONFLICT DO NOTHING RETURNING id, key)
           SELECT id, key FROM made UNION ALL SELECT id, key FROM archive.keys WHERE id = ANY($1::uuid[])""",
        wanted,
        [AESGCM.generate_key(256) for _ in wanted],
    )
    found = {row["id"]: row["key"] for row in rows}
    if made_meanwhile := [one for one in wanted if one not in found]:
        found |= await _keys(driver, made_meanwhile)
    return found


async def _keys(driver: "asyncpg.Connection[asyncpg.Record]", ids: Sequence[UUID]) -> dict[UUID, bytes | None]:
    rows = await driver.fetch("SELECT id, key FROM archive.keys WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: row["key"] for row in rows}


async def store(tx: Transaction, items: Sequence[RawItem]) -> list[UUID | None]:
    """Archives items; answers their ids in order. The same content of the same records is kept once.

    None stands for an item of which a record was erased: it is not kept.
    """
    owned = [_owners(item) for item in items]
    personal = [owner for owners, item in zip(owned, items, strict=True) if item.personal for owner in owners]
    keys = await keys_for(tx, personal) if personal else {}
    ids: list[UUID | None] = []
    records = []
    for owners, item in zip(owned, items, strict=True):
        key = _joined([keys.get(owner) for owner in owners]) if item.personal else None
        if item.personal and key is None:
            ids.append(None)
            continue
        payload_id = _content_id(owners, item.body)
        body = zlib.compress(item.body, 1)
        if key is not None:
            body = encrypt(key, body, payload_id.bytes)
        ids.append(payload_id)
        first, *further = owners
        records.append(
            (payload_id, first if item.personal else None, ",".join(map(str, further)) if item.personal else "",
             item.noun, item.connection, item.external_id, item.media, body, len(item.body))
        )  # fmt: skip
    if records:
        driver = await tx.driver()
        columns = list(zip(*records, strict=True))
        await driver.execute(
            """INSERT INTO archive.payloads (id, key_id, further_keys, noun, connection, external_id, media, body, size)
               SELECT id, key_id, string_to_array(further, ',')::uuid[], noun, connection, external_id, media, body,
                      size
               FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                           $8::bytea[], $9::int[])
                    AS n(id, key_id, further, noun, connection, external_id, media, body, size)
               ON CONFLICT DO NOTHING""",
            *columns,
        )
    return ids


async def load(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Payload]:
    """The archived items among `ids`, decrypted where their key still exists."""
    rows = await tx.rows(
        """SELECT p.*, ARRAY(SELECT k.key FROM unnest(p.key_id || p.further_keys) WITH ORDINALITY AS o(id, place)
                             LEFT JOIN archive.keys k ON k.id = o.id ORDER BY o.place) AS keys
           FROM archive.payloads p WHERE p.id = ANY(:ids)""",
        ids=list(ids),
    )
    return {row["id"]: _open(row) for row in rows}


def _open(row: dict[str, Any]) -> Payload:
    body: bytes | None = None
    state: Literal["readable", "erased", "pruned"] = "readable"
    if row["body"] is None:
        state = "pruned"
    elif row["key_id"] is None:
        body = zlib.decompress(row["body"])
    elif (key := _joined(row["keys"])) is not None:
        body = zlib.decompress(decrypt(key, row["body"], row["id"].bytes))
    else:
        state = "erased"
    return Payload(
        id=row["id"],
        noun=row["noun"],
        connection=row["connection"],
        external_id=row["external_id"],
        media=row["media"],
        size=row["size"],
        body=body,
        state=state,
    )


def _owners(item: RawItem) -> list[UUID]:
    """Whom an item is about, in the order their keys are joined in."""
    return sorted(set(item.owners)) or [record_id(item.noun, item.connection, item.external_id)]


def _joined(keys: Sequence[bytes | None]) -> bytes | None:
    """The key of what several records share: made of all of theirs, so that it is lost with any of them."""
    whole = [key for key in keys if key is not None]
    if len(whole) < len(keys):
        return None
    return whole[0] if len(whole) == 1 else blake2b(b"".join(whole), digest_size=32, person=b"kontor archive").digest()


def _content_id(owners: Sequence[UUID], body: bytes) -> UUID:
    names = b"".join(owner.bytes for owner in owners)
    key = names if len(owners) == 1 else blake2b(names, digest_size=16).digest()
    return UUID(bytes=blake2b(body, key=key, digest_size=16).digest())
