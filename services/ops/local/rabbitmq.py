"""RabbitMQ, by the first rung that holds.

1. environment: the address in `KONTOR_RABBITMQ_URL`
2. container: a container engine that really answers
3. package: the distribution's package as a node of our own (installed, or unpacked into our folder)
4. memory: no broker; the bus lives in one process

A server that merely happens to run on the machine is never used. We create virtual hosts of our own names and delete
only those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from services.ops.local.container import Container, Engine, engine
from services.ops.local.debian import Installation, installed, unpacked
from services.ops.local.failure import Unavailable
from services.ops.local.management import Management
from services.ops.local.node import Node, accepts_amqp
from services.ops.local.state import Owned, State, folder

RUNGS = ("environment", "container", "package", "memory")
MEMORY_URL = "memory://"


@dataclass(frozen=True)
class Rabbitmq:
    """A broker that answers, or the in-process bus (`url` is `memory://`)."""

    rung: str
    url: str
    version: str = ""
    management: Management | None = None
    reasons: tuple[str, ...] = ()
    """Why the rungs above did not hold."""

    @property
    def server(self) -> str:
        """Where our virtual hosts live, without credentials; ours are remembered under this name."""
        return _address(self.url) if self.rung == "environment" else self.rung

    @property
    def sentence(self) -> str:
        if self.rung == "memory":
            why = " ".join(self.reasons) or "KONTOR_RUNG_RABBITMQ asked for it."
            return f"No RabbitMQ: events travel inside one process, and everything runs in that process. {why}"
        where = _address(self.url)
        if self.rung == "environment":
            if self.management is None:
                vhost = unquote(urlsplit(self.url).path[1:])
                return f"RabbitMQ at {where}, virtual host {vhost} exactly as KONTOR_RABBITMQ_URL names it."
            return f"RabbitMQ {self.version} at {where}, as KONTOR_RABBITMQ_URL says, in a virtual host of our own."
        kind = (
            "in a container" if self.rung == "container" else "from the distribution's package, as a node of our own,"
        )
        return f"RabbitMQ {self.version} {kind} at {where}."

    def create(self, name: str, state: State) -> str:
        """The address of our virtual host `name`, created if it is not there. Raises when it is somebody else's."""
        if self.management is None:
            return self.url
        exists = self.management.has_vhost(name)
        if exists and not state.owns("virtual host", self.server, name):
            raise Unavailable(
                f"A virtual host {name} already exists at {self.server} and was not created by this folder."
            )
        if not exists:
            state.forget("virtual host", self.server, name)
            state.owned.append(Owned(kind="virtual host", server=self.server, name=name))
            self.management.create_vhost(name)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{quote(name, safe='')}"))

    def remove(self, name: str, state: State) -> None:
        """Delete our virtual host with its queues. A given one and the in-process bus are left alone."""
        if self.management is None:
            return
        if not state.owns("virtual host", self.server, name):
            raise Unavailable(f"The virtual host {name} at {self.server} was not created by this folder; it stays.")
        self.management.delete_vhost(name)
        state.forget("virtual host", self.server, name)


def node(root: Path) -> Node:
    """This folder's own broker, running or not."""
    return Node(folder(root) / "rabbitmq", lambda say: installation(root, say))


def installation(root: Path, say: Callable[[str], None]) -> Installation:
    """The package to run: what this folder unpacked before, what the machine has installed, else a download."""
    target = folder(root) / "rabbitmq-package"
    if not target.exists() and (found := installed()):
        return found
    return unpacked(target, say)


def container(state: State) -> Container | None:
    """The container this folder has made, if it ever made one."""
    return Container(Engine(state.container_engine), _container_name(state)) if state.container_engine else None


def climb(root: Path, say: Callable[[str], None], state: State, environment: Mapping[str, str]) -> Rabbitmq:
    """Find or provide the broker. `KONTOR_RUNG_RABBITMQ` forces a rung."""
    forced = environment.get("KONTOR_RUNG_RABBITMQ")
    if forced and forced not in RUNGS:
        raise Unavailable(f"KONTOR_RUNG_RABBITMQ={forced} is no rung of RabbitMQ; there are {', '.join(RUNGS)}.")
    if forced == "environment" or (not forced and environment.get("KONTOR_RABBITMQ_URL")):
        state.rabbitmq_rung = "environment"
        return connect(environment.get("KONTOR_RABBITMQ_URL", ""), environment.get("KONTOR_RABBITMQ_MANAGEMENT_URL"))
    reasons: list[str] = []
    for rung in (forced,) if forced else _order(root):
        try:
            found = _provide(rung, root, say, state, tuple(reasons))
        except Unavailable as reason:
            if forced:
                raise
            reasons.append(str(reason))
        else:
            state.rabbitmq_rung = rung
            return found
    raise AssertionError("the last rung always holds")


def connect(url: str, management_url: str | None = None) -> Rabbitmq:
    """Use a broker that somebody else runs. Raises `Unavailable` when it does not answer."""
    parts = urlsplit(url)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise Unavailable(
            f"KONTOR_RABBITMQ_URL must look like amqp://user:password@host:5672; it names {parts.scheme}."
        )
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    if parts.scheme == "amqp" and not accepts_amqp(parts.hostname, port):
        raise Unavailable(f"No RabbitMQ answers at {_address(url)}. Start it, or correct or unset KONTOR_RABBITMQ_URL.")
    if parts.path not in ("", "/"):
        return Rabbitmq("environment", url)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    credentials = parts.netloc.rpartition("@")[0] or "guest:guest"
    management = Management(management_url or f"http://{credentials}@{host}:15672")
    try:
        version = management.version()
    except Unavailable as error:
        raise Unavailable(
            f"{error} Kontor needs it to create its own virtual host: enable it, set KONTOR_RABBITMQ_MANAGEMENT_URL, "
            "or name an existing virtual host at the end of KONTOR_RABBITMQ_URL."
        ) from error
    return Rabbitmq("environment", urlunsplit(parts._replace(path="")), version, management)


def _container_name(state: State) -> str:
    return f"kontor-rabbitmq-{state.installation}"


def _order(root: Path) -> tuple[str, ...]:
    """A node that holds our data comes first, so that an engine started later does not hide it."""
    if node(root).exists:
        return ("package", "container", "memory")
    return ("container", "package", "memory")


def _provide(rung: str, root: Path, say: Callable[[str], None], state: State, reasons: tuple[str, ...]) -> Rabbitmq:
    if rung == "memory":
        return Rabbitmq("memory", MEMORY_URL, reasons=reasons)
    server: Container | Node
    if rung == "container":
        answering = engine()
        if answering is None:
            raise Unavailable("No container engine answers.")
        state.container_engine = answering.program
        server = Container(answering, _container_name(state))
    else:
        server = node(root)
    server.start(say)
    return Rabbitmq(rung, server.url, server.management.version(), server.management)


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5672}"
