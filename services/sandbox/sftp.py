"""A real SFTP server on this machine, in front of a folder: for platforms that exchange files.

Faults strike at `RENAME`, with the path the file gets: `error_500` breaks the connection before it happens,
`answer_lost` afterwards.
"""

import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncssh

from services.sandbox.faults import Faults


class FileServer:
    """One user, one folder. `looked_at` is told of the folder that somebody lists, before he sees it."""

    def __init__(self, user: str, password: str, faults: Faults, looked_at: Callable[[str], None]) -> None:
        self.user, self.password = user, password
        self.faults, self.looked_at = faults, looked_at
        self.folder = Path(tempfile.mkdtemp(prefix="sandbox-sftp-"))
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.logins = 0
        self._acceptor: asyncssh.SSHAcceptor | None = None

    @property
    def port(self) -> int:
        """Raises RuntimeError before `start`."""
        if self._acceptor is None:
            raise RuntimeError("The file server is not started.")
        return self._acceptor.get_port()

    @property
    def fingerprint(self) -> str:
        return self.key.get_fingerprint()

    async def start(self) -> None:
        """Listens on a free port of 127.0.0.1."""
        if self._acceptor is None:
            self._acceptor = await asyncssh.listen(
                "127.0.0.1", 0, server_factory=lambda: _Door(self), sftp_factory=lambda chan: _Shelf(self, chan),
                server_host_keys=[self.key], config=None,
            )  # fmt: skip

    async def stop(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        shutil.rmtree(self.folder, ignore_errors=True)


class _Door(asyncssh.SSHServer):
    def __init__(self, server: FileServer) -> None:
        self._server = server

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        revoked = self._server.faults.take("revoke_token", "sftp")
        right = not revoked and (username, password) == (self._server.user, self._server.password)
        self._server.logins += right
        return right


class _Shelf(asyncssh.SFTPServer):
    def __init__(self, server: FileServer, channel: "asyncssh.SSHServerChannel[bytes]") -> None:
        super().__init__(channel, chroot=str(server.folder).encode())
        self._server = server

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        self._server.looked_at(path.decode().strip("/"))
        async for found in super().scandir(path):
            yield found

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        path = newpath.decode()
        if self._server.faults.take("error_500", path, "RENAME"):
            self._hang_up()
        super().rename(oldpath, newpath)
        if self._server.faults.take("answer_lost", path, "RENAME"):
            self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(Exception):
            self.connection.abort()
        raise asyncssh.SFTPConnectionLost("the line is dead")
