"""Making the topology exist on RabbitMQ. Declaring twice is the same; a deleted part is made anew."""

from collections.abc import Callable, Iterable

from aio_pika.abc import AbstractChannel

from shared.messaging.topology import EXCHANGES, PENS, Queue, arguments


async def declare(
    channel: AbstractChannel, queues: Iterable[Queue] = (), *, answered: Callable[[], None] = lambda: None
) -> dict[str, int]:
    """Declares all exchanges, the two pens and these queues with their bindings; answers how many consumers each queue
    has. Use inside `broker_call`, and with its `answered`: all of it may take a slow broker longer than one answer."""
    consumers = {}
    for name, (kind, exchange_arguments) in EXCHANGES.items():
        await channel.declare_exchange(name, kind, durable=True, arguments=dict(exchange_arguments))
        answered()
    for queue in dict.fromkeys((*PENS, *queues)):
        declared = await channel.declare_queue(queue.name, durable=True, arguments=dict(arguments(queue.name)))
        for routing_key in queue.routing_keys:
            await declared.bind(queue.exchange, routing_key)
        consumers[queue.name] = declared.declaration_result.consumer_count or 0
        answered()
    return consumers
