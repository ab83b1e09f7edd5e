"""PostgreSQL and RabbitMQ in throw-away containers, for test runs where a container engine really answers."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from docker.errors import DockerException  # type: ignore[import-untyped]
from testcontainers.core.container import DockerContainer
from testcontainers.core.exceptions import ContainerStartException

from services.ops.local import postgres, rabbitmq
from services.ops.local.container import Engine
from services.ops.local.failure import Unavailable

_LOOPBACK: Any = ("127.0.0.1",)  # the engine's way to say: a free port of this address
_REFUSALS = (DockerException, ContainerStartException, OSError, RuntimeError, Unavailable)
_USER = "kontor"


class Containers:
    """Both servers in containers that end with the test run. `environment` leads `services.ops.local.start` to them."""

    def __init__(self, postgres_image: str, rabbitmq_image: str) -> None:
        """Start both and wait until they answer; what the engine raises comes through, with nothing left running."""
        database = DockerContainer(postgres_image).with_envs(POSTGRES_USER=_USER, POSTGRES_PASSWORD=_USER)
        database.ports = {"5432": _LOOPBACK}
        broker = DockerContainer(rabbitmq_image).with_envs(RABBITMQ_DEFAULT_USER=_USER, RABBITMQ_DEFAULT_PASS=_USER)
        broker.ports = {"5672": _LOOPBACK, "15672": _LOOPBACK}
        with ExitStack() as stack:
            stack.enter_context(database)
            stack.enter_context(broker)
            database_url = f"postgresql://{_USER}:{_USER}@127.0.0.1:{database.get_exposed_port(5432)}/{_USER}"
            broker_url = f"amqp://{_USER}:{_USER}@127.0.0.1:{broker.get_exposed_port(5672)}"
            management_url = f"http://{_USER}:{_USER}@127.0.0.1:{broker.get_exposed_port(15672)}"
            _until_it_answers(lambda: postgres.connect("environment", database_url))
            _until_it_answers(lambda: rabbitmq.connect(broker_url, management_url))
            self._running = stack.pop_all()
        self.environment = {
            "KONTOR_POSTGRES_URL": database_url,
            "KONTOR_RABBITMQ_URL": broker_url,
            "KONTOR_RABBITMQ_MANAGEMENT_URL": management_url,
        }

    def stop(self) -> None:
        self._running.close()


def start_containers(engine: Engine, say: Callable[[str], None]) -> Containers | None:
    """Both containers, or None where the engine cannot provide them."""
    postgres_image = (engine.images("postgres") or ["postgres:17"])[-1]
    rabbitmq_image = (engine.images("rabbitmq") or ["rabbitmq:4-management"])[-1]
    say(f"Starting containers of {postgres_image} and {rabbitmq_image} …")
    try:
        return Containers(postgres_image, rabbitmq_image)
    except _REFUSALS as error:
        say(f"The container engine cannot provide them ({str(error)[:200]}).")
        return None


def _until_it_answers(connect: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            connect()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return
