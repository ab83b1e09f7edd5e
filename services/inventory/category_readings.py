"""What a channel asks of one category, for channels that tell it category by category: read when it is needed."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.inventory import taxonomy_book
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.errors import KontorError
from shared.contracts.taxonomy import Taxonomy, TaxonomyCategory
from shared.persistence.database import Database, Transaction

MOST, AT_ONCE = 200, 4
"""So many categories in one request; what is left over is read at the next one that needs it."""


async def fill(service: Service, connection: UUID, codes: Collection[str]) -> dict[str, str]:
    """Reads those of these categories that were never read; answers why for each that is still unread."""
    async with service.database.transaction() as tx:
        rows = await tx.rows(
            """SELECT c.code FROM taxonomy_categories c JOIN taxonomies t USING (connection)
               WHERE c.connection = :id AND t.by_category AND c.read_at IS NULL AND c.code = ANY(:codes)
               ORDER BY c.code""",
            id=connection,
            codes=list(codes),
        )
    return await _read(service, connection, [row["code"] for row in rows])


async def again(service: Service, connection: UUID) -> dict[str, str]:
    """Reads every category that is known or mapped once more, those of old first; answers as `fill`. What cannot be
    read stays as it was."""
    async with service.database.transaction() as tx:
        rows = await tx.rows(
            """SELECT c.code FROM taxonomy_categories c JOIN taxonomies t USING (connection)
               WHERE c.connection = :id AND t.by_category AND (c.read_at IS NOT NULL OR EXISTS (
                   SELECT FROM taxonomy_mappings m
                   WHERE m.connection = c.connection AND m.kind = 'category' AND m.target = c.code))
               ORDER BY c.read_at NULLS FIRST, c.code""",
            id=connection,
        )
    return await _read(service, connection, [row["code"] for row in rows])


async def suggested(service: Service, connection: UUID, article: str) -> list[TaxonomyCategory]:
    """Categories of the channel that may fit an article, by its title. Raises a problem (422) where the article has
    none, or the channel suggests nothing."""
    async with service.database.transaction() as tx:
        platform = await taxonomy_book.platform_of(tx, connection)
        title = await tx.value("SELECT title FROM articles WHERE number = :n AND deleted_at IS NULL", n=article)
    if title is None:
        raise not_found(article)
    if not title.strip():
        raise Problem(422, "article_without_title", field="article_number", article=article)
    base = service.settings.connector_url.format(platform=platform)
    path = f"/connections/{connection}/taxonomy/suggestions"
    return [TaxonomyCategory.model_validate(one) for one in await service.peers.get(base, path, title=title[:500])]


async def _read(service: Service, connection: UUID, codes: Sequence[str]) -> dict[str, str]:
    async with service.database.transaction() as tx:
        platform = await taxonomy_book.platform_of(tx, connection)
    base = service.settings.connector_url.format(platform=platform)
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(code: str) -> str:
        async with turns:
            try:
                answer = await service.peers.get(base, f"/connections/{connection}/taxonomy/category", code=code)
            except KontorError as error:
                return error.detail
            except Problem as problem:
                return problem.code
            found = Taxonomy.model_validate(answer["taxonomy"])
            await _kept(service.database, connection, code, found, service.clock())
            return ""

    said = await asyncio.gather(*(one(code) for code in codes[:MOST]))
    late = dict.fromkeys(codes[MOST:], f"no more than {MOST} categories are read at once")
    return {code: why for code, why in zip(codes, said, strict=False) if why} | late


async def _kept(database: Database, connection: UUID, code: str, found: Taxonomy, now: datetime) -> None:
    """Replaces what was known of one category. Lists may be shared with others, so one is kept after the other."""
    async with database.transaction() as tx:
        await tx.execute("SELECT FROM taxonomies WHERE connection = :id FOR UPDATE", id=connection)
        if await _marked(tx, connection, code, now):
            await tx.execute(
                "DELETE FROM taxonomy_attributes WHERE connection = :id AND category_code = :code",
                id=connection, code=code,
            )  # fmt: skip
            own = [one for one in found.attributes if one.category_code == code]
            await taxonomy_book.add(tx, connection, own, found.values)


async def _marked(tx: Transaction, connection: UUID, code: str, now: datetime) -> bool:
    """Whether the channel still has it."""
    rows = await tx.rows(
        "UPDATE taxonomy_categories SET read_at = :now WHERE connection = :id AND code = :code RETURNING code",
        id=connection, code=code, now=now,
    )  # fmt: skip
    return bool(rows)
