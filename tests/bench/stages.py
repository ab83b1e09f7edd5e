"""CPU and memory of every stage: our processes, the sandbox, PostgreSQL and RabbitMQ."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psutil

from services.ops.stage import Stage

SAMPLE_SECONDS = 0.5


@dataclass
class Meter:
    """Samples the stages while it is open. CPU in seconds, memory in MB."""

    stages: Mapping[str, psutil.Process]
    peak_rss: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    _before: dict[str, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._before = {name: cpu_seconds(process) for name, process in self.stages.items()}
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.cpu = {name: cpu_seconds(p) - self._before[name] for name, p in self.stages.items()}

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            for name, process in self.stages.items():
                self.peak_rss[name] = max(self.peak_rss.get(name, 0.0), rss_mb(process))


def stages_of(stage: Stage) -> dict[str, psutil.Process]:
    """Every process that takes part."""
    found = {name: psutil.Process(process.pid) for name, process in stage.fleet.processes.items()}
    for name, url in (("postgres", stage.addresses.database_url), ("rabbitmq", stage.addresses.broker_url)):
        if process := _listener(url):
            found[name] = process
    return found


def cpu_seconds(process: psutil.Process) -> float:
    """A process with its children, those that have ended included."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for child in process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                of_child = child.cpu_times()
                total += of_child.user + of_child.system
    return total


def rss_mb(process: psutil.Process) -> float:
    """Resident memory; of a server with many processes, what is private to them plus one share of the common part."""
    with suppress(psutil.NoSuchProcess):
        children = process.children(recursive=True)
        own = process.memory_info()
        private = sum(max(0, c.memory_info().rss - c.memory_info().shared) for c in children if c.is_running())
        return float(own.rss + private) / 1e6
    return 0.0


def _listener(url: str) -> psutil.Process | None:
    port = urlsplit(url).port
    for connection in psutil.net_connections(kind="tcp"):
        if (
            connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
            and connection.pid
        ):
            return psutil.Process(connection.pid)
    return None
