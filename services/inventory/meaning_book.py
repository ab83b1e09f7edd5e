"""What each external number means in its shop, as it is told to whoever reads numbers there."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid5

from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.article import ExternalNumberChanged
from shared.contracts.identity import KONTOR
from shared.persistence.database import Transaction

_ANNOUNCE = """
WITH keys AS (
    SELECT unnest($2::text[]) AS number
    UNION SELECT number FROM external_numbers WHERE $2::text[] IS NULL AND connection = $1
    UNION SELECT number FROM number_meanings WHERE $2::text[] IS NULL AND connection = $1)
INSERT INTO number_meanings AS m (connection, number, version, article_number)
SELECT $1, k.number, 1, e.article_number
FROM keys k
LEFT JOIN stock_settings s ON s.connection = $1
LEFT JOIN external_numbers e
    ON e.connection = $1 AND e.number = k.number AND e.active AND e.label = s.value ->> 'number_label'
WHERE e.article_number IS NOT NULL
   OR EXISTS (SELECT FROM number_meanings o WHERE o.connection = $1 AND o.number = k.number)
ORDER BY k.number
ON CONFLICT (connection, number) DO UPDATE SET version = m.version + 1, article_number = EXCLUDED.article_number
    WHERE m.article_number IS DISTINCT FROM EXCLUDED.article_number
RETURNING number, version, article_number
"""


async def announce(service: Service, tx: Transaction, connection: UUID, numbers: Collection[str] | None = None) -> None:
    """Tells what these numbers of a connection, or all of them, mean now, where that is news. Needs `alone`: two at
    once would each miss what the other has not committed yet."""
    driver = await tx.driver()
    rows = await driver.fetch(_ANNOUNCE, connection, None if numbers is None else sorted(numbers))
    told = [ExternalNumberChanged(connection=connection, **dict(row)) for row in rows]
    await emit(
        tx,
        [
            service.event(
                one,
                subject=str(uuid5(KONTOR, f"external_number:{connection}:{one.number}")),
                version=one.version,
                connection=connection,
            )
            for one in told
        ],
    )


async def snapshot(tx: Transaction, *, after: tuple[UUID, str] | None, limit: int) -> list[dict[str, Any]]:
    """All meanings with their versions, also of numbers that mean nothing any more, for replicas."""
    connection, number = after or (UUID(int=0), "")
    return await tx.rows(
        """SELECT connection, number, version, article_number FROM number_meanings
           WHERE (connection, number) > (:connection, :number) ORDER BY connection, number LIMIT :limit""",
        connection=connection,
        number=number,
        limit=limit,
    )
