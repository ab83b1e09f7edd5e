import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared
from shared.messaging.topology import (
    COMMANDS,
    DEAD_LETTERS,
    EVENTS,
    EXCHANGES,
    UNROUTED,
    Queue,
    arguments,
    command_queue,
    event_queue,
    matches,
)

ROOT = Path(shared.__file__).parent.parent
BROKER_LIBRARIES = {"aio_pika", "aiormq", "pamqp"}


def test_a_service_receives_one_type_of_event_from_every_platform() -> None:
    assert event_queue("orders", "order.received") == Queue(
        "orders.order.received", EVENTS, ("order.received.*",)
    )  # fmt: skip


def test_a_connector_receives_commands_for_its_platform() -> None:
    assert command_queue("somewhere", "stock.push") == Queue(
        "somewhere.stock.push", COMMANDS, ("stock.push.somewhere",)
    )  # fmt: skip


def test_every_queue_is_replicated_and_refuses_rather_than_drops() -> None:
    for name in ("orders.order.received", UNROUTED, DEAD_LETTERS):
        assert arguments(name)["x-queue-type"] == "quorum"
        assert arguments(name)["x-overflow"] == "reject-publish"


def test_a_dead_letter_is_moved_at_least_once() -> None:
    assert arguments("orders.order.received")["x-dead-letter-strategy"] == "at-least-once"
    assert arguments("orders.order.received")["x-dead-letter-exchange"] == DEAD_LETTERS
    assert "x-dead-letter-exchange" not in arguments(DEAD_LETTERS), "a dead letter must not die in a circle"


def test_only_events_have_a_second_chance_without_a_queue() -> None:
    assert EXCHANGES[EVENTS][1] == {"alternate-exchange": UNROUTED}
    assert EXCHANGES[COMMANDS][1] == {}


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("order.received.*", "order.received.otherworld", True),
        ("order.received.*", "order.received", False),
        ("order.received.*", "order.received.a.b", False),
        ("order.*.core", "order.changed.core", True),
        ("order.#", "order", True),
        ("order.#", "order.changed.core", True),
        ("#.core", "order.changed.core", True),
        ("order.changed.core", "order.changed.core", True),
        ("order.changed.core", "order.changed.cores", False),
    ],
)
def test_topics_match_as_the_broker_matches_them(pattern: str, key: str, expected: bool) -> None:
    assert matches(pattern, key) is expected


def imported(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if not any(name in text for name in BROKER_LIBRARIES):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_only_this_room_speaks_to_the_broker() -> None:
    """A publish call elsewhere would have the library's defaults: not persistent, and unroutable looks delivered."""
    room = ROOT / "shared" / "messaging"
    files = [path for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.py")]
    speaking = {path for path in files if BROKER_LIBRARIES & set(imported(path))}
    assert any(room in path.parents for path in speaking), "the check does not see imports any more"
    assert {path for path in speaking if room not in path.parents} == set()
