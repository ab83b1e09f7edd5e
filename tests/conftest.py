"""Servers for the tests: found or provided once per run, with a database and a virtual host for each worker.

`postgres_url` and `rabbitmq_url` are all a test asks for; asking makes it an integration test, as asking for the
services as processes (tests/journey) makes it a journey. Servers named in
`KONTOR_TEST_POSTGRES_URL` and `KONTOR_TEST_RABBITMQ_URL` come first, then containers where an engine answers, then the
ladder of the demo. A server forced by `KONTOR_RUNG_…` skips the containers.
"""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from services.ops.local import Running, Servers, Unavailable, start
from services.ops.local.container import engine
from services.ops.local.node import Node
from services.ops.local.rabbitmq import MEMORY_URL, installation

if TYPE_CHECKING:
    from tests.containers import Containers

ROOT = Path(__file__).resolve().parents[1]
NEED_NO_SERVER = (ROOT / "tests" / "pure", ROOT / "tests" / "wired")
SERVER_FIXTURES = {"servers", "postgres_url", "rabbitmq_url", "rabbitmq_node"}
FAULT_SECONDS = 1800
JOURNEY_FIXTURES = {"running_system", "system_with_own_broker", "system_with_own_database", "importing_system"}

# `make check` tries fewer examples of every property than `make test`.
settings.register_profile("quick", max_examples=25)

environment_key = pytest.StashKey[dict[str, str]]()
running_key = pytest.StashKey[Running]()
containers_key = pytest.StashKey["Containers"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write golden files anew; review the difference.")
    parser.addoption("--ledger", metavar="FILE", help="Write what became of every order in each journey to this file.")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Provide the servers in the one process that outlives all workers."""
    config = session.config
    if hasattr(config, "workerinput"):
        config.stash[environment_key] = config.workerinput["kontor_environment"]
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a run that is ended stops its servers, too
    environment = _environment()
    config.stash[environment_key] = environment
    if config.option.collectonly or not _needs_servers(config):
        return
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if not any(key.startswith(("KONTOR_POSTGRES", "KONTOR_RABBITMQ", "KONTOR_RUNG")) for key in environment):
        containers = _containers(reporter.write_line)
        if containers is not None:
            config.stash[containers_key] = containers
            environment.update(containers.environment)
    try:
        running = start(ROOT, reporter.write_line, keep=False, environment=environment)
    except Unavailable as failure:
        pytest.exit(str(failure), returncode=1)
    config.stash[running_key] = running
    for sentence in running.rungs:
        reporter.write_line(sentence)


def _containers(say: Callable[[str], None]) -> "Containers | None":
    answering = engine()
    if answering is None:
        return None
    from tests.containers import start_containers  # slow to import, and seldom needed

    return start_containers(answering, say)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker where the servers are."""
    node.workerinput["kontor_environment"] = node.config.stash[environment_key]  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if running_key in config.stash:
        config.stash[running_key].release()
    if containers_key in config.stash:
        config.stash[containers_key].stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The kind of a test is what it asks for."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & JOURNEY_FIXTURES:
            item.add_marker("journey")
        elif asked & SERVER_FIXTURES:
            item.add_marker("integration")
        if item.path.is_relative_to(NEED_NO_SERVER[1]) and item.path.parent.name.startswith("sandbox"):
            item.add_marker("thorough")
        if item.get_closest_marker("fault"):
            item.add_marker(pytest.mark.timeout(FAULT_SECONDS))


def _environment() -> dict[str, str]:
    """The environment with KONTOR_TEST_… in the place of KONTOR_…"""
    given = {key: value for key, value in os.environ.items() if key.startswith("KONTOR_")}
    tests = {key.replace("KONTOR_TEST_", "KONTOR_", 1): given.pop(key) for key in list(given) if "_TEST_" in key}
    return given | tests


def _needs_servers(config: pytest.Config) -> bool:
    paths = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    return not all(any(path.is_relative_to(folder) for folder in NEED_NO_SERVER) for path in paths)


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """A database and a virtual host for this worker alone."""
    environment = request.config.stash[environment_key]
    running = start(ROOT, print, keep=False, environment=environment)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    provided = running.provide(f"test_{worker}_{secrets.token_hex(3)}")
    yield provided
    provided.drop()
    running.release()


@pytest.fixture(scope="session")
def postgres_url(servers: Servers) -> str:
    """An empty database of this worker's own, as its owner. `postgresql://…` without a driver."""
    return servers.postgres_url


@pytest.fixture(scope="session")
def rabbitmq_url(servers: Servers) -> str:
    """An empty virtual host of this worker's own."""
    if servers.rabbitmq_url == MEMORY_URL:
        pytest.skip(servers.running.rabbitmq.sentence)
    return servers.rabbitmq_url


@pytest.fixture(scope="module")
def rabbitmq_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A broker for this module alone, to be stopped, killed and started again."""
    node = Node(tmp_path_factory.mktemp("broker"), lambda say: installation(ROOT, say))
    try:
        try:
            node.start(print)
        except Unavailable as reason:
            pytest.skip(f"No RabbitMQ to kill: {reason}")
        yield node
    finally:
        node.remove()
