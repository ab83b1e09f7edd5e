"""The categories, attributes and lists of each connection's channel, as its connector read them last."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.inventory.product_mapping import Asked
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute, TaxonomyValue
from shared.persistence.database import Transaction


async def refresh(service: Service, connection: UUID) -> None:
    """Reads it anew from the channel. A problem (409) where that would be more often than the channel allows."""
    async with service.database.transaction() as tx:
        platform = await platform_of(tx, connection)
        head = await tx.row(
            "SELECT asked_at, every_seconds FROM taxonomies WHERE connection = :id FOR UPDATE", id=connection
        )
        now: datetime = await tx.value("SELECT now()")
        if head and head["asked_at"] and (left := head["every_seconds"] - (now - head["asked_at"]).total_seconds()) > 0:
            raise Problem(409, "taxonomy_too_soon", minutes=str(int(left // 60) + 1))
        await tx.execute(
            """INSERT INTO taxonomies (connection, asked_at) VALUES (:id, :now)
               ON CONFLICT (connection) DO UPDATE SET asked_at = EXCLUDED.asked_at""",
            id=connection,
            now=now,
        )
    base = service.settings.connector_url.format(platform=platform)
    answer = await service.peers.get(base, f"/connections/{connection}/taxonomy")
    found = Taxonomy.model_validate(answer["taxonomy"])
    every, by_category = float(answer["every_seconds"]), bool(answer.get("by_category"))
    async with service.database.transaction() as tx:
        await keep(tx, connection, found, every, service.clock(), by_category=by_category)


async def platform_of(tx: Transaction, connection: UUID) -> str:
    """Raises a problem (404) for a connection nobody has."""
    platform = await tx.value("SELECT platform FROM connections WHERE id = :id AND NOT deleted", id=connection)
    if platform is None:
        raise not_found(connection)
    return str(platform)


async def keep(
    tx: Transaction, connection: UUID, found: Taxonomy, every: float, now: datetime, *, by_category: bool = False
) -> None:
    """Replaces what was kept; mappings stay, also those whose target is gone now. Of a channel that tells attributes
    `by_category`, those of categories that were read by themselves and are still there stay, too."""
    await tx.execute(
        """INSERT INTO taxonomies AS t (connection, version, asked_at, read_at, every_seconds, leaves_only, separator,
                                        by_category)
           VALUES (:id, 1, :now, :now, :every, :leaves_only, :separator, :by_category)
           ON CONFLICT (connection) DO UPDATE SET version = t.version + 1, read_at = EXCLUDED.read_at,
               every_seconds = EXCLUDED.every_seconds, leaves_only = EXCLUDED.leaves_only,
               separator = EXCLUDED.separator, by_category = EXCLUDED.by_category""",
        id=connection, now=now, every=every, leaves_only=found.leaves_only, separator=found.separator,
        by_category=by_category,
    )  # fmt: skip
    known = {one.code for one in found.categories} if by_category else set()
    driver = await tx.driver()
    rows = await driver.fetch(
        "DELETE FROM taxonomy_categories WHERE connection = $1 RETURNING code, read_at", connection
    )
    read = {row["code"]: row["read_at"] for row in rows if row["read_at"] is not None and row["code"] in known}
    await driver.execute(
        """INSERT INTO taxonomy_categories
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) ON CONFLICT DO NOTHING""",
        connection,
        *[[getattr(one, name) for one in found.categories] for name in ("code", "label", "parent_code")],
        [read.get(one.code) for one in found.categories],
    )
    await driver.execute(
        "DELETE FROM taxonomy_attributes WHERE connection = $1 AND category_code <> ALL($2::text[])",
        connection,
        list(read),
    )
    await driver.execute(
        """DELETE FROM taxonomy_values WHERE connection = $1 AND list_code NOT IN (
               SELECT content ->> 'list_code' FROM taxonomy_attributes WHERE connection = $1)""",
        connection,
    )
    await add(tx, connection, found.attributes, found.values)


async def add(
    tx: Transaction, connection: UUID, attributes: Sequence[TaxonomyAttribute], values: Sequence[TaxonomyValue]
) -> None:
    """Attributes that are not there yet; a list that is there is replaced."""
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO taxonomy_attributes SELECT $1, * FROM unnest($2::text[], $3::text[], $4::jsonb[])
           ON CONFLICT DO NOTHING""",
        connection,
        *[[getattr(one, name) for one in attributes] for name in ("category_code", "code")],
        [one.model_dump_json() for one in attributes],
    )
    await driver.execute(
        "DELETE FROM taxonomy_values WHERE connection = $1 AND list_code = ANY($2::text[])",
        connection,
        list({one.list_code for one in values}),
    )
    await driver.execute(
        """INSERT INTO taxonomy_values SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])
           ON CONFLICT DO NOTHING""",
        connection,
        *[[getattr(one, name) for one in values] for name in ("list_code", "code", "label")],
    )


