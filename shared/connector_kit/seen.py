"""What was seen: the content hash of every item and how often it has changed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.persistence.database import Transaction

Item = tuple[UUID, str, str]
"""An item of any connection: the connection, its stream, the external id."""


async def revisions(tx: Transaction, hashes: Mapping[Item, bytes]) -> dict[Item, int]:
    """The items that are new or changed, with their new revision n; an unchanged item is left out."""
    driver = await tx.driver()
    items = list(hashes)
    known = {
        (row["connection"], row["stream"], row["external_id"]): (row["hash"], row["n"])
        for row in await driver.fetch(
            """SELECT connection, stream, external_id, hash, n FROM seen
               JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS i(connection, stream, external_id)
               USING (connection, stream, external_id)""",
            *_columns(items),
        )
    }
    changed = {}
    for item, hash in hashes.items():
        before = known.get(item)
        if before is None:
            changed[item] = 1
        elif before[0] != hash:
            changed[item] = before[1] + 1
    return changed


async def remember(tx: Transaction, items: Mapping[Item, tuple[bytes, int]]) -> None:
    """Takes down (hash, n) of what was published. Belongs into the cursors' transaction."""
    if not items:
        return
    driver = await tx.driver()
    ordered = sorted(items)
    await driver.execute(
        """INSERT INTO seen (connection, stream, external_id, hash, n)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::int[])
           ON CONFLICT (connection, stream, external_id) DO UPDATE SET hash = excluded.hash, n = excluded.n
           WHERE seen.n < excluded.n""",
        *_columns(ordered),
        [items[one][0] for one in ordered],
        [items[one][1] for one in ordered],
    )


def _columns(items: Sequence[Item]) -> tuple[list[UUID], list[str], list[str]]:
    return [one[0] for one in items], [one[1] for one in items], [one[2] for one in items]


async def forget_all(tx: Transaction, connection: UUID, stream: str) -> int:
    """Makes the next read of every item of a stream count as changed; answers how many are known."""
    return await tx.execute(
        "UPDATE seen SET hash = '' WHERE connection = :connection AND stream = :stream",
        connection=connection,
        stream=stream,
    )


async def forget(tx: Transaction, connection: UUID, stream: str, external_ids: Sequence[str]) -> None:
    """Makes the next read of these items count as changed, so that they are published again whatever they hold."""
    await tx.execute(
        """UPDATE seen SET hash = '' WHERE connection = :connection AND stream = :stream
           AND external_id = ANY(:external_ids)""",
        connection=connection,
        stream=stream,
        external_ids=list(external_ids),
    )
