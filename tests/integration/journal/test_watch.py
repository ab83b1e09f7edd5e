"""The journal's watch: orders between two stages, silent streams, credentials near their end, messages that were set
aside; each closes itself."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.journal.alert_settings import WatchSettings
from services.journal.watching import Watch
from shared.contracts.journal import JournalEntry
from shared.messaging.bus import Bus, Delivery
from shared.messaging.message import Message
from shared.messaging.topology import DEAD_LETTERS, EVENTS, Queue
from tests.integration.journal.house import OTHER, SHOP, House, order_id

SETTINGS = WatchSettings()


class Looks:
    """A watch whose looks are five minutes apart."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._watch = Watch(house.service, SETTINGS)

    async def orders(self) -> None:
        await self._watch.orders()
        self._house.now += timedelta(minutes=5)

    async def connections(self) -> None:
        await self._watch.connections()
        self._house.now += timedelta(minutes=5)

    async def pens(self) -> None:
        await self._watch.pens()
        self._house.now += timedelta(minutes=1)


def read(house: House, minute: float, external_id: str) -> JournalEntry:
    return house.entry(minute, "received", "order_received", subject=order_id(external_id),
                       params={"number": external_id, "external_id": external_id, "path": "poll"})  # fmt: skip


def heard(house: House, minute: float, external_id: str, action: Any, code: str) -> JournalEntry:
    """What the order book says about an order."""
    told = house.entry(minute, action, code, subject=order_id(external_id))
    return told.model_copy(update={"service": "order_import"})


def pass_over(
    house: House, minute: float, connection: UUID = SHOP, path: str = "poll", every: str = "900", outcome: Any = "ok"
) -> JournalEntry:
    words = {"stream": "order", "seen": "1", "connection": "Shop", "path": path, "every": every}
    return house.entry(
        minute, "finished" if outcome == "ok" else "failed", "stream_read" if outcome == "ok" else "stream_failed",
        outcome, noun="stream", subject=f"{connection}:order", connection=connection, params=words,
        correlation=f"{connection}-{minute}-{path}",
    )  # fmt: skip


def shop(connection: UUID = SHOP, *, blocked_by: str = "", **facts: str) -> dict[str, Any]:
    return {"id": str(connection), "platform": "shop", "name": "Küchenladen", "facts": facts,
            "switches": [{"feature": "orders", "blocked_by": blocked_by}]}  # fmt: skip


async def problems(house: House) -> dict[str, list[str]]:
    """The open causes and the labels of their examples, after what the service itself told."""
    await house.written()
    groups = (await house.get("/journal/problems"))["groups"]
    return {group["code"]: sorted(one["label"] for one in group["examples"]) for group in groups}


async def test_an_order_that_was_read_and_never_heard_of_again_is_stuck_until_it_moves(house: House) -> None:
    watch = Looks(house)
    await house.record(
        read(house, 0, "stuck"), read(house, 0, "in"), heard(house, 1, "in", "imported", "order_imported"),
        read(house, 0, "held"), heard(house, 1, "held", "parked", "order_parked"), read(house, 59, "young"),
    )  # fmt: skip
    await watch.orders()
    assert await problems(house) == {}, "whoever may just be moving on is looked at twice"
    for _ in range(2):
        await watch.orders()
    assert await problems(house) == {"watch_stuck_found": ["stuck"]}
    assert len((await house.get("/journal/entries", code="watch_stuck_found"))["items"]) == 1
    await house.record(heard(house, 70, "stuck", "imported", "order_imported"))
    await watch.orders()
    assert await problems(house) == {}
    assert len((await house.get("/journal/entries", code="watch_stuck_over"))["items"]) == 1


async def test_an_order_stuck_for_days_stays_told_once(house: House) -> None:
    watch = Looks(house)
    await house.record(read(house, 0, "stuck"))
    await watch.orders()
    await watch.orders()
    house.now += timedelta(days=3)
    await watch.orders()
    assert await problems(house) == {"watch_stuck_found": ["stuck"]}
    assert len((await house.get("/journal/entries", code="watch_stuck_found"))["items"]) == 1


