"""What this folder has made on this machine and elsewhere: `.local/state.json`, readable only by its owner."""

import contextlib
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from services.ops.local.failure import Unavailable
from services.ops.local.process import Process


class Owned(BaseModel):
    """A database or virtual host that we created and may therefore remove."""

    kind: Literal["database", "virtual host"]
    server: str
    """The rung it lives on; for a server from the environment its address without credentials."""
    name: str


class State(BaseModel):
    """One installation's memory. Servers keep their own ports, pids and passwords beside their data."""

    installation: str = Field(default_factory=lambda: secrets.token_hex(3))
    keep: bool = False
    """Servers stay up until `down`; otherwise the last command that uses them stops them."""
    postgres_rung: str | None = None
    rabbitmq_rung: str | None = None
    container_engine: str | None = None
    """The engine's command, once it has made a container of ours."""
    postgres_home: Path | None = None
    """Data folder outside the project, where the project's own cannot be entered by PostgreSQL's user id."""
    supervisors: list[Process] = []
    """Commands that stay and use the servers, such as the demo; `down` ends them first."""
    owned: list[Owned] = []

    def owns(self, kind: str, server: str, name: str) -> bool:
        return any((thing.kind, thing.server, thing.name) == (kind, server, name) for thing in self.owned)

    def forget(self, kind: str, server: str, name: str) -> None:
        self.owned = [thing for thing in self.owned if (thing.kind, thing.server, thing.name) != (kind, server, name)]


def folder(root: Path) -> Path:
    """`.local` of the project folder, made if need be. Others may pass through it, not look into it."""
    local = root / ".local"
    try:
        local.mkdir(mode=0o711, exist_ok=True)
        local.chmod(0o711)
    except PermissionError:
        raise _foreign(local) from None
    return local


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step by a file only its owner can read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


@contextlib.contextmanager
def locked(root: Path, say: Callable[[str], None] = lambda sentence: None) -> Iterator[State]:
    """The state, for one command at a time; what was changed is saved even when the command fails."""
    local = folder(root)
    lock = _open_private(local / "lock")
    try:
        _wait_for(lock, say)
        path = local / "state.json"
        state = State.model_validate_json(path.read_text()) if path.exists() else State()
        try:
            yield state
        finally:
            if local.exists():
                write_private(path, state.model_dump_json(indent=2))
    finally:
        os.close(lock)


def _wait_for(lock: int, say: Callable[[str], None]) -> None:
    announced = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not announced:
                say("Waiting for another command in this folder that is starting or stopping servers …")
                announced = True
            time.sleep(0.1)
        else:
            return


class Lease:
    """Says "I use the servers" for as long as this process lives; the kernel takes it back even after a kill -9."""

    def __init__(self, root: Path) -> None:
        self._descriptor = _open_private(folder(root) / "users")
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def give_back(self) -> bool:
        """True when nobody else uses the servers. Call it inside `locked`, where no new user can appear."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(self._descriptor)
        return True


def _open_private(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise _foreign(path) from None


def _foreign(path: Path) -> Unavailable:
    return Unavailable(
        f"{path} belongs to another user. Run the command as that user, or remove what it made: sudo make reset"
    )
