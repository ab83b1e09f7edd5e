"""Our own copy of what external numbers mean in each shop, fed by `external_number.changed`."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.order_import.rules.knowledge import NO_NUMBERS, Numbers
from shared.chassis.service import Service
from shared.contracts.article import ExternalNumberChanged
from shared.contracts.envelope import Event
from shared.persistence.database import Transaction

SNAPSHOT = "/inventory/external-numbers/snapshot"
PAGE = 500


async def meanings(tx: Transaction, wanted: Iterable[tuple[UUID, str]]) -> Mapping[UUID, Numbers]:
    """Which article these numbers mean, by connection; a number that means only itself is not in it."""
    pairs = sorted(set(wanted))
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT connection, number, article_number FROM known_numbers
           JOIN unnest($1::uuid[], $2::text[]) AS wanted(connection, number) USING (connection, number)
           WHERE article_number IS NOT NULL""",
        [connection for connection, _ in pairs],
        [number for _, number in pairs],
    )
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["connection"], {})[row["number"]] = row["article_number"]
    return found


async def as_judged(tx: Transaction, ids: Sequence[UUID]) -> Mapping[UUID, Numbers]:
    """Which article the numbers of these orders meant when each was judged last."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT order_id, sku, article_number FROM order_lines
           WHERE order_id = ANY($1::uuid[]) AND article_number <> '' AND article_number <> sku""",
        list(ids),
    )
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["order_id"], {})[row["sku"]] = row["article_number"]
    return found


def of(found: Mapping[UUID, Numbers], id: UUID) -> Numbers:
    """Those of one connection or order."""
    return found.get(id, NO_NUMBERS)


async def put(tx: Transaction, told: Iterable[ExternalNumberChanged]) -> None:
    """Keeps the newer of two meanings of each number; one that means nothing any more stays as a tombstone."""
    newest: dict[tuple[UUID, str], ExternalNumberChanged] = {}
    for one in told:
        key = one.connection, one.number
        if key not in newest or newest[key].version < one.version:
            newest[key] = one
    if not newest:
        return
    driver = await tx.driver()
    ordered = [newest[key] for key in sorted(newest)]
    await driver.execute(
        """INSERT INTO known_numbers (connection, number, version, article_number)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[])
           ON CONFLICT (connection, number) DO UPDATE SET version = excluded.version,
               article_number = excluded.article_number, changed_at = now()
           WHERE known_numbers.version < excluded.version""",
        *([getattr(one, name) for one in ordered] for name in ("connection", "number", "version", "article_number")),
    )


async def apply(tx: Transaction, events: Sequence[Event[ExternalNumberChanged]]) -> None:
    """Takes the meanings in. Orders that waited for one are judged again by the sweep."""
    await put(tx, (event.data for event in events))


async def rebuild(service: Service) -> int:
    """Pages the owner's snapshot; answers how many numbers there are."""
    count = 0
    after: str | None = None
    while True:
        page = await service.peers.get(service.settings.inventory_url, SNAPSHOT, limit=PAGE, after=after)
        told = [ExternalNumberChanged.model_validate(item) for item in page["items"]]
        async with service.database.transaction() as tx:
            await put(tx, told)
        count += len(told)
        after = page["next"]
        if after is None:
            return count