async def head(tx: Transaction, connection: UUID) -> dict[str, Any] | None:
    """When it was read and how much there is of it; None before the first reading."""
    return await tx.row(
        """SELECT version, read_at, every_seconds, leaves_only, separator, by_category,
                  (SELECT count(*) FROM taxonomy_categories c WHERE c.connection = t.connection) AS categories,
                  (SELECT count(*) FROM taxonomy_attributes a WHERE a.connection = t.connection) AS attributes,
                  (SELECT count(*) FROM taxonomy_values v WHERE v.connection = t.connection) AS "values"
           FROM taxonomies t WHERE connection = :id AND read_at IS NOT NULL""",
        id=connection,
    )


async def categories(
    tx: Transaction, connection: UUID, *, search: str | None, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Categories by code; `leaf` where none lies below, `read` where it is known what is asked of them."""
    return await tx.rows(
        """SELECT c.code, c.label, c.parent_code, NOT t.by_category OR c.read_at IS NOT NULL AS read,
                  NOT EXISTS (SELECT FROM taxonomy_categories b
                              WHERE b.connection = c.connection AND b.parent_code = c.code) AS leaf
           FROM taxonomy_categories c JOIN taxonomies t USING (connection)
           WHERE c.connection = :id AND (CAST(:after AS text) IS NULL OR c.code > :after)
             AND (CAST(:search AS text) IS NULL OR strpos(lower(c.label), lower(:search)) > 0 OR c.code = :search)
           ORDER BY c.code LIMIT :limit""",
        id=connection, search=search, after=after, limit=limit,
    )  # fmt: skip


async def values(
    tx: Transaction, connection: UUID, list_code: str, *, search: str | None, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """The values of one list by code."""
    return await tx.rows(
        """SELECT code, label FROM taxonomy_values
           WHERE connection = :id AND list_code = :list AND (CAST(:after AS text) IS NULL OR code > :after)
             AND (CAST(:search AS text) IS NULL OR strpos(lower(label), lower(:search)) > 0 OR code = :search)
           ORDER BY code LIMIT :limit""",
        id=connection, list=list_code, search=search, after=after, limit=limit,
    )  # fmt: skip


async def asked(tx: Transaction, connection: UUID, codes: Sequence[str]) -> dict[str, Asked]:
    """What the channel asks of each of these categories."""
    settings = await head(tx, connection) or {"leaves_only": False, "separator": "|", "by_category": False}
    rows = await tx.rows(
        "SELECT code, parent_code, read_at FROM taxonomy_categories WHERE connection = :id", id=connection
    )
    parents = {row["code"]: row["parent_code"] for row in rows}
    read = {row["code"] for row in rows if row["read_at"] is not None or not settings["by_category"]}
    above = {code: _above(code, parents) for code in codes}
    wanted = sorted({one for path in above.values() for one in path} | {""})
    attributes = await tx.rows(
        """SELECT category_code, content FROM taxonomy_attributes
           WHERE connection = :id AND category_code = ANY(:wanted) ORDER BY category_code, code""",
        id=connection,
        wanted=wanted,
    )
    by_category: dict[str, list[TaxonomyAttribute]] = {}
    for row in attributes:
        content = row["content"] if isinstance(row["content"], dict) else json.loads(row["content"])
        by_category.setdefault(row["category_code"], []).append(TaxonomyAttribute.model_validate(content))
    lists = await _lists(tx, connection, [one for found in by_category.values() for one in found])
    inner = set(parents.values())
    return {
        code: Asked(
            known=code in parents,
            leaf=code not in inner,
            above=above[code],
            attributes=[one for scope in ("", *reversed(above[code])) for one in by_category.get(scope, ())],
            lists=lists,
            leaves_only=settings["leaves_only"],
            separator=settings["separator"],
            read=code in read,
        )
        for code in codes
    }


def _above(code: str, parents: Mapping[str, str]) -> list[str]:
    """The category and those above it, from the bottom up; a ring ends where it began."""
    path: list[str] = []
    while code and code not in path:
        path.append(code)
        code = parents.get(code, "")
    return path


async def _lists(
    tx: Transaction, connection: UUID, attributes: Sequence[TaxonomyAttribute]
) -> dict[str, dict[str, str]]:
    rows = await tx.rows(
        """SELECT list_code, code, label FROM taxonomy_values WHERE connection = :id AND list_code = ANY(:lists)""",
        id=connection,
        lists=sorted({one.list_code for one in attributes if one.list_code}),
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["list_code"], {})[row["code"]] = row["label"]
    return found
