"""PostgreSQL from a wheel, run as our own server on a port and in a folder of our own."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel

from services.ops.local.failure import Unavailable
from services.ops.local.placement import Placement
from services.ops.local.ports import free_ports, port_is_free
from services.ops.local.process import Process, identify, kill, stop
from services.ops.local.state import write_private

_USER = "kontor"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class _Record(BaseModel):
    port: int
    password: str
    process: Process | None = None


class EmbeddedPostgres:
    """One PostgreSQL server of our own. Every method may be called twice; a second `start` changes nothing."""

    def __init__(self, placement: Placement) -> None:
        self._place = placement
        self._data = placement.home / "data"
        self._log = placement.home / "postgres.log"
        self._file = placement.home / "server.json"

    @property
    def running(self) -> bool:
        record = self._record()
        return record is not None and record.process is not None and record.process.alive

    @property
    def url(self) -> str:
        """Address of the maintenance database, for the server's owner. The server must have been started once."""
        record = self._record()
        if record is None:
            raise Unavailable("The embedded PostgreSQL has never been started here. Type: make up")
        return f"postgresql://{_USER}:{quote(record.password)}@127.0.0.1:{record.port}/postgres"

    @property
    def version(self) -> str:
        words = subprocess.run(
            [self._place.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()
        return words[2]

    def start(self, say: Callable[[str], None]) -> None:
        """Make the data folder if there is none, and start the server if it is not running."""
        if self.running:
            return
        self._make_home()
        record = self._record() or _Record(port=0, password=secrets.token_urlsafe(24))
        if not (self._data / "PG_VERSION").exists():
            say(f"Creating a PostgreSQL data folder in {self._data} …")
            self._create_data(record.password)
        self._check_version()
        self._hand_over()
        if record.port == 0 or not port_is_free(record.port):
            (record.port,) = free_ports(1)
        self._save(record)
        say(f"Starting PostgreSQL {self.version} (embedded) on port {record.port} …")
        options = " ".join(f"-c {key}='{value}'" for key, value in {**_SETTINGS, "port": record.port}.items())
        self._control("-l", str(self._log), "-o", options, "start")
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        self._save(record.model_copy(update={"process": identify(postmaster)}))

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, what was committed is on disk."""
        record = self._record()
        if record is not None and record.process is not None:
            stop(record.process, seconds=30, ask=signal.SIGINT)
            self._save(record.model_copy(update={"process": None}))

    def kill(self) -> None:
        """End the server as a power cut would; the next `start` recovers from its log."""
        record = self._record()
        if record is not None and record.process is not None:
            kill(record.process)

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self._place.home, ignore_errors=True)

    def _record(self) -> _Record | None:
        return _Record.model_validate_json(self._file.read_text()) if self._file.exists() else None

    def _save(self, record: _Record) -> None:
        write_private(self._file, record.model_dump_json())

    def _make_home(self) -> None:
        self._place.home.mkdir(mode=0o711, exist_ok=True)
        if self._place.uid is not None:
            self._log.touch(mode=0o600)
            os.chown(self._log, self._place.uid, self._place.uid)

    def _create_data(self, password: str) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        with tempfile.TemporaryDirectory() as scratch:
            words = Path(scratch) / "password"
            draft = Path(scratch) / "data"
            words.touch(mode=0o600)
            words.write_text(password)
            draft.mkdir(mode=0o700)
            user = pwd.getpwnam("nobody").pw_uid if self._place.uid is not None else None
            if user is not None:
                for path in (Path(scratch), words, draft):
                    os.chown(path, user, user)
            self._run(
                "initdb",
                *("-D", str(draft), "-U", _USER, f"--pwfile={words}", "--auth=scram-sha-256", "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                user=user,
            )
            shutil.move(draft, self._data)

    def _hand_over(self) -> None:
        uid = self._place.uid
        if uid is not None and self._data.stat().st_uid != uid:
            for path in (*self._data.rglob("*"), self._data):
                os.chown(path, uid, uid)

    def _check_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        if made_by != self.version.split(".")[0]:
            raise Unavailable(
                f"The data in {self._data} was made by PostgreSQL {made_by}, but {self.version} is installed. "
                "Move it over with pg_dump, or delete it: make reset"
            )

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-t", "60", *arguments, user=self._place.uid)

    def _run(self, program: str, *arguments: str, user: str | int | None) -> None:
        command: Sequence[str] = [str(self._place.binaries / program), *arguments]
        with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the server and never end
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                start_new_session=True,
            )
            output.seek(0)
            words = output.read().strip()
        if done.returncode != 0:
            last = self._log.read_text().strip().splitlines()[-3:] if self._log.exists() else []
            raise Unavailable(
                f"{program} of the embedded PostgreSQL failed: {' / '.join([*words.splitlines(), *last])}"
            )
