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
    """One item as the other side wrote it. `personal` items are encrypted with their record's key, or with that of the
    record `owner` which they are about."""

    noun: str
    connection: UUID
    external_id: str
    body: bytes
    media: str = "application/json"
    personal: bool = True
    owner: UUID | None = None


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
    found = await _keys(driver, wanted)
    missing = [one for one in wanted if one not in found]
    if missing and create:
        rows = await driver.fetch(
            """INSERT INTO archive.keys (id, key) SELECT * FROM unnest($1::uuid[], $2::bytea[])
               ON CONFLICT DO NOTHING RETURNING id, key""",
            missing,
            [AESGCM.generate_key(256) for _ in missing],
        )
        found |= {row["id"]: row["key"] for row in rows}
        if made_meanwhile := [one for one in missing if one not in found]:
            found |= await _keys(driver, made_meanwhile)
    return found


async def _keys(driver: "asyncpg.Connection[asyncpg.Record]", ids: Sequence[UUID]) -> dict[UUID, bytes | None]:
    rows = await driver.fetch("SELECT id, key FROM archive.keys WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: row["key"] for row in rows}


async def store(tx: Transaction, items: Sequence[RawItem]) -> list[UUID | None]:
    """Archives items; answers their ids in order. The same content of the same record is kept once.

    None stands for an item whose record was erased: it is not kept.
    """
    owners = [item.owner or record_id(item.noun, item.connection, item.external_id) for item in items]
    personal = [owner for owner, item in zip(owners, items, strict=True) if item.personal]
    keys = await keys_for(tx, personal) if personal else {}
    ids: list[UUID | None] = []
    records = []
    for owner, item in zip(owners, items, strict=True):
        key = keys.get(owner)
        if item.personal and key is None:
            ids.append(None)
            continue
        payload_id = UUID(bytes=blake2b(item.body, key=owner.bytes, digest_size=16).digest())
        body = zlib.compress(item.body, 1)
        if key is not None:
            body = encrypt(key, body, payload_id.bytes)
        ids.append(payload_id)
        records.append(
            (payload_id, owner if item.personal else None, item.noun, item.connection, item.external_id, item.media,
             body, len(item.body))
        )  # fmt: skip
    if records:
        driver = await tx.driver()
        columns = list(zip(*records, strict=True))
        await driver.execute(
            """INSERT INTO archive.payloads (id, key_id, noun, connection, external_id, media, body, size)
               SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                                    $7::bytea[], $8::int[])
               ON CONFLICT DO NOTHING""",
            *columns,
        )
    return ids


async def load(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Payload]:
    """The archived items among `ids`, decrypted where their key still exists."""
    rows = await tx.rows(
        """SELECT p.*, k.key FROM archive.payloads p LEFT JOIN archive.keys k ON k.id = p.key_id
           WHERE p.id = ANY(:ids)""",
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
    elif row["key"] is not None:
        body = zlib.decompress(decrypt(row["key"], row["body"], row["id"].bytes))
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
