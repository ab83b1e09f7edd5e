"""Both servers together: provide them, give each user a database and a virtual host, take everything back."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.ops.fleet import stop_left_over
from services.ops.local import postgres, rabbitmq
from services.ops.local.failure import Unavailable
from services.ops.local.postgres import Postgres
from services.ops.local.process import identify, stop
from services.ops.local.rabbitmq import Rabbitmq
from services.ops.local.state import Lease, State, folder, locked

Say = Callable[[str], None]
OWN_RUNGS = ("embedded", "package", "container", "memory")


@dataclass(frozen=True)
class Running:
    """Two servers that answer. Databases and virtual hosts are named `kontor_<name>_<installation>`."""

    root: Path
    postgres: Postgres
    rabbitmq: Rabbitmq
    lease: Lease

    @property
    def rungs(self) -> tuple[str, str]:
        """For the report: which rung each server stands on, a sentence each."""
        return self.postgres.sentence, self.rabbitmq.sentence

    def provide(self, name: str) -> "Servers":
        """A database and a virtual host of our own; those of the same name are found again with their content."""
        with locked(self.root) as state:
            full = f"kontor_{name}_{state.installation}"
            database = self.postgres.create(full, state)
            return Servers(self, full, database, self.rabbitmq.create(full, state))

    def release(self) -> None:
        """Stop the servers if this was their last user and nobody asked them to stay."""
        with locked(self.root) as state:
            if self.lease.give_back() and not state.keep:
                _stop(self.root, state)


@dataclass(frozen=True)
class Servers:
    """The addresses for one purpose. `rabbitmq_url` is `memory://` on the lowest rung."""

    running: Running
    name: str
    postgres_url: str
    rabbitmq_url: str

    @property
    def rungs(self) -> tuple[str, str]:
        return self.running.rungs

    def drop(self) -> None:
        """Drop the database, the roles named after it and the virtual host."""
        with locked(self.running.root) as state:
            self.running.postgres.remove(self.name, state)
            self.running.rabbitmq.remove(self.name, state)


def start(root: Path, say: Say, *, keep: bool, environment: Mapping[str, str] = os.environ) -> Running:
    """Find or provide both servers. With `keep` they stay until `down`; without, until the last user releases them."""
    with locked(root, say) as state:
        found = postgres.climb(root, say, state, environment)
        broker = rabbitmq.climb(root, say, state, environment)
        state.keep = state.keep or keep
        return Running(root, found, broker, Lease(root))


def provide(root: Path, say: Say, *, name: str, environment: Mapping[str, str] = os.environ) -> Servers:
    """Both servers, up until `down`, with a database and a virtual host for `name`. Raises `Unavailable`."""
    provided = start(root, say, keep=True, environment=environment).provide(name)
    with locked(root) as state:
        caller = identify(os.getpid())
        living = [one for one in state.supervisors if one.alive and one != caller]
        state.supervisors = [*living, caller] if caller else living
    return provided


def down(root: Path, say: Say) -> None:
    """Stop the demo, its processes and the servers that this folder started. Their data stays."""
    if (root / ".local").exists():
        _stop_supervised(root, say)
        with locked(root, say) as state:
            state.keep = False
            for server in _stop(root, state):
                say(f"Stopped {server}.")


def status(root: Path) -> list[str]:
    """A sentence for each server of this folder."""
    with locked(root) as state:
        postgres_runs = postgres.embedded(root, state).running
        container = rabbitmq.container(state)
        broker_runs = rabbitmq.node(root).running or (container is not None and container.running)
        return [
            f"PostgreSQL (rung: {state.postgres_rung or 'none yet'}): {_runs(state.postgres_rung, postgres_runs)}.",
            f"RabbitMQ (rung: {state.rabbitmq_rung or 'none yet'}): {_runs(state.rabbitmq_rung, broker_runs)}.",
            *(f"Ours: {thing.kind} {thing.name} on {thing.server}." for thing in state.owned),
        ]


def _runs(rung: str | None, ours: bool) -> str:
    if rung == "environment":
        return "somebody else runs it; down does not stop it"
    if rung == "memory":
        return "lives inside the process that uses it"
    return "running" if ours else "not running"


def reset(root: Path, say: Say, environment: Mapping[str, str] = os.environ) -> None:
    """Remove everything made here: our databases and virtual hosts on other people's servers, our servers, our data."""
    if not (root / ".local").exists():
        return
    _stop_supervised(root, say)
    with locked(root, say) as state:
        _drop_owned_elsewhere(state, environment)
        if (container := rabbitmq.container(state)) is not None:
            container.remove()
        _stop(root, state)
        if state.postgres_home is not None:
            shutil.rmtree(state.postgres_home, ignore_errors=True)
        shutil.rmtree(folder(root))
        say("Removed the servers, their data and everything else in .local.")


def _stop_supervised(root: Path, say: Say) -> None:
    """End the demo, which ends its processes, then what a killed demo left. Not under the lock: it may need it."""
    with locked(root, say) as state:
        supervisors, state.supervisors = state.supervisors, []
    for supervisor in supervisors:
        if supervisor.alive and supervisor.pid != os.getpid():
            stop(supervisor, seconds=40)
            say("Stopped the demo.")
    for fleet in folder(root).glob("*/fleet.json"):
        if left := stop_left_over(fleet.parent):
            say(f"Stopped {', '.join(left)}.")


def _stop(root: Path, state: State) -> list[str]:
    stopped = []
    broker = rabbitmq.node(root)
    if broker.running:
        broker.stop()
        stopped.append("RabbitMQ")
    container = rabbitmq.container(state)
    if container is not None and container.running:
        container.stop()
        stopped.append("RabbitMQ's container")
    server = postgres.embedded(root, state)
    if server.running:
        server.stop()
        stopped.append("PostgreSQL")
    return stopped


def _drop_owned_elsewhere(state: State, environment: Mapping[str, str]) -> None:
    """Our own servers go with their data; on a server from the environment each thing is removed by name."""
    for thing in [thing for thing in state.owned if thing.server not in OWN_RUNGS]:
        variable = "KONTOR_POSTGRES_URL" if thing.kind == "database" else "KONTOR_RABBITMQ_URL"
        removed = False
        if url := environment.get(variable):
            if thing.kind == "database":
                server: Postgres | Rabbitmq = postgres.connect("environment", url)
            else:
                server = rabbitmq.connect(url, environment.get("KONTOR_RABBITMQ_MANAGEMENT_URL"))
            removed = server.server == thing.server
            if removed:
                server.remove(thing.name, state)
        if not removed:
            raise Unavailable(
                f"The {thing.kind} {thing.name} at {thing.server} is ours. Set {variable} to that server again and "
                "repeat make reset, or remove it by hand."
            )
