"""When a subscription that the broker does not know counts as dead."""

from typing import Any

from shared.messaging.consumer import RabbitSubscription
from shared.messaging.link import Link
from shared.messaging.topology import event_queue


async def nobody(*_: Any) -> None:
    raise AssertionError("Nothing is sent or received here")


def subscription() -> RabbitSubscription:
    link = Link("amqp://localhost", "test")
    return RabbitSubscription(link, event_queue("orders", "order.received"), nobody, prefetch=1, send=nobody, drain=1)


def test_looks_over_one_connection_are_counted_until_the_subscription_is_there_again() -> None:
    watched = subscription()
    looks = [watched.looked_at(missing, 3) for missing in (True, True, False, True)]
    assert looks == [1, 2, 0, 1]


def test_a_broker_that_dies_and_returns_between_two_looks_gives_nobody_up() -> None:
    watched = subscription()
    assert [watched.looked_at(True, generation) for generation in range(5)] == [1] * 5
