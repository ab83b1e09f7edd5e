"""Reading what a channel asks anew, once a day by itself or when somebody wants it: what has changed is told, and
articles are judged by it."""

from datetime import timedelta
from uuid import UUID

from services.inventory import category_readings, product_book, taxonomy_book
from services.inventory.taxonomy_difference import Facts, difference, listed
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.contracts.errors import KontorError
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

DAY, AGAIN = timedelta(days=1), timedelta(hours=6)


async def read(service: Service, connection: UUID, actor: str = "") -> dict[str, str]:
    """Reads all of it; answers why for each category that could not be read. Raises a problem (409) where that would be
    more often than the channel allows."""
    async with service.database.transaction() as tx:
        before = await _facts(tx, connection)
    await taxonomy_book.refresh(service, connection)
    unread = await category_readings.again(service, connection)
    async with service.database.transaction() as tx:
        await tx.execute("SELECT FROM taxonomies WHERE connection = :id FOR UPDATE", id=connection)
        entries = [await _read(service, tx, connection, actor)]
        changed = difference(before, await _facts(tx, connection)) if before.categories else None
        if changed:
            lacking = await product_book.judge_again(tx, connection, service.clock())
            words = changed.words() | {"articles": listed(lacking)}
            warns = bool(changed.required or lacking)
            entries.append(await _entry(service, tx, connection, "taxonomy_changed", words, actor, warns=warns))
        await service.journal.write(tx, entries)
    return unread


async def daily(service: Service) -> bool:
    """Reads one channel's that somebody read before, a day ago or longer; answers whether there may be more. One that
    cannot be read is tried again after six hours."""
    now = service.clock()
    async with service.database.transaction() as tx:
        connection = await tx.value(
            """SELECT t.connection FROM taxonomies t JOIN connections c ON c.id = t.connection AND NOT c.deleted
               WHERE t.read_at <= :old AND (t.asked_at IS NULL OR t.asked_at <= :tried)
               ORDER BY t.asked_at NULLS FIRST LIMIT 1""",
            old=now - DAY,
            tried=now - AGAIN,
        )
    if connection is None:
        return False
    try:
        await read(service, connection)
    except (KontorError, Problem) as error:
        detail = error.detail if isinstance(error, KontorError) else error.code
        async with service.database.transaction() as tx:
            words = {"detail": detail}
            entry = await _entry(service, tx, connection, "taxonomy_unread", words, "", warns=True)
            await service.journal.write(tx, [entry])
    return True


async def _facts(tx: Transaction, connection: UUID) -> Facts:
    categories = await tx.rows("SELECT code, label FROM taxonomy_categories WHERE connection = :id", id=connection)
    attributes = await tx.rows(
        """SELECT category_code, code, content ->> 'label' AS label, content ->> 'requirement' = 'required' AS required
           FROM taxonomy_attributes WHERE connection = :id""",
        id=connection,
    )
    values = await tx.rows("SELECT list_code, code, label FROM taxonomy_values WHERE connection = :id", id=connection)
    return Facts(
        {row["code"]: row["label"] for row in categories},
        {(row["category_code"], row["code"]): (row["label"], row["required"]) for row in attributes},
        {(row["list_code"], row["code"]): row["label"] for row in values},
    )


async def _read(service: Service, tx: Transaction, connection: UUID, actor: str) -> JournalEntry:
    known = await taxonomy_book.head(tx, connection) or {}
    words = {name: str(known.get(name, 0)) for name in ("categories", "attributes", "values")}
    return await _entry(service, tx, connection, "taxonomy_read", words, actor)


async def _entry(
    service: Service, tx: Transaction, connection: UUID, code: str, words: dict[str, str], actor: str, *,
    warns: bool = False,
) -> JournalEntry:  # fmt: skip
    return service.journal.entry(
        noun="connection",
        subject=str(connection),
        action="received",
        outcome="warning" if warns else "ok",
        code=code,
        params=words,
        connection=connection,
        platform=await taxonomy_book.platform_of(tx, connection),
        actor=actor,
    )
