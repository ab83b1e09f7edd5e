"""PostgreSQL, by the first rung that holds: the address in `KONTOR_POSTGRES_URL`, else a server of our own.

A server that merely happens to run on the machine is never used. On any server we create databases of our own names and
drop only those.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from services.ops.local.embedded import EmbeddedPostgres
from services.ops.local.failure import Unavailable
from services.ops.local.placement import place
from services.ops.local.state import Owned, State, folder

RUNGS = ("environment", "embedded")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Postgres:
    """A server that answers. `admin_url` may create databases and roles."""

    rung: str
    admin_url: str
    version: str

    @property
    def server(self) -> str:
        """Where our databases live, without credentials; ours are remembered under this name."""
        return _without_credentials(self.admin_url) if self.rung == "environment" else self.rung

    @property
    def sentence(self) -> str:
        where = _without_credentials(self.admin_url)
        if self.rung == "environment":
            return f"PostgreSQL {self.version} at {where}, as KONTOR_POSTGRES_URL says, in a database of our own."
        return f"PostgreSQL {self.version}, embedded, at {where}."

    def database_url(self, name: str) -> str:
        parts = urlsplit(self.admin_url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    def create(self, name: str, state: State) -> str:
        """The address of our database `name`, created if it is not there. Raises when it is somebody else's."""
        exists = _wait_for(_fetch(self.admin_url, "select 1 from pg_database where datname = $1", name))
        if exists and not state.owns("database", self.server, name):
            raise Unavailable(f"A database {name} already exists at {self.server} and was not created by this folder.")
        if not exists:
            state.forget("database", self.server, name)
            state.owned.append(Owned(kind="database", server=self.server, name=name))
            statement = f"""create database "{name}" template template0 encoding 'UTF8'"""
            _wait_for(_execute(self.admin_url, statement))
        return self.database_url(name)

    def remove(self, name: str, state: State) -> None:
        """Drop our database and the login roles named after it (`<database>_<service>`), if it is ours."""
        if not state.owns("database", self.server, name):
            raise Unavailable(f"The database {name} at {self.server} was not created by this folder; it stays.")
        _wait_for(_execute(self.admin_url, f'drop database if exists "{name}" with (force)'))
        pattern = name.replace("_", r"\_") + r"\_%"
        for (role,) in _wait_for(_fetch(self.admin_url, "select rolname from pg_roles where rolname like $1", pattern)):
            _wait_for(_execute(self.admin_url, f'drop role "{role}"'))
        state.forget("database", self.server, name)


def embedded(root: Path, state: State) -> EmbeddedPostgres:
    """This folder's own server, running or not."""
    elsewhere = state.postgres_home or Path(f"/var/lib/kontor-{state.installation}")
    placement = place(folder(root), elsewhere)
    state.postgres_home = elsewhere if placement.home.is_relative_to(elsewhere) else None
    return EmbeddedPostgres(placement)


def climb(root: Path, say: Callable[[str], None], state: State, environment: Mapping[str, str]) -> Postgres:
    """Find or provide the server. `KONTOR_RUNG_POSTGRES` forces a rung."""
    rung = environment.get("KONTOR_RUNG_POSTGRES") or (
        "environment" if environment.get("KONTOR_POSTGRES_URL") else "embedded"
    )
    if rung == "environment":
        url = environment.get("KONTOR_POSTGRES_URL", "")
        if not url:
            raise Unavailable("KONTOR_RUNG_POSTGRES asks for the environment's server; set KONTOR_POSTGRES_URL, too.")
        found = connect("environment", url)
    elif rung == "embedded":
        server = embedded(root, state)
        server.start(say)
        found = connect("embedded", server.url)
    else:
        raise Unavailable(f"KONTOR_RUNG_POSTGRES={rung} is no rung of PostgreSQL; there are {' and '.join(RUNGS)}.")
    state.postgres_rung = rung
    return found


def connect(rung: str, url: str) -> Postgres:
    """Log in once. Raises `Unavailable` when the server does not answer, refuses us or is too old."""
    url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    try:
        ((number,),) = _wait_for(_fetch(url, "select current_setting('server_version_num')::int"))
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable(
            f"PostgreSQL at {_without_credentials(url)} cannot be used: {error}. "
            "Start it, or correct or unset KONTOR_POSTGRES_URL."
        ) from error
    if number < 150000:
        raise Unavailable(f"PostgreSQL at {_without_credentials(url)} is older than version 15, which Kontor needs.")
    return Postgres(rung, url, f"{number // 10000}.{number % 10000}")


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}"


def _wait_for(work: Coroutine[Any, Any, _T]) -> _T:
    """Run to the end in a thread of its own, because the caller's thread may have a running event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _fetch(url: str, query: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await connection.fetch(query, *arguments)
    finally:
        await connection.close()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
