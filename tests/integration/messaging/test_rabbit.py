from collections.abc import AsyncIterator

import pytest

from shared.messaging.bus import Bus, connect
from tests.pure.messaging.suite import BusSuite, Open


@pytest.fixture
def url(rabbitmq_url: str) -> str:
    return rabbitmq_url


@pytest.fixture
async def open_bus(url: str) -> AsyncIterator[Open]:
    opened: list[Bus] = []

    async def open() -> Bus:
        opened.append(await connect(url, name="test", drain=0.5))
        return opened[-1]

    yield open
    for bus in opened:
        await bus.close()


class TestRabbitBus(BusSuite):
    """The suite over RabbitMQ."""
