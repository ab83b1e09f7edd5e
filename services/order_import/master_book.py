"""Keeping master data: one record per kind and name, guarded by its version, every change journalled. A version is
never used again, also not after a record was deleted and made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid5

from services.order_import.difference import differences
from services.order_import.master_data import Data, RecordKind
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.chassis.versions import etag, is_stale, seen_versions
from shared.contracts.identity import KONTOR
from shared.contracts.journal import Action
from shared.persistence.database import Transaction

MOST_DIFFERENCES = 20
_RECORD = "name, content, version, updated_at, updated_by"


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    content: dict[str, Any]
    version: int
    updated_at: datetime
    updated_by: str

    @property
    def etag(self) -> str:
        return etag(self.version)


async def of_kind(
    tx: Transaction, kind: RecordKind, *, names: Sequence[str] | None = None, after: str = "", limit: int = 500
) -> list[Record]:
    """Records by name; `names` None means all."""
    rows = await tx.rows(
        f"""SELECT {_RECORD} FROM master_records WHERE kind = :kind AND name > :after
            AND (CAST(:names AS text[]) IS NULL OR name = ANY(:names)) ORDER BY name LIMIT :limit""",
        kind=kind,
        names=None if names is None else list(names),
        after=after,
        limit=limit,
    )
    return [Record(**row) for row in rows]


async def version(tx: Transaction) -> int:
    """Grows with every change of master data; 0 while there never was any. Whoever reads it before the data may judge
    once too often, never too seldom."""
    found: int | None = await tx.value("SELECT version FROM master_state")
    return found or 0


async def grow(tx: Transaction) -> None:
    """Says that master data change in this transaction."""
    await tx.execute(
        """INSERT INTO master_state (version) VALUES (1)
           ON CONFLICT (one) DO UPDATE SET version = master_state.version + 1"""
    )


async def put(
    service: Service, tx: Transaction, kind: RecordKind, name: str, data: Data, if_match: str | None, actor: str
) -> Record:
    """Writes a whole record. The same content again changes nothing, whatever `if_match` says; a different one needs
    the ETag of what it replaces, or none where there is nothing yet. Raises a 409 problem with the present ETag."""
    content = data.model_dump_json()
    added = await _row(
        tx,
        f"""INSERT INTO master_records (kind, name, content, updated_by)
            VALUES (:kind, :name, CAST(:content AS jsonb), :actor) ON CONFLICT DO NOTHING RETURNING {_RECORD}""",
        kind=kind,
        name=name,
        content=content,
        actor=actor,
    )
    if added is not None:
        _expect(if_match, None)
        await _tell(service, tx, kind, name, {}, added.content, "created", actor)
        return added
    standing = await _locked(tx, kind, name)
    if standing.content == data.model_dump(mode="json"):
        return standing
    _expect(if_match, standing)
    written = await _row(
        tx,
        f"""UPDATE master_records SET content = CAST(:content AS jsonb), version = nextval('master_versions'),
                   updated_at = now(), updated_by = :actor WHERE kind = :kind AND name = :name RETURNING {_RECORD}""",
        kind=kind,
        name=name,
        content=content,
        actor=actor,
    )
    assert written is not None
    await _tell(service, tx, kind, name, standing.content, written.content, "updated", actor)
    return written


async def delete(
    service: Service, tx: Transaction, kind: RecordKind, name: str, if_match: str | None, actor: str
) -> None:
    """Raises a 404 problem for what is not there, and a 409 problem for another ETag than the present one."""
    standing = await _locked(tx, kind, name)
    if if_match is not None:
        _expect(if_match, standing)
    await tx.execute("DELETE FROM master_records WHERE kind = :kind AND name = :name", kind=kind, name=name)
    await _tell(service, tx, kind, name, standing.content, {}, "deleted", actor)


def _expect(if_match: str | None, standing: Record | None) -> None:
    """Left out, `if_match` means that there is nothing yet; `*` means whatever there is."""
    version = 0 if standing is None else standing.version
    seen = frozenset({0}) if if_match is None else seen_versions(if_match, rough=True)
    if is_stale(seen, version) or (seen is None and standing is None):
        present = etag(version)
        raise Problem(409, "master_data_changed", field="If-Match", extra={"etag": present}, etag=present)


async def _locked(tx: Transaction, kind: RecordKind, name: str) -> Record:
    found = await _row(
        tx,
        f"SELECT {_RECORD} FROM master_records WHERE kind = :kind AND name = :name FOR UPDATE",
        kind=kind,
        name=name,
    )
    if found is None:
        raise not_found(name)
    return found


async def _row(tx: Transaction, sql: str, **params: Any) -> Record | None:
    row = await tx.row(sql, **params)
    return None if row is None else Record(**row)


async def _tell(
    service: Service, tx: Transaction, kind: RecordKind, name: str, before: dict[str, Any], after: dict[str, Any],
    action: Action, actor: str,
) -> None:  # fmt: skip
    found = differences(before, after)
    shown = [f"{one.path}: {one.before} → {one.after}" for one in found[:MOST_DIFFERENCES]]
    if len(found) > MOST_DIFFERENCES:
        shown.append(f"… ({len(found)})")
    entry = service.journal.entry(
        noun="master_data",
        subject=str(uuid5(KONTOR, f"{kind}:{name}")),
        action=action,
        code="master_data_deleted" if action == "deleted" else "master_data_stored",
        params={"kind": kind, "name": name, "changes": "; ".join(shown)},
        actor=actor,
    )
    await grow(tx)
    await service.journal.write(tx, [entry])
