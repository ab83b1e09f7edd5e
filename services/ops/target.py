"""The installation that an operator's command acts on, and how a command reaches it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from services.ops.screen import stop
from services.ops.stage import addresses_of
from shared.contracts.errors import KontorError
from shared.persistence.database import Database, Transaction
from shared.persistence.failure import sqlstate

T = TypeVar("T")
NOT_MIGRATED = ("42P01", "3F000")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Target:
    """The owner's database URL and the broker's; an empty one is not known."""

    database_url: str
    broker_url: str


def target(environment: Mapping[str, str] = os.environ, root: Path = ROOT) -> Target:
    """What KONTOR_DATABASE_URL and KONTOR_BROKER_URL name; without the former, the demonstration of this folder."""
    if url := environment.get("KONTOR_DATABASE_URL"):
        return Target(url, environment.get("KONTOR_BROKER_URL", ""))
    demo = addresses_of(root / ".local" / "demo")
    if demo is None:
        stop("No installation is named. Set KONTOR_DATABASE_URL and KONTOR_BROKER_URL, or start the demo: make demo")
    return Target(demo.database_url, demo.broker_url)


def broker_url() -> str:
    """The broker's address, where its messages can be looked at from outside."""
    found = target().broker_url
    if not found:
        stop("No message broker is named. Set KONTOR_BROKER_URL beside KONTOR_DATABASE_URL.")
    if found.startswith("memory:"):
        stop("This installation's messages live inside its one process (no RabbitMQ); nobody can look in from outside.")
    return found


def within(schema: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Does `work` in one transaction of the owner, with `schema` as its search path."""

    async def run() -> T:
        database = Database(target().database_url, schema=schema, name="ops", pool_size=1)
        try:
            async with database.transaction() as tx:
                return await work(tx)
        finally:
            await database.close()

    return told(run())


def told(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work`; what the servers refuse is a sentence instead of a traceback."""
    try:
        return asyncio.run(work)
    except KontorError as error:
        stop(error.detail)
    except OSError as error:
        stop(f"The database does not answer: {error}. If it is the demo's, type: make demo")
    except asyncpg.PostgresError as error:
        if sqlstate(error) in NOT_MIGRATED:
            stop("This database is not Kontor's, or not up to date. Type: python -m services.ops migrate")
        stop(f"The database did not do it: {error}")
