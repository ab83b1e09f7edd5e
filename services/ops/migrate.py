"""The migrate step: schema, roles, first keys, central queues. Safe to run again and by several containers at once."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.connections import keys
from services.ops import roles
from services.origin.definitions import definitions
from shared.chassis.settings import load
from shared.messaging.bus import connect
from shared.persistence.database import Database, engine_url

ROOT = Path(__file__).parents[2]


def upgrade(admin_url: str) -> None:
    """Brings the database to the newest revision."""
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = admin_url
    command.upgrade(config, "head")


async def prepare(admin_url: str, admin_key: str = "") -> list[str]:
    """Roles and keys for every service whose settings name them; answers sentences about what was made."""
    done = []
    parsed, arguments = engine_url(admin_url)
    engine = create_async_engine(parsed, connect_args=arguments)
    settings = {d.name: (d.schema, load(d.name, d.schema)) for d in definitions()}
    urls = {schema: s.database_url.get_secret_value() for schema, s in settings.values()}
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(47110816)"))
        created = await roles.ensure(connection, sorted((k, v) for k, v in urls.items() if v))
    await engine.dispose()
    done += [f"The database role {role} was created." for role in created]
    database = Database(admin_url, schema="access", name="migrate", pool_size=1)
    async with database.transaction() as tx:
        for service, (_, own) in settings.items():
            if key := own.service_key.get_secret_value():
                await keys.add(tx, key, name=f"service {service}", role="service", by="migrate")
        if admin_key:
            await keys.add(tx, admin_key, name="first admin", role="admin", by="migrate")
            done.append("The admin key from KONTOR_ADMIN_KEY is valid.")
    await database.close()
    return done


async def declare_queues(broker_url: str) -> None:
    """Every queue exists before anything publishes."""
    bus = await connect(broker_url, name="migrate")
    for definition in definitions():
        await bus.declare(*definition.queues)
    await bus.close()


async def migrate(admin_url: str, broker_url: str, admin_key: str = "") -> list[str]:
    """The whole step."""
    await asyncio.to_thread(upgrade, admin_url)
    done = await prepare(admin_url, admin_key)
    if not broker_url.startswith("memory:"):
        await declare_queues(broker_url)
    return done
