from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from services.ops.local.failure import Unavailable
from shared.messaging.rabbit import RabbitBus
from tests.integration.messaging.broker import Broker, Network, quiet

OpenRabbit = Callable[..., RabbitBus]
_vhosts = count()


@pytest.fixture(scope="session")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(Path(tmp_path_factory.mktemp("broker")))
    try:
        broker.node.start(quiet)
    except Unavailable as reason:
        pytest.skip(f"There is no RabbitMQ that may be harmed: {reason}")
    yield broker
    broker.node.kill()
    broker.node.remove()


@pytest.fixture
def broker(own_broker: Broker) -> Iterator[Broker]:
    """The broker with an empty virtual host of this test's own."""
    own_broker.vhost = f"test{next(_vhosts)}"
    own_broker.node.management.create_vhost(own_broker.vhost)
    yield own_broker
    own_broker.node.start(quiet)
    own_broker.node.management.delete_vhost(own_broker.vhost)


@pytest.fixture
async def open_rabbit(broker: Broker) -> AsyncIterator[OpenRabbit]:
    """Opens buses on the test's own broker, with times short enough for a test, and closes them."""
    opened: list[RabbitBus] = []

    def open(url: str = "", *, on_dead: Callable[[str], None] | None = None, **times: float) -> RabbitBus:
        settings = {"timeout": 5.0, "watch_every": 1.0, "drain": 0.5} | times
        opened.append(RabbitBus(url or broker.url, name="test", on_dead=on_dead, **settings))
        return opened[-1]

    yield open
    for bus in opened:
        await bus.close()


@pytest.fixture
async def network(broker: Broker) -> AsyncIterator[Network]:
    network = await Network(broker).open()
    yield network
    await network.close()
