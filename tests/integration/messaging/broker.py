"""A broker that tests may harm, and a network in front of it that fails on request."""

import asyncio
import contextlib
import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from services.ops.local.node import Node
from services.ops.local.rabbitmq import installation

ROOT = Path(__file__).resolve().parents[3]


def quiet(words: str) -> None:
    """Says nothing while a node starts."""


class Broker:
    """A node of the tests' own with one virtual host at a time."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.node = Node(home, lambda say: installation(ROOT, say))
        self.vhost = ""

    @property
    def url(self) -> str:
        return f"{self.node.url}/{self.vhost}"

    @property
    def port(self) -> int:
        """Where it listens now; may change when it is started again."""
        port = urlsplit(self.node.url).port
        assert port is not None
        return port

    def ctl(self, *arguments: str) -> str:
        """Runs rabbitmqctl against this node; raises when it fails."""
        found = installation(ROOT, quiet)
        environment = os.environ | {
            "PATH": os.pathsep.join([*map(str, found.path), os.environ["PATH"]]),
            "HOME": str(self._home / "home"),
            "ERL_EPMD_PORT": str(json.loads((self._home / "server.json").read_text())["names"]),
            "RABBITMQ_NODENAME": "kontor@localhost",
        }
        result = subprocess.run(
            [str(found.scripts / "rabbitmqctl"), "-q", *arguments],
            env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        if result.returncode:
            raise RuntimeError(f"rabbitmqctl {arguments[0]} failed: {result.stdout}{result.stderr}")
        return result.stdout


class Network:
    """A TCP proxy to the broker. `cut` breaks all connections, `freeze` leaves the present ones open but dumb; `rate`
    is how many bytes a second pass in either direction, 0 being no limit."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._frozen: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.rate = 0

    async def open(self) -> "Network":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return self._broker.url.replace(f":{self._broker.port}/", f":{port}/")

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def freeze(self) -> None:
        self._frozen |= self._writers

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._broker.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, there_writer}
        for source, target in ((reader, there_writer), (there_reader, writer)):
            pump = asyncio.create_task(self._pump(source, target, {writer, there_writer}))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, both: set[asyncio.StreamWriter]
    ) -> None:
        with contextlib.suppress(OSError):
            while part := await source.read(self.rate // 10 or 65_536):
                if self.rate:
                    await asyncio.sleep(len(part) / self.rate)
                if target not in self._frozen:
                    target.write(part)
                    await target.drain()
        for writer in both:
            writer.transport.abort()
        self._writers -= both
