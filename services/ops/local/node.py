"""A RabbitMQ node of our own: own name, own ports on 127.0.0.1, own data, own cookie, own user.

The scripts are called directly, not through the package's wrapper, which would change to the packaged service's user.
Works the same for root and for a normal user.
"""

import os
import secrets
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel

from services.ops.local.debian import Installation
from services.ops.local.failure import Unavailable
from services.ops.local.management import Management
from services.ops.local.ports import free_ports, port_is_free
from services.ops.local.process import Process, kill, spawn, stop
from services.ops.local.state import write_private

_USER = "kontor"
_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
default_user = {user}
default_pass = {password}
loopback_users = none
vm_memory_high_watermark.relative = 0.4
disk_free_limit.absolute = 512MB
raft.wal_max_size_bytes = 134217728
log.file.rotation.size = 10485760
log.file.rotation.count = 3
"""


class _Record(BaseModel):
    amqp: int = 0
    management: int = 0
    distribution: int = 0
    names: int = 0
    """Port of our own epmd, Erlang's name service."""
    password: str
    server: Process | None = None
    name_service: Process | None = None

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.amqp, self.management, self.distribution, self.names)


class Node:
    """One broker in one folder. Every method may be called twice; a second `start` changes nothing."""

    def __init__(self, home: Path, find: Callable[[Callable[[str], None]], Installation]) -> None:
        """`find` is asked only when the broker starts, because it may have to download."""
        self._home = home
        self._find = find
        self._file = home / "server.json"

    @property
    def exists(self) -> bool:
        """Whether it has ever been started, and therefore may hold data."""
        return self._file.exists()

    @property
    def running(self) -> bool:
        record = self._record()
        return record is not None and record.server is not None and record.server.alive

    @property
    def url(self) -> str:
        """AMQP address without a virtual host."""
        record = self._started()
        return f"amqp://{_USER}:{quote(record.password)}@127.0.0.1:{record.amqp}"

    @property
    def management(self) -> Management:
        record = self._started()
        return Management(f"http://{_USER}:{quote(record.password)}@127.0.0.1:{record.management}")

    def start(self, say: Callable[[str], None], *, seconds: float = 90) -> None:
        """Start the broker and wait until it accepts AMQP connections. Raises `Unavailable` with its last words."""
        if self.running:
            return
        installation = self._find(say)
        self._home.mkdir(mode=0o700, exist_ok=True)
        record = self._record() or _Record(password=secrets.token_urlsafe(24))
        self._end_name_service(record)
        if 0 in record.ports or not all(map(port_is_free, record.ports)):
            record.amqp, record.management, record.distribution, record.names = free_ports(4)
        self._configure(record)
        say(f"Starting RabbitMQ {installation.version} on port {record.amqp} …")
        environment = self._environment(record, installation)
        epmd = shutil.which("epmd", path=environment["PATH"])
        if epmd is None:
            raise Unavailable("Erlang's name service epmd is not installed. Type: apt-get install erlang-base")
        log = self._home / "console.log"
        names = (epmd, "-port", str(record.names), "-address", "127.0.0.1")
        record.name_service = spawn(names, environment=environment, log=log)
        self._save(record)
        record.server = spawn(("/bin/sh", installation.scripts / "rabbitmq-server"), environment=environment, log=log)
        self._save(record)
        self._wait(record, seconds, log)

    def stop(self) -> None:
        """Orderly shutdown: what was confirmed is on disk."""
        record = self._record()
        if record is not None:
            if record.server is not None:
                stop(record.server, seconds=60)
            self._end_name_service(record)
            self._save(record.model_copy(update={"server": None, "name_service": None}))

    def kill(self) -> None:
        """End the broker as a power cut would; the next `start` recovers from its data folder."""
        record = self._record()
        if record is not None and record.server is not None:
            kill(record.server)

    def restart(self, say: Callable[[str], None]) -> None:
        """Stop in order, start again on the same ports with the same data."""
        self.stop()
        self.start(say)

    def remove(self) -> None:
        """Stop the broker and delete its data."""
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def _record(self) -> _Record | None:
        return _Record.model_validate_json(self._file.read_text()) if self._file.exists() else None

    def _started(self) -> _Record:
        record = self._record()
        if record is None:
            raise Unavailable("RabbitMQ has never been started here. Type: make up")
        return record

    def _save(self, record: _Record) -> None:
        write_private(self._file, record.model_dump_json())

    def _end_name_service(self, record: _Record) -> None:
        if record.name_service is not None:
            stop(record.name_service, seconds=5)

    def _configure(self, record: _Record) -> None:
        for folder in ("home", "data", "log"):
            (self._home / folder).mkdir(mode=0o700, exist_ok=True)
        settings = _CONFIGURATION.format(
            amqp=record.amqp, management=record.management, user=_USER, password=record.password
        )
        write_private(self._home / "rabbitmq.conf", settings)
        write_private(self._home / "enabled_plugins", "[rabbitmq_management].\n")
        write_private(self._home / "rabbitmq-env.conf", "")
        cookie = self._home / "home" / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, secrets.token_hex(16))

    def _environment(self, record: _Record, installation: Installation) -> dict[str, str]:
        home = self._home
        return {
            "PATH": os.pathsep.join([*map(str, installation.path), os.environ.get("PATH", os.defpath)]),
            "HOME": str(home / "home"),
            "LANG": "C.UTF-8",
            "ERL_CRASH_DUMP": str(home / "log" / "erl_crash.dump"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(record.names),
            "RABBITMQ_NODENAME": "kontor@localhost",
            "RABBITMQ_DIST_PORT": str(record.distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
        }

    def _wait(self, record: _Record, seconds: float, log: Path) -> None:
        deadline = time.monotonic() + seconds
        management = self.management
        while time.monotonic() < deadline:
            if record.server is None or not record.server.alive:
                break
            if accepts_amqp("127.0.0.1", record.amqp):
                try:
                    management.version()
                except Unavailable:
                    pass
                else:
                    return
            time.sleep(0.2)
        self.stop()
        words = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise Unavailable(
            f"RabbitMQ did not start within {seconds:.0f} s; its logs are in {log.parent} ({words[-300:]})."
        )


def accepts_amqp(host: str, port: int) -> bool:
    """Whether a broker greets us. An open port or RabbitMQ's `ping` is not enough: both come before the listener."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            # frame type 1 (method), channel 0, then four bytes of size; class 10, method 10 is Connection.Start
            greeting = b""
            while len(greeting) < 11:
                part = connection.recv(11 - len(greeting))
                if not part:
                    return False
                greeting += part
    except OSError:
        return False
    return greeting[:3] == b"\x01\x00\x00" and greeting[7:11] == b"\x00\x0a\x00\x0a"
