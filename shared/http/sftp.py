"""A shop's folders of files over SFTP: guarded as every other address, and only where the key is the one entered.

Each call logs in, does one thing and leaves. Nothing of this machine is used for it: no agent, no keys, no known hosts.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncssh
from asyncssh.constants import FILEXFER_TYPE_REGULAR

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.guard import Guard
from shared.http.limits import Bucket
from shared.http.redaction import Exchange, Observer, excerpt

__all__ = ["Entry", "Server", "SftpClient"]

T = TypeVar("T")
LARGEST_FILE, MOST_ENTRIES = 64_000_000, 10_000
NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")

# It logs who logs in where.
logging.getLogger("asyncssh").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Server:
    """Where to log in, and as whom. `host_key` is a fingerprint (SHA256:…) or a public key; `fields` begins the names
    of the fields these were entered in."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    host_key: str
    fields: str = "sftp_"


@dataclass(frozen=True)
class Entry:
    """One plain file of a folder."""

    name: str
    size: int
    changed_at: datetime


@dataclass
class _Stage:
    """How far a call has come: whether what it does may have been seen by others."""

    visible: bool = False


class SftpClient:
    """Reads, writes and moves files of one server. `timeout` is the seconds of one call, log-in included; `turn`,
    `deadline` and `observe` are those of `ShopClient`.

    Folders are the merchant's own settings; names that come from the server never lead out of them. Raises
    Misconfigured for an address the guard refuses, another key, a refused log-in or a folder that is not there;
    Transient, Rejected, and Unknown for a file of which nobody knows whether it appeared.
    """

    def __init__(
        self,
        server: Server,
        *,
        bucket: Bucket,
        guard: Guard,
        timeout: float = 30.0,
        observe: Observer | None = None,
        deadline: Callable[[], float] | None = None,
        turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._server = server
        self._bucket, self._guard, self._timeout = bucket, guard, timeout
        self._observe, self._deadline, self._turn = observe, deadline, turn
        guard.check_host(server.host.lower(), server.port, self._field("host"))

    async def list(self, folder: str, *, field: str) -> list[Entry]:
        """The plain files of a folder by name. A link, or a name that leads elsewhere, is none."""

        async def listed(sftp: asyncssh.SFTPClient, stage: _Stage) -> list[Entry]:
            found = []
            async for one in sftp.scandir(folder):
                name, attrs = str(one.filename), one.attrs
                if attrs.type == FILEXFER_TYPE_REGULAR and _is_plain(name):
                    found.append(Entry(name, attrs.size or 0, datetime.fromtimestamp(attrs.mtime or 0, UTC)))
                if len(found) > MOST_ENTRIES:
                    raise Rejected(f"The folder {folder} holds more than {MOST_ENTRIES} files.", code="folder_full")
            return sorted(found, key=lambda one: one.name)

        return await self._done("LIST", folder, listed, field)

    async def read(self, folder: str, name: str) -> bytes | None:
        """A file; None when it is gone. Raises Rejected for one that is larger than 64 MB."""

        async def got(sftp: asyncssh.SFTPClient, stage: _Stage) -> bytes | None:
            try:
                async with sftp.open(_path(folder, name), "rb") as file:
                    body: bytes = await file.read(LARGEST_FILE + 1)
            except asyncssh.SFTPNoSuchFile:
                return None
            if len(body) > LARGEST_FILE:
                raise Rejected(f"The file {name} is larger than {LARGEST_FILE // 1_000_000} MB.", code="file_too_large")
            return body

        return await self._done("GET", _path(folder, name), got)

    async def write(self, folder: str, name: str, content: bytes, *, field: str) -> None:
        """Puts a file there as a whole: written beside its name first, then renamed. A file that has the name already
        stays, and the new one is refused. Raises Unknown when the renaming lost its answer."""
        path, beside = _path(folder, name), _path(folder, f"{name}.tmp")

        async def put(sftp: asyncssh.SFTPClient, stage: _Stage) -> None:
            async with sftp.open(beside, "wb") as file:
                await file.write(content)
            stage.visible = True
            await sftp.rename(beside, path)

        await self._done("PUT", path, put, field, content)

    async def remove(self, folder: str, name: str) -> bool:
        """Takes a file away; False when it is not there. After it nobody can rename it any more."""

        async def removed(sftp: asyncssh.SFTPClient, stage: _Stage) -> bool:
            try:
                await sftp.remove(_path(folder, name))
            except asyncssh.SFTPNoSuchFile:
                return False
            return True

        return await self._done("REMOVE", _path(folder, name), removed)

    async def move(self, folder: str, name: str, into: str) -> None:
        """Moves a file into a folder below, made where it is missing. One that is gone was moved before; one whose name
        is taken there gets the next free number."""

        async def moved(sftp: asyncssh.SFTPClient, stage: _Stage) -> None:
            path, below = _path(folder, name), _path(folder, into)
            await sftp.makedirs(below, exist_ok=True)
            for number in range(1, 1000):
                target = _path(below, name if number == 1 else f"{name}.{number}")
                if not await sftp.exists(target):
                    break
            try:
                await sftp.rename(path, target)
            except asyncssh.SFTPError:
                if await sftp.exists(path):
                    raise

        await self._done("MOVE", _path(folder, name), moved)

    async def _done(
        self,
        verb: str,
        path: str,
        work: Callable[[asyncssh.SFTPClient, _Stage], Awaitable[T]],
        field: str = "",
        content: bytes = b"",
    ) -> T:
        async with self._bucket.slot(), self._turn():
            if self._deadline is not None and self._timeout > self._deadline():
                raise Transient("The files were not touched: the lease ends too soon.", code="lease_too_short")
            started, stage = time.monotonic(), _Stage()
            failure: KontorError | None = None
            try:
                async with asyncio.timeout(self._timeout), self._session() as sftp:
                    return await work(sftp, stage)
            except KontorError as error:
                failure = error
            except (OSError, asyncssh.Error, TimeoutError, UnicodeError) as error:
                failure = self._judged(error, stage, path, field)
            finally:
                self._tell(verb, path, content, time.monotonic() - started, failure)
        raise failure

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncssh.SFTPClient]:
        server = self._server
        # To exactly the address that was judged: a name that answers differently the second time gains nothing.
        (address, *_) = await self._guard.addresses(server.host.lower(), server.port, self._field("host"))
        pin = _Pin(server.host_key)
        try:
            async with (
                asyncssh.connect(
                    address, server.port, username=server.user, password=server.password, client_factory=pin.client,
                    known_hosts=([], [], []), server_host_key_algs=pin.algorithms, config=None, tunnel=None,
                    agent_path=None, client_keys=None, host_based_auth=False, gss_auth=False, kbdint_auth=False,
                ) as connection,
                connection.start_sftp_client() as sftp,
            ):  # fmt: skip
                yield sftp
        except asyncssh.HostKeyNotVerifiable:
            raise Misconfigured(
                f"The server {server.host} shows the key {pin.shown}, which is not the one entered.",
                code="host_key_refused",
                field=self._field("host_key"),
                host=server.host,
                shown=pin.shown,
            ) from None

    def _judged(self, error: Exception, stage: _Stage, path: str, field: str) -> KontorError:
        host = self._server.host
        if isinstance(error, asyncssh.PermissionDenied):
            return Misconfigured(
                f"{host} refuses user or password.", code="credentials_refused", field=self._field("password")
            )
        answered = isinstance(error, asyncssh.SFTPError) and not isinstance(
            error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection
        )
        if (
            isinstance(error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath | asyncssh.SFTPPermissionDenied)
            and field
        ):
            words = {"host": host, "path": path, "field": field}
            return Misconfigured(f"{host} does not let us into {path}.", code="folder_refused", **words)
        if answered:
            return Rejected(f"{host} refuses {path}: {str(error)[:200]}")
        if stage.visible:
            return Unknown(f"Nobody knows whether {path} appeared at {host}.")
        code = "timeout" if isinstance(error, TimeoutError) else "unreachable"
        return Transient(f"{host} could not be reached over SFTP ({type(error).__name__}).", code=code)

    def _field(self, name: str) -> str:
        return f"{self._server.fields}{name}"

    def _tell(self, verb: str, path: str, content: bytes, seconds: float, failure: KontorError | None) -> None:
        if self._observe is not None:
            server, code = self._server, failure.code if failure else ""
            url = f"sftp://{server.host}:{server.port}/{path.lstrip('/')}"
            body = excerpt(content, "application/xml", {server.password})
            self._observe(lambda: Exchange(verb, url, body, None, "", seconds, 1, code))


class _Pin:
    """The one key a server may show; `shown` is the fingerprint of the one it did."""

    def __init__(self, entered: str) -> None:
        self.shown = ""
        self.algorithms: Any = ()
        self._fingerprint = entered.strip()
        if not self._fingerprint.startswith("SHA256:"):
            key = asyncssh.import_public_key(entered)
            self._fingerprint = key.get_fingerprint()
            self.algorithms = [name.decode() for name in key.sig_algorithms]

    def client(self) -> asyncssh.SSHClient:
        pin = self

        class Client(asyncssh.SSHClient):
            def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
                pin.shown = key.get_fingerprint()
                return pin.shown == pin._fingerprint

        return Client()


def _is_plain(name: str) -> bool:
    return NAME.fullmatch(name) is not None and name not in (".", "..")


def _path(folder: str, name: str) -> str:
    """Raises Rejected for a name that would lead out of its folder."""
    if not _is_plain(name):
        raise Rejected("A file's name leads out of its folder.", code="foreign_address")
    return f"{folder.rstrip('/')}/{name}"
