"""The whole system on one machine: servers, database, processes, and the sandbox as the outside world."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from services.ops import installation
from services.ops.fleet import Fleet, Program, loops, stop_left_over, web
from services.ops.local.servers import Servers

Say = Callable[[str], None]
FIRST_SANDBOX_PORT = 8400
START_SECONDS = 60.0


class StageError(Exception):
    """The system could not be brought up; the message says what failed and where to look."""


@dataclass(frozen=True)
class Addresses:
    """Where this installation is found; kept, so that a second run is the same installation."""

    origin: str
    sandbox: str
    database_url: str
    broker_url: str
    seeded_at: str


@dataclass
class Stage:
    """A running system. `close` stops what it started and leaves the data."""

    folder: Path
    addresses: Addresses
    fleet: Fleet
    admin_key: str

    def close(self) -> None:
        self.fleet.stop()


def addresses_of(folder: Path) -> Addresses | None:
    """The installation's addresses, None before its first start."""
    path = folder / "addresses.json"
    return Addresses(**json.loads(path.read_text())) if path.exists() else None


def set_up(
    root: Path,
    folder: Path,
    servers: Servers,
    say: Say,
    *,
    port: int,
    sandbox_port: int | None = None,
    lease_seconds: float = 15.0,
    with_sandbox: bool = True,
    connectors: Sequence[str] = ("connectors",),
    extra: dict[str, str] | None = None,
) -> Stage:
    """Migrates, starts every process, and waits until the front door answers. Raises StageError.

    Without `sandbox_port` the sandbox gets the first free port from 8400 on. `connectors`: those whose loops run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if left := stop_left_over(folder):
        say(f"Stopped {len(left)} processes of an earlier run.")
    addresses = _addresses(folder, servers, port, sandbox_port)
    secrets = installation.secrets_of(folder)
    host = addresses.sandbox.removeprefix("http://")
    environment = installation.environment(
        folder, addresses.database_url, addresses.broker_url, addresses.origin, allow_hosts=[host]
    ) | {
        "KONTOR_DATABASE_URL": addresses.database_url,
        "KONTOR_ADMIN_KEY": secrets.admin_key,
        "KONTOR_LEASE_SECONDS": str(lease_seconds),
        **(extra or {}),
    }  # fmt: skip
    say("Bringing the database up to date …")
    _migrate(root, environment)
    fleet = Fleet(root, folder, environment, programs(addresses, port, connectors, with_sandbox=with_sandbox))
    say("Starting the services …")
    fleet.start()
    try:
        _await_health(fleet, addresses, with_sandbox)
    except BaseException:
        fleet.stop()
        raise
    return Stage(folder, addresses, fleet, secrets.admin_key)


def programs(
    addresses: Addresses, port: int, connectors: Sequence[str] = ("connectors",), *, with_sandbox: bool = True
) -> list[Program]:
    """Few processes: the web, the connectors' loops, the order book's, the others'. One alone on the in-process bus."""
    found = []
    if with_sandbox:
        sandbox_port = int(addresses.sandbox.rpartition(":")[2])
        settings = {"SANDBOX_PUBLIC_URL": addresses.sandbox, "SANDBOX_SEED_AT": addresses.seeded_at}
        app = "services.sandbox.main:create_sandbox"
        found.append(web("sandbox", app, sandbox_port, factory=True, extra=settings))
    if addresses.broker_url.startswith("memory:"):
        return [*found, web("kontor", "services.origin.main:app", port, extra={"KONTOR_ORIGIN_LOOPS": "yes"})]
    return [
        *found,
        web("web", "services.origin.main:app", port),
        loops("connectors", *connectors),
        loops("order_import", "order_import"),
        loops("central", "connections", "inventory", "journal"),
    ]


def _addresses(folder: Path, servers: Servers, port: int, sandbox_port: int | None) -> Addresses:
    known = addresses_of(folder)
    sandbox = known.sandbox if known else f"http://127.0.0.1:{sandbox_port or free_port(FIRST_SANDBOX_PORT)}"
    seeded_at = known.seeded_at if known else datetime.now(UTC).replace(microsecond=0).isoformat()
    found = Addresses(f"http://127.0.0.1:{port}", sandbox, servers.postgres_url, servers.rabbitmq_url, seeded_at)
    path = folder / "addresses.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(vars(found)))
    return found


def free_port(first: int) -> int:
    """The first free port from `first` on. Raises StageError when a hundred are taken."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise StageError(f"No port from {first} to {first + 99} is free.")


def _migrate(root: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "services.ops", "migrate"]
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise StageError(f"The database could not be brought up to date:\n{ran.stderr[-3000:]}")


def _await_health(fleet: Fleet, addresses: Addresses, with_sandbox: bool) -> None:
    wanted = [f"{addresses.origin}/health", *([f"{addresses.sandbox}/health"] if with_sandbox else [])]
    until = time.monotonic() + START_SECONDS
    while wanted:
        for name, process in fleet.processes.items():
            if process.poll() is not None:
                raise StageError(f"The process {name} ended at once. Its log says:\n{fleet.log_tail(name)}")
        wanted = [url for url in wanted if not _answers(url)]
        if time.monotonic() > until:
            raise StageError(f"{wanted[0]} does not answer after {START_SECONDS:.0f} s; see {fleet.folder}/logs.")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


class Api:
    """A caller of the public REST API, or of the sandbox's control API. Raises StageError with the problem's text."""

    def __init__(self, base_url: str, key: str = "", timeout: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx2.Client(base_url=base_url, headers=headers, timeout=timeout)

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, params=params)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("POST", path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def put(self, path: str, body: Any) -> Any:
        return self.call("PUT", path, json=body)

    def call(self, method: str, path: str, **how: Any) -> Any:
        reply = self._http.request(method, path, **how)
        if reply.status_code >= 400:
            raise StageError(f"{method} {path} answered {reply.status_code}: {reply.text[:500]}")
        return reply.json() if reply.content else None

    def pages(self, path: str, **params: Any) -> list[Any]:
        """All items of a paged list."""
        items: list[Any] = []
        after: dict[str, Any] = {}
        while True:
            page = self.get(path, limit=500, **params, **after)
            items += page["items"]
            if not page.get("next"):
                return items
            after = {"after": page["next"]}

    def close(self) -> None:
        self._http.close()


def wait_for(
    what: str,
    ready: Callable[[], bool],
    *,
    seconds: float,
    every: float = 0.5,
    seen: Callable[[], object] | None = None,
) -> None:
    """Waits until something is true. Raises StageError that says what did not happen, and what is `seen` instead."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            instead = "" if seen is None else f" Seen instead: {seen()}"
            raise StageError(f"After {seconds:.0f} s still not true: {what}.{instead}")
        time.sleep(every)
