"""Server processes that outlive the command that started them, known by pid and start time."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Process(BaseModel):
    """A process as it was when we started it. A reused pid has another start time and is never taken for ours."""

    model_config = ConfigDict(frozen=True)

    pid: int
    started: int
    """Start time in clock ticks since boot, field 22 of /proc/<pid>/stat."""

    @property
    def alive(self) -> bool:
        return identify(self.pid) == self


def identify(pid: int) -> Process | None:
    """The living process with this pid; None when it is gone or only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else Process(pid=pid, started=int(fields[19]))


def spawn(command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path) -> Process:
    """Start a server in a session of its own, its output appended to `log`."""
    arguments = [str(part) for part in command]
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        arguments[0],
        arguments,
        dict(environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    process = identify(pid)
    if process is None:
        reap(pid)
        raise ChildProcessError(f"{arguments[0]} ended at once; its last words are in {log}.")
    return process


def stop(process: Process, *, seconds: float, ask: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to end; after `seconds` end it and its children without asking."""
    if process.alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, ask)
    if not gone_within(process, seconds):
        kill(process)


def kill(process: Process) -> None:
    """End the process and its children at once, as a power cut would."""
    family = [process, *_children(process)] if process.alive else []
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member.pid, signal.SIGKILL)
    for member in family:
        gone_within(member, 10)


def _children(process: Process) -> list[Process]:
    try:
        pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    children = [child for child in map(identify, map(int, pids)) if child is not None]
    return children + [grandchild for child in children for grandchild in _children(child)]


def gone_within(process: Process, seconds: float) -> bool:
    """Wait until the process is gone; False when it still lives after `seconds`."""
    deadline = time.monotonic() + seconds
    while process.alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    reap(process.pid)
    return True


def reap(pid: int) -> None:
    """Collect the exit status if the process was our own child."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
