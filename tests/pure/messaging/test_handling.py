import asyncio

import pytest

from shared.contracts.errors import KontorError, Transient
from shared.messaging.bus import Delivery, Unroutable
from shared.messaging.handling import Handling, growing_pause
from shared.messaging.message import Message
from shared.messaging.topology import DELIVERY_LIMIT
from shared.messaging.window import IN_FLIGHT, send_all
from tests.pure.messaging.suite import event_message


class Lent:
    """A delivery that notes what became of it."""

    def __init__(self, returns: int) -> None:
        self.message = event_message("order.received")
        self.returns = returns
        self.settled = False
        self.given_back = False
        self.done = asyncio.Event()

    message_type = "order.received"
    body = b"[]"

    @property
    def redelivered(self) -> bool:
        return self.returns > 0

    async def ack(self) -> None:
        self.settled = True
        self.done.set()

    async def dead_letter(self, reason: str) -> None:
        raise AssertionError(reason)

    async def give_back(self) -> None:
        self.given_back = True
        await self.ack()


async def handled(returns: int, failures: int) -> tuple[Lent, int]:
    """A delivery that came back so often, after a handler that fails so often has dealt with it."""
    attempts = 0

    async def handler(delivery: Delivery) -> None:
        nonlocal attempts
        attempts += 1
        if attempts <= failures:
            raise ValueError("the database is away")
        await delivery.ack()

    delivery = Lent(returns)
    handling = Handling("orders.order.received", handler, pause=lambda _: 0.0)
    handling.begin(delivery)
    async with asyncio.timeout(5):
        await delivery.done.wait()
    return delivery, attempts


async def test_a_failed_message_goes_back_so_that_another_replica_may_try() -> None:
    delivery, attempts = await handled(returns=0, failures=1)
    assert delivery.given_back
    assert attempts == 1


async def test_failing_for_hours_never_makes_a_dead_letter() -> None:
    delivery, attempts = await handled(returns=DELIVERY_LIMIT // 2, failures=500)
    assert not delivery.given_back, "each return counts towards the limit at which the broker gives a message up"
    assert attempts == 501


def test_the_pause_grows_from_half_a_second_to_half_a_minute() -> None:
    assert 0.4 <= growing_pause(0) <= 0.6
    assert 24 <= growing_pause(30) <= 36


async def test_the_log_tells_where_a_handler_failed_but_no_values(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(delivery: Delivery) -> None:
        raise ValueError("Erika Mustermann")

    handling = Handling("orders.order.received", handler, pause=lambda _: 0.0)
    handling.begin(Lent(0))
    await handling.drain(0.1)
    assert "ValueError at" in caplog.text
    assert "test_handling.py" in caplog.text
    assert "Mustermann" not in caplog.text


async def test_a_handler_that_hangs_does_not_hold_up_the_stop() -> None:
    async def handler(delivery: Delivery) -> None:
        await asyncio.sleep(3600)

    handling = Handling("orders.order.received", handler)
    delivery = Lent(0)
    handling.begin(delivery)
    assert await asyncio.wait_for(handling.drain(0.1), 1) == [delivery]


async def test_at_most_a_hundred_messages_are_in_flight() -> None:
    now = most = 0

    async def send(message: Message) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1

    await send_all([event_message("order.received")] * 1000, send)
    assert most == IN_FLIGHT == 100


async def test_a_broker_that_is_away_is_asked_once_and_not_for_every_message() -> None:
    sent = 0

    async def send(message: Message) -> None:
        nonlocal sent
        sent += 1
        await asyncio.sleep(0.01)
        raise Transient("The broker is away.")

    with pytest.raises(Transient):
        await send_all([event_message("order.received")] * 1000, send)
    assert sent == IN_FLIGHT


async def test_an_unknown_outcome_weighs_more_than_an_unroutable_neighbour() -> None:
    outcomes: list[KontorError | None] = [Unroutable([event_message("a.b")]), Transient("The broker is away."), None]

    async def send(message: Message) -> None:
        if (outcome := outcomes[int(message.body)]) is not None:
            raise outcome

    with pytest.raises(Transient):
        await send_all([event_message("a.b", str(n).encode()) for n in range(3)], send)
