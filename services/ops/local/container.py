"""RabbitMQ in a container of our own, where a container engine really answers."""

import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from services.ops.local.failure import Unavailable
from services.ops.local.management import Management
from services.ops.local.node import accepts_amqp

_IMAGE = "rabbitmq:4-management"
_USER = "kontor"


@dataclass(frozen=True)
class Engine:
    """The command line of an engine that answered."""

    program: str

    def run(self, *arguments: str, seconds: float = 60) -> str:
        """Run one engine command and return what it printed. Raises `Unavailable` with the engine's words."""
        command = [self.program, *arguments]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(f"{self.program} {arguments[0]} did not end within {seconds:.0f} s.") from None
        if done.returncode != 0:
            raise Unavailable(f"{self.program} {arguments[0]} failed: {done.stderr.strip()[-300:]}")
        return done.stdout.strip()

    def images(self, name: str) -> list[str]:
        """The official image's versions that are on this machine, newest last."""
        lines = [
            line
            for repository in (name, f"docker.io/library/{name}")
            for line in self.run("images", "--format", "{{.Repository}}:{{.Tag}}", repository).splitlines()
        ]
        return sorted({line for line in lines if line.rpartition(":")[2][:1].isdigit()}, key=_newest)


def engine() -> Engine | None:
    """The first engine that answers; a client without a running engine is none."""
    for program in ("docker", "podman"):
        if shutil.which(program):
            try:
                Engine(program).run("info", seconds=10)
            except Unavailable:
                continue
            return Engine(program)
    return None


@dataclass(frozen=True)
class Container:
    """The broker's container, its volume of the same name, and its addresses, all asked of the engine."""

    engine: Engine
    name: str

    @property
    def exists(self) -> bool:
        return self._inspect("{{.Id}}") is not None

    @property
    def running(self) -> bool:
        return self._inspect("{{.State.Running}}") == "true"

    @property
    def url(self) -> str:
        """AMQP address without a virtual host."""
        return f"amqp://{_USER}:{quote(self._password())}@127.0.0.1:{self._port(5672)}"

    @property
    def management(self) -> Management:
        return Management(f"http://{_USER}:{quote(self._password())}@127.0.0.1:{self._port(15672)}")

    def start(self, say: Callable[[str], None], *, seconds: float = 120) -> None:
        """Create the container if there is none, start it, and wait until it accepts AMQP connections."""
        if not self.running:
            if self.exists:
                say("Starting RabbitMQ's container …")
                self.engine.run("start", self.name)
            else:
                image = self._image(say)
                say(f"Starting RabbitMQ in a container of {image} …")
                self._create(image)
        self._wait(seconds)

    def stop(self) -> None:
        if self.running:
            self.engine.run("stop", "--time", "20", self.name, seconds=90)

    def remove(self) -> None:
        """Remove the container and its data."""
        if self.exists:
            self.engine.run("rm", "--force", self.name)
            self.engine.run("volume", "rm", "--force", self.name)

    def _image(self, say: Callable[[str], None]) -> str:
        if present := self.engine.images("rabbitmq"):
            return present[-1]
        say(f"Downloading the image {_IMAGE} (about 100 MB) …")
        self.engine.run("pull", f"docker.io/library/{_IMAGE}", seconds=240)
        return f"docker.io/library/{_IMAGE}"

    def _create(self, image: str) -> None:
        self.engine.run(
            *("run", "--detach", "--name", self.name, "--hostname", self.name),
            *("--publish", "127.0.0.1::5672", "--publish", "127.0.0.1::15672"),
            *("--volume", f"{self.name}:/var/lib/rabbitmq"),
            *("--env", f"RABBITMQ_DEFAULT_USER={_USER}", "--env", f"RABBITMQ_DEFAULT_PASS={secrets.token_urlsafe(24)}"),
            image,
        )

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        asked = False
        while time.monotonic() < deadline and self.running:
            if accepts_amqp("127.0.0.1", self._port(5672)):
                try:
                    self.management.version()
                except Unavailable:
                    if not asked:  # the plain image carries the management plugin but does not enable it
                        self.engine.run("exec", self.name, "rabbitmq-plugins", "enable", "rabbitmq_management")
                        asked = True
                else:
                    return
            time.sleep(0.5)
        raise Unavailable(f"RabbitMQ's container did not start; its words: {self.engine.program} logs {self.name}")

    def _inspect(self, template: str) -> str | None:
        try:
            return self.engine.run("container", "inspect", "--format", template, self.name)
        except Unavailable:
            return None

    def _port(self, inside: int) -> int:
        return int(self.engine.run("port", self.name, f"{inside}/tcp").splitlines()[0].rpartition(":")[2])

    def _password(self) -> str:
        prefix = "RABBITMQ_DEFAULT_PASS="
        lines = (self._inspect("{{range .Config.Env}}{{println .}}{{end}}") or "").splitlines()
        return next(line.removeprefix(prefix) for line in lines if line.startswith(prefix))


def _newest(image: str) -> tuple[tuple[int, ...], bool]:
    tag = image.split(":")[-1]
    numbers = tuple(int(part) for part in tag.split("-")[0].split(".") if part.isdigit())
    return numbers, "management" in tag
