"""Which rung is taken, and the sentence a person gets when one does not hold."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ops.local import postgres, rabbitmq
from services.ops.local.container import Engine
from services.ops.local.failure import Unavailable
from services.ops.local.node import accepts_amqp
from services.ops.local.rabbitmq import Rabbitmq
from services.ops.local.state import State


def _silent(sentence: str) -> None:
    """Progress nobody reads."""


def _greeter(answer: bytes) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(8)
                connection.sendall(answer)

        thread = threading.Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("answer", "is_broker"),
    [
        (b"\x01\x00\x00\x00\x00\x01\xf0\x00\x0a\x00\x0a\x00\x09", True),
        (b"AMQP\x00\x00\x09\x01", False),  # a broker that speaks another protocol version
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (b"", False),  # an open port whose server is still starting
    ],
)
def test_only_a_broker_that_greets_us_counts_as_running(answer: bytes, is_broker: bool) -> None:
    for port in _greeter(answer):
        assert accepts_amqp("127.0.0.1", port) is is_broker


def test_without_any_broker_the_report_says_why_and_what_that_means(tmp_path: Path) -> None:
    found = rabbitmq.climb(tmp_path, _silent, State(), {"KONTOR_RUNG_RABBITMQ": "memory"})
    assert found.url == "memory://"
    assert found.create("kontor_demo", State()) == "memory://"
    reasoned = Rabbitmq("memory", "memory://", reasons=("No container engine answers.",))
    assert reasoned.sentence.endswith("runs in that process. No container engine answers.")


def test_a_misspelt_rung_is_named_together_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="environment, container, package, memory"):
        rabbitmq.climb(tmp_path, _silent, State(), {"KONTOR_RUNG_RABBITMQ": "packages"})
    with pytest.raises(Unavailable, match="environment and embedded"):
        postgres.climb(tmp_path, _silent, State(), {"KONTOR_RUNG_POSTGRES": "docker"})


def test_an_address_that_nobody_answers_is_not_silently_replaced(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(Unavailable, match=f"127.0.0.1:{port}.*KONTOR_RABBITMQ_URL"):
            rabbitmq.climb(tmp_path, _silent, State(), {"KONTOR_RABBITMQ_URL": f"amqp://u:secret@127.0.0.1:{port}"})
        with pytest.raises(Unavailable, match=f"127.0.0.1:{port}.*KONTOR_POSTGRES_URL") as failure:
            postgres.climb(
                tmp_path, _silent, State(), {"KONTOR_POSTGRES_URL": f"postgresql://u:secret@127.0.0.1:{port}"}
            )
    assert "secret" not in str(failure.value)


def test_the_newest_image_on_the_machine_is_taken(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    lines = r"rabbitmq:3.13-management\nrabbitmq:4.0\nrabbitmq:latest\nrabbitmq:4.0-management\n"
    docker.write_text(f"#!/bin/sh\n[ $4 = rabbitmq ] && printf '{lines}'\nexit 0\n")
    docker.chmod(0o755)
    assert Engine(str(docker)).images("rabbitmq")[-1] == "rabbitmq:4.0-management"


def test_an_engine_whose_service_does_not_run_is_quoted(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'Cannot connect to the daemon' >&2\nexit 1\n")
    docker.chmod(0o755)
    with pytest.raises(Unavailable, match="info failed: Cannot connect to the daemon"):
        Engine(str(docker)).run("info")
