"""What was seen: the content hash of every item and how often it has changed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.persistence.database import Transaction


async def revisions(tx: Transaction, connection: UUID, stream: str, hashes: Mapping[str, bytes]) -> dict[str, int]:
    """The items that are new or changed, with their new revision n; an unchanged item is left out."""
    driver = await tx.driver()
    known = {
        row["external_id"]: (row["hash"], row["n"])
        for row in await driver.fetch(
            """SELECT external_id, hash, n FROM seen
               WHERE connection = $1 AND stream = $2 AND external_id = ANY($3::text[])""",
            connection,
            stream,
            list(hashes),
        )
    }
    changed = {}
    for external_id, hash in hashes.items():
        before = known.get(external_id)
        if before is None:
            changed[external_id] = 1
        elif before[0] != hash:
            changed[external_id] = before[1] + 1
    return changed


async def remember(tx: Transaction, connection: UUID, stream: str, items: Sequence[tuple[str, bytes, int]]) -> None:
    """Takes down (external id, hash, n) of what was published. Belongs into the cursor's transaction."""
    if not items:
        return
    driver = await tx.driver()
    ordered = sorted(items)
    await driver.execute(
        """INSERT INTO seen (connection, stream, external_id, hash, n)
           SELECT $1, $2, * FROM unnest($3::text[], $4::bytea[], $5::int[])
           ON CONFLICT (connection, stream, external_id) DO UPDATE SET hash = excluded.hash, n = excluded.n
           WHERE seen.n < excluded.n""",
        connection,
        stream,
        [one[0] for one in ordered],
        [one[1] for one in ordered],
        [one[2] for one in ordered],
    )


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
