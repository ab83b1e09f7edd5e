"""The few things we keep of each connection: whether stock may be told, and which switch says no."""

from collections.abc import Sequence

from services.inventory import product_marks
from services.inventory.marks import PRICES, mark_connection
from shared.chassis.logs import logger
from shared.chassis.service import Service
from shared.contracts.connection import Connection, ConnectionChanged
from shared.contracts.envelope import Event
from shared.contracts.errors import KontorError
from shared.persistence.database import Transaction

log = logger("inventory.connections")
RETRY_SECONDS = 5
COMPARE_SECONDS = 3600
PRODUCTIVE_OFF = "productive_mode_off"


async def changed(service: Service, tx: Transaction, events: Sequence[Event[ConnectionChanged]]) -> None:
    """Notes which connections have to be read again; a deleted one is blocked at once."""
    for event in sorted(events, key=lambda one: (one.data.id, one.data.version)):
        data = event.data
        await tx.execute(
            """INSERT INTO connections AS c (id, platform, wanted_version, deleted, blocked_by)
               VALUES (:id, :platform, :version, :deleted,
                       CASE WHEN :deleted THEN 'connection_deleted' ELSE 'connection_not_read' END)
               ON CONFLICT (id) DO UPDATE SET wanted_version = greatest(c.wanted_version, EXCLUDED.wanted_version),
                   deleted = c.deleted OR EXCLUDED.deleted, tried_at = '-infinity',
                   blocked_by = CASE WHEN EXCLUDED.deleted THEN 'connection_deleted' ELSE c.blocked_by END,
                   prices_blocked_by =
                       CASE WHEN EXCLUDED.deleted THEN 'connection_deleted' ELSE c.prices_blocked_by END,
                   products_blocked_by =
                       CASE WHEN EXCLUDED.deleted THEN 'connection_deleted' ELSE c.products_blocked_by END""",
            id=data.id,
            platform=data.platform,
            version=data.version,
            deleted=data.deleted,
        )


async def refresh(service: Service) -> bool:
    """Reads one connection that changed, or was not compared for an hour, from its owner. True: there may be more."""
    async with service.database.statement() as tx:
        due = await tx.row(
            """UPDATE connections SET tried_at = now() WHERE id = (
                   SELECT id FROM connections WHERE NOT deleted
                     AND tried_at < now() - make_interval(secs => CASE
                             WHEN version < wanted_version THEN CAST(:retry AS float) ELSE CAST(:compare AS float) END)
                   ORDER BY version < wanted_version DESC, tried_at LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING id""",
            retry=RETRY_SECONDS,
            compare=COMPARE_SECONDS,
        )
    if due is None:
        return False
    try:
        body = await service.peers.get(service.settings.connections_url, f"/connections/internal/{due['id']}")
    except KontorError as error:
        log.warning("connection cannot be read", connection=str(due["id"]), error=error.detail)
        return True
    async with service.database.transaction() as tx:
        await keep(service, tx, Connection.model_validate(body))
    return True


async def keep(service: Service, tx: Transaction, connection: Connection) -> None:
    """Stores what its owner says; when a switch changed, everything that waits or failed is looked at again."""
    row = await tx.row(
        """SELECT version, blocked_by, prices_blocked_by, products_blocked_by FROM connections
           WHERE id = :id FOR UPDATE""",
        id=connection.id,
    )
    if row is not None and connection.version < row["version"]:
        return
    blocked_by, prices_blocked_by = connection.blocked_by("stock"), connection.blocked_by("prices")
    products_blocked_by = connection.blocked_by("products")
    if products_blocked_by == PRODUCTIVE_OFF and not connection.integration.get("products", False):
        # Where nobody has switched products on, nothing waits for productive mode.
        products_blocked_by = "integration_mode_off"
    await tx.execute(
        """INSERT INTO connections (id, platform, name, version, wanted_version, blocked_by, prices_blocked_by,
                                    products_blocked_by, deleted, productive, tried_at)
           VALUES (:id, :platform, :name, :version, :version, :blocked_by, :prices_blocked_by, :products_blocked_by,
                   :deleted, :productive, now())
           ON CONFLICT (id) DO UPDATE SET platform = EXCLUDED.platform, name = EXCLUDED.name,
               version = EXCLUDED.version, blocked_by = EXCLUDED.blocked_by,
               prices_blocked_by = EXCLUDED.prices_blocked_by, products_blocked_by = EXCLUDED.products_blocked_by,
               deleted = EXCLUDED.deleted, productive = EXCLUDED.productive""",
        id=connection.id,
        platform=connection.platform,
        name=connection.name,
        version=connection.version,
        blocked_by=blocked_by,
        prices_blocked_by=prices_blocked_by,
        products_blocked_by=products_blocked_by,
        deleted=connection.deleted,
        productive=connection.productive,
    )
    if row is None or row["blocked_by"] != blocked_by:
        await mark_connection(tx, connection.id, again="failed")
    if row is None or row["prices_blocked_by"] != prices_blocked_by:
        await mark_connection(tx, connection.id, again="failed", queue=PRICES)
    if row is None or row["products_blocked_by"] != products_blocked_by:
        await product_marks.mark_connection(tx, connection.id, again="failed")
