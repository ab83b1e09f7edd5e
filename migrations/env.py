"""Runs the migrations over the admin URL in KONTOR_DATABASE_URL, one at a time across all starting containers."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.persistence.database import engine_url

ONE_AT_A_TIME = 47110815


def run(connection: Connection) -> None:
    context.configure(connection=connection, version_table="alembic_version", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def online() -> None:
    url = context.config.attributes.get("url") or os.environ["KONTOR_DATABASE_URL"]
    parsed, arguments = engine_url(url)
    engine = create_async_engine(parsed, connect_args=arguments)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        await connection.commit()
        await connection.run_sync(run)
        await connection.commit()
        await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ONE_AT_A_TIME})
        await connection.commit()
    await engine.dispose()


asyncio.run(online())
