"""Our own broker survives what a machine does to it."""

import asyncio
from pathlib import Path

import aio_pika
import pytest
from pamqp.common import FieldTable

from services.ops.local.debian import unpacked
from services.ops.local.node import Node

QUORUM: FieldTable = {"x-queue-type": "quorum"}
SETTLED = 4.0  # seconds; a queue's own registration reaches the disk only 3 s after it was declared (RabbitMQ 3.10)


async def test_an_order_that_was_confirmed_is_still_there_after_a_power_cut(rabbitmq_node: Node) -> None:
    async with await aio_pika.connect(rabbitmq_node.url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue("orders", durable=True, arguments=QUORUM)
        await asyncio.sleep(SETTLED)
        await channel.default_exchange.publish(aio_pika.Message(b"4711"), routing_key="orders")
        before = rabbitmq_node.url
        rabbitmq_node.kill()
        assert not rabbitmq_node.running
    rabbitmq_node.start(print)
    assert rabbitmq_node.url == before
    async with await aio_pika.connect(rabbitmq_node.url) as connection:
        queue = await (await connection.channel()).declare_queue("orders", durable=True, arguments=QUORUM)
        message = await queue.get(timeout=30)
        assert message is not None
        assert message.body == b"4711"
        await message.ack()


def test_starting_a_running_broker_changes_nothing(rabbitmq_node: Node) -> None:
    rabbitmq_node.start(print)
    before = (rabbitmq_node.url, rabbitmq_node.management)
    rabbitmq_node.start(pytest.fail)
    assert (rabbitmq_node.url, rabbitmq_node.management) == before


@pytest.mark.fault
def test_the_distributions_package_runs_without_being_installed(tmp_path: Path) -> None:
    said: list[str] = []
    node = Node(tmp_path / "broker", lambda say: unpacked(tmp_path / "package", say))
    node.start(said.append)
    try:
        assert node.management.version().startswith(unpacked(tmp_path / "package", pytest.fail).version)
        assert any("Downloading RabbitMQ and Erlang" in sentence for sentence in said)
    finally:
        node.remove()
