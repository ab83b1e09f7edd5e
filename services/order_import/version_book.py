"""Every version of an order, append-only: what it was in clear, what it said encrypted with the order's own key."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter

from services.order_import.rows import append
from services.order_import.rules.customers import ASKED_ANEW
from services.order_import.rules.ruling import Decision
from services.order_import.standing import Change
from shared.contracts.order import Observation
from shared.persistence import archive
from shared.persistence.database import Transaction

WITH_CONTENT = ("received", "corrected")
_COLUMNS = ["order_id", "version", "cause", "status", "stamp", "observed_at", "path", "payload", "content_hash",
            "content", "rules_version", "decisions"]  # fmt: skip
_DECISIONS = TypeAdapter(tuple[Decision, ...])


@dataclass(frozen=True, slots=True)
class Late:
    """A revision that arrived after a newer one: kept, never applied."""

    order_id: UUID
    observed: Observation
    content: str
    key: bytes | None


@dataclass(frozen=True, slots=True)
class Version:
    """`cause` "superseded" has no number of its own: it arrived too late. `content_state` says whether it can be read;
    a version that changed only how we judge the order has the content of the one before."""

    version: int | None
    cause: str
    status: str | None
    stamp: datetime
    observed_at: datetime
    path: str
    payload: UUID | None
    content_hash: str
    recorded_at: datetime
    content_state: Literal["readable", "erased", "same"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a version of the rules decided about an order."""

    rules_version: int = 0
    decisions: tuple[Decision, ...] = ()


UNJUDGED = Judgement()


def seal(order_id: UUID, content: str, key: bytes | None) -> bytes | None:
    """The content as it is kept; None once the order's key was destroyed."""
    if key is None:
        return None
    return archive.encrypt(key, zlib.compress(content.encode(), 1), order_id.bytes)


def unseal(order_id: UUID, sealed: bytes, key: bytes) -> bytes:
    return zlib.decompress(archive.decrypt(key, sealed, order_id.bytes))


async def write(tx: Transaction, changes: Sequence[Change]) -> None:
    await append(tx, "order_versions", _COLUMNS, [_record(change) for change in changes])


async def write_late(tx: Transaction, late: Sequence[Late]) -> None:
    """Keeps superseded revisions; one that was kept before stays as it is."""
    if late:
        driver = await tx.driver()
        await driver.executemany(
            """INSERT INTO late_versions (order_id, stamp, observed_at, content_hash, path, payload, content)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING""",
            [
                (one.order_id, one.observed.stamp, one.observed.observed_at, one.observed.content_hash,
                 one.observed.path, one.observed.payload, seal(one.order_id, one.content, one.key))
                for one in late
            ],
        )  # fmt: skip


async def listing(tx: Transaction, order_id: UUID) -> list[Version]:
    """All versions of an order, the newest first."""
    key = (await archive.keys_for(tx, [order_id], create=False)).get(order_id)
    rows = await tx.rows(
        """SELECT version, cause, status, stamp, observed_at, path, payload, content_hash, recorded_at,
                  content IS NOT NULL AS kept
           FROM order_versions WHERE order_id = :id
           UNION ALL
           SELECT NULL, 'superseded', NULL, stamp, observed_at, path, payload, content_hash, recorded_at,
                  content IS NOT NULL
           FROM late_versions WHERE order_id = :id
           ORDER BY recorded_at DESC, version DESC NULLS LAST""",
        id=order_id,
    )
    return [Version(content_state=_state(row, key), **{k: v for k, v in row.items() if k != "kept"}) for row in rows]


async def content(tx: Transaction, order_id: UUID, version: int) -> bytes | None:
    """What the order said at a version, as JSON. None when it was erased; raises LookupError for no such version."""
    row = await tx.row(
        """SELECT content, (SELECT max(version) FROM order_versions WHERE order_id = :id) AS newest
           FROM order_versions WHERE order_id = :id AND version <= :version AND cause = ANY(:with_content)
           ORDER BY version DESC LIMIT 1""",
        id=order_id,
        version=version,
        with_content=list(WITH_CONTENT),
    )
    if row is None or version > row["newest"]:
        raise LookupError(version)
    key = (await archive.keys_for(tx, [order_id], create=False)).get(order_id)
    return None if key is None or row["content"] is None else unseal(order_id, row["content"], key)


async def decisions(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Judgement]:
    """What was decided about each order when it was judged last; nothing for orders from before there were rules."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT DISTINCT ON (order_id) order_id, rules_version, decisions FROM order_versions
           WHERE order_id = ANY($1::uuid[]) AND decisions IS NOT NULL ORDER BY order_id, version DESC""",
        list(ids),
    )
    return {
        row["order_id"]: Judgement(row["rules_version"], _DECISIONS.validate_json(row["decisions"])) for row in rows
    }


def _record(change: Change) -> tuple[Any, ...]:
    observed = change.observed
    kept = change.cause in WITH_CONTENT
    return (
        change.id, change.version, change.cause, change.status, observed.stamp, observed.observed_at, observed.path,
        observed.payload, observed.content_hash, seal(change.id, change.content, change.key) if kept else None,
        change.rules_version if change.judged else None,
        _DECISIONS.dump_json(_lasting(change.verdict.found.decisions)).decode() if change.judged else None,
    )  # fmt: skip


def _lasting(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    return tuple(one for one in decisions if one.field not in ASKED_ANEW)


def _state(row: dict[str, Any], key: bytes | None) -> Literal["readable", "erased", "same"]:
    if row["cause"] not in (*WITH_CONTENT, "superseded"):
        return "same"
    return "readable" if row["kept"] and key is not None else "erased"
