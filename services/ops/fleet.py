"""The processes of one machine: started, watched, started again, stopped. Each writes its own log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Program:
    """One process: its name, its Python arguments, and what its environment has besides the common one."""

    name: str
    arguments: Sequence[str]
    extra: Mapping[str, str] = field(default_factory=dict)


def web(name: str, app: str, port: int, *, factory: bool = False, extra: Mapping[str, str] | None = None) -> Program:
    """An app under uvicorn, on loopback only."""
    arguments = ["-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning",
                 "--no-access-log", "--timeout-graceful-shutdown", "8"]  # fmt: skip
    return Program(name, [*arguments, "--factory"] if factory else arguments, extra or {})


def loops(name: str, *services: str) -> Program:
    """A loop process for some services."""
    return Program(name, ["-m", "services.origin.loops", *services])


@dataclass
class Fleet:
    """All processes of one installation. `folder` takes logs and the list of process ids, for `down`."""

    root: Path
    folder: Path
    environment: Mapping[str, str]
    programs: Sequence[Program]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        """Starts all programs, or those named."""
        for program in self.programs:
            if not names or program.name in names:
                self._start(program)
        self._remember()

    def add(self, program: Program) -> None:
        """One more program, started at once: another replica, say."""
        self.programs = [*self.programs, program]
        self.start(program.name)

    def take_away(self, name: str) -> None:
        """Ends one program in order and forgets it."""
        self.programs = [program for program in self.programs if program.name != name]
        _end(self.processes.pop(name), STOP_SECONDS)
        self._remember()

    def watch(self) -> list[str]:
        """Starts again whatever has ended; answers the names."""
        ended = [name for name, process in self.processes.items() if process.poll() is not None]
        if ended:
            self.start(*ended)
        return ended

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would do it."""
        process = self.processes[name]
        process.kill()
        process.wait()

    def freeze(self, name: str) -> None:
        """SIGSTOP, as a machine that stands still would do it; `thaw` lets it go on as if nothing had happened."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """SIGTERM to all, the last started first, SIGKILL to whoever stays."""
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            _end(process, max(0.1, until - time.monotonic()))
        self.processes.clear()
        (self.folder / "fleet.json").unlink(missing_ok=True)

    def log_tail(self, name: str, lines: int = 15) -> str:
        path = self.folder / "logs" / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def _start(self, program: Program) -> None:
        logs = self.folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{program.name}.log").open("ab") as log:
            self.processes[program.name] = subprocess.Popen(
                [sys.executable, *program.arguments],
                cwd=self.root,
                env={**self.environment, **program.extra},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _remember(self) -> None:
        known = [{"name": n, "pid": p.pid, "started": _started(p.pid)} for n, p in self.processes.items()]
        (self.folder / "fleet.json").write_text(json.dumps(known))


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_left_over(folder: Path) -> list[str]:
    """Ends the processes that an earlier run left; only those that really are ours. Answers their names."""
    path = folder / "fleet.json"
    if not path.exists():
        return []
    stopped = []
    for entry in json.loads(path.read_text()):
        if entry["started"] is not None and _started(entry["pid"]) == entry["started"]:
            os.kill(entry["pid"], signal.SIGTERM)
            stopped.append(entry)
    until = time.monotonic() + STOP_SECONDS
    while time.monotonic() < until and any(_started(one["pid"]) == one["started"] for one in stopped):
        time.sleep(0.1)
    path.unlink(missing_ok=True)
    return [one["name"] for one in stopped]


def _started(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