async def test_an_order_read_again_after_its_import_is_stuck_when_the_new_reading_is_not_heard_of(house: House) -> None:
    watch = Looks(house)
    await house.record(
        read(house, 0, "1"), heard(house, 1, "1", "imported", "order_imported"), read(house, 30, "1")
    )  # fmt: skip
    await watch.orders()
    await watch.orders()
    assert await problems(house) == {"watch_stuck_found": ["1"]}


async def test_a_stream_without_success_is_silent_until_the_next_one(house: House) -> None:
    house.neighbours.connections = [shop(), shop(OTHER, blocked_by="productive_mode_off")]
    await house.record(pass_over(house, -10), pass_over(house, -10, OTHER), pass_over(house, 55, path="backfill"))
    watch = Looks(house)
    for _ in range(3):
        await watch.connections()
    assert await problems(house) == {"watch_stream_found": ["Küchenladen"]}
    (told,) = (await house.get("/journal/entries", code="watch_stream_found"))["items"]
    assert (told["connection"], told["params"]["minutes"]) == (str(SHOP), "15")
    await house.record(pass_over(house, 59))
    await watch.connections()
    assert await problems(house) == {}


async def test_a_stream_that_only_fails_is_silent_too_and_its_own_failure_stays_a_problem_of_its_own(
    house: House,
) -> None:
    house.neighbours.connections = [shop()]
    await house.record(pass_over(house, -10), pass_over(house, 50, outcome="error"))
    watch = Looks(house)
    await watch.connections()
    await watch.connections()
    assert set(await problems(house)) == {"watch_stream_found", "stream_failed"}


async def test_a_connection_that_is_switched_off_is_no_longer_silent(house: House) -> None:
    house.neighbours.connections = [shop()]
    await house.record(pass_over(house, -10))
    watch = Looks(house)
    await watch.connections()
    await watch.connections()
    house.neighbours.connections = [shop(blocked_by="connection_paused")]
    await watch.connections()
    assert await problems(house) == {}


async def test_credentials_near_their_end_are_told_until_they_are_renewed(house: House) -> None:
    soon = (house.now + timedelta(days=10)).date().isoformat()
    house.neighbours.connections = [shop(valid_until=soon), shop(OTHER, valid_until="2099-01-01")]
    watch = Looks(house)
    await watch.connections()
    await watch.connections()
    assert await problems(house) == {"watch_credentials_found": ["Küchenladen"]}
    house.neighbours.connections = [shop(valid_until="2099-01-01")]
    await watch.connections()
    assert await problems(house) == {}


async def test_two_watches_at_once_tell_once(house: House) -> None:
    await house.record(read(house, 0, "stuck"))
    first, second = Looks(house), Looks(house)
    for _ in range(3):
        await first.orders()
        await second.orders()
    assert len([one for one in await house.written() if one.code == "watch_stuck_found"]) == 1


async def test_a_message_that_nobody_could_read_is_told_until_it_was_sent_back(house: House) -> None:
    watch, bus, given_up = Looks(house), house.service.bus, Queue("journal.test", EVENTS, ("never.said.*",))

    async def refuse(delivery: Delivery) -> None:
        await delivery.dead_letter("it is no JSON")

    await watch.pens()
    subscription = await bus.subscribe(given_up, refuse, prefetch=1)
    await bus.publish([Message(EVENTS, "never.said.core", "never.said", b"?")])
    await eventually(bus, DEAD_LETTERS, 1)
    await subscription.cancel()
    for _ in range(3):
        await watch.pens()
    assert await problems(house) == {"watch_pen_found": [DEAD_LETTERS]}
    (told,) = (await house.get("/journal/entries", code="watch_pen_found"))["items"]
    assert "1 messages were set aside" in told["sentence"]
    empty = await bus.subscribe(Queue(DEAD_LETTERS, DEAD_LETTERS, ("",)), lambda delivery: delivery.ack(), prefetch=1)
    await eventually(bus, DEAD_LETTERS, 0)
    await empty.cancel()
    await watch.pens()
    assert await problems(house) == {}


async def eventually(bus: Bus, queue: str, depth: int) -> None:
    for _ in range(100):
        if await bus.depth(queue) == depth:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{queue} never held {depth}")
