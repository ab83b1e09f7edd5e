"""One running system for all journeys of a test process, and the report of their figures."""

import os
import secrets
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from services.ops.local import Unavailable, postgres, reset, start
from services.ops.local.embedded import EmbeddedPostgres
from services.ops.local.node import Node
from services.ops.local.rabbitmq import MEMORY_URL
from services.ops.local.state import locked
from tests.conftest import ROOT, environment_key
from tests.journey import case as cases
from tests.journey.case import Case
from tests.journey.system import System, bring_up

_found: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="session")
def running_system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Every service as a process of its own kind, on a database and a virtual host of this test process alone."""
    running = start(ROOT, print, keep=False, environment=request.config.stash[environment_key])
    if running.rabbitmq.url == MEMORY_URL:
        running.release()
        pytest.skip(f"Journeys need processes that can be killed one by one. {running.rabbitmq.sentence}")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    servers = running.provide(f"journey_{worker}_{secrets.token_hex(3)}")
    system = bring_up(tmp_path_factory.mktemp("journey"), servers)
    yield system
    system.close()
    servers.drop()
    running.release()


@pytest.fixture
def system(running_system: System) -> Iterator[System]:
    """The running system in good health; afterwards, whatever the test broke is mended."""
    yield running_system
    running_system.heal()


@pytest.fixture(scope="module")
def system_with_own_broker(
    request: pytest.FixtureRequest, rabbitmq_node: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """A system whose broker is nobody else's and may be killed; with every connector, so that all must come back."""
    running = start(ROOT, print, keep=False, environment=request.config.stash[environment_key])
    provided = running.provide(f"journey_{secrets.token_hex(3)}")
    rabbitmq_node.management.create_vhost("journey")
    servers = replace(provided, rabbitmq_url=f"{rabbitmq_node.url}/journey")
    system = bring_up(tmp_path_factory.mktemp("own_broker"), servers, ("connectors",))
    yield system
    system.close()
    provided.drop()
    running.release()


@pytest.fixture(scope="module")
def importing_system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with the connectors of shops that articles are taken from, and of one that a merchant moves to."""
    running = start(ROOT, print, keep=False, environment=request.config.stash[environment_key])
    if running.rabbitmq.url == MEMORY_URL:
        running.release()
        pytest.skip(f"Journeys need processes that can be killed one by one. {running.rabbitmq.sentence}")
    servers = running.provide(f"journey_{secrets.token_hex(3)}")
    connectors = ("shopware5", "shopware6", "amazon", "kaufland")
    system = bring_up(tmp_path_factory.mktemp("importing"), servers, connectors)
    yield system
    system.close()
    servers.drop()
    running.release()


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server for this module alone, to be killed and started again."""
    root = tmp_path_factory.mktemp("own_postgres")
    try:
        start(
            root, print, keep=True, environment={"KONTOR_RUNG_POSTGRES": "embedded", "KONTOR_RUNG_RABBITMQ": "memory"}
        )
    except Unavailable as reason:
        pytest.skip(f"No PostgreSQL to kill: {reason}")
    with locked(root) as state:
        server = postgres.embedded(root, state)
    yield server
    reset(root, print)


@pytest.fixture(scope="module")
def system_with_own_database(
    request: pytest.FixtureRequest, own_postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """A system whose database server is nobody else's and may be killed."""
    running = start(ROOT, print, keep=False, environment=request.config.stash[environment_key])
    if running.rabbitmq.url == MEMORY_URL:
        running.release()
        pytest.skip(f"Journeys need processes that can be killed one by one. {running.rabbitmq.sentence}")
    provided = running.provide(f"journey_{secrets.token_hex(3)}")
    servers = replace(provided, postgres_url=own_postgres.url)
    system = bring_up(tmp_path_factory.mktemp("own_database"), servers)
    yield system
    system.close()
    provided.drop()
    running.release()


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """This test's line in the report."""
    return Case(lambda figures: request.node.user_properties.append(("ledger", figures)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what became of the processes, the queues and the database."""
    report = yield
    if report.failed and call.when == "call":
        for system in (one for one in getattr(item, "funcargs", {}).values() if isinstance(one, System)):
            try:
                condition = system.condition()
            except Exception as error:  # noqa: BLE001 - the test's own failure matters, not ours while looking around
                condition = f"not to be had: {error!r}"
            report.sections.append(("The condition of the system", condition))
            break
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collects the figures, in the process that the workers report to."""
    if report.when == "call":
        for name, figures in report.user_properties:
            if name == "ledger":
                _found[_name(report.nodeid)] = dict(figures) | {"passed": report.passed}


def pytest_terminal_summary(config: pytest.Config) -> None:
    """Shows the figures; with --ledger they are written, too."""
    if _found:
        cases.show(_found, Console(highlight=False, width=max(Console().width, 170)))
    if path := config.getoption("--ledger"):
        cases.write(Path(path), _found)


def _name(nodeid: str) -> str:
    """`tests/journey/test_x.py::test_an_order[long]` is the case "an order (long)"."""
    words, _, size = nodeid.rpartition("::")[2].removeprefix("test_").partition("[")
    return words.replace("_", " ") + (f" ({size.rstrip(']')})" if size else "")
