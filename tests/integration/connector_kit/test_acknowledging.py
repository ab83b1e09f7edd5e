"""Where the platform hands out what was not acknowledged: nothing is acknowledged before it is safe with us, and
nothing is lost or doubled wherever the process dies."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Window
from shared.connector_kit.sync import live_cursor
from shared.connector_kit.taking import Counts
from shared.contracts.errors import Transient
from tests.integration.connector_kit.branch import Branch

Dying = Callable[[Branch, pytest.MonkeyPatch], None]


async def read(branch: Branch) -> Counts:
    """One run over the orders."""
    counts = Counts()
    reader = await branch.reader(counts)
    await reader.read_window(branch.stand.stream("order"), Window(), "poll", live_cursor(branch.connection.id, "order"))
    return counts


def listed(branch: Branch) -> set[str]:
    """What the platform would hand out now."""
    return {order.external_id for order in branch.stand.shop.account.orders.values() if not order.exported}


def published(branch: Branch) -> dict[str, set[Any]]:
    """The ids of the events about each order."""
    found: dict[str, set[Any]] = {}
    for one in branch.bus.of("order.received"):
        found.setdefault(one.subject, set()).add(one.id)
    return found


def before_publishing(branch: Branch, patch: pytest.MonkeyPatch) -> None:
    async def publish(messages: Any) -> None:
        raise asyncio.CancelledError

    patch.setattr(branch.bus, "publish", publish)


def after_publishing(branch: Branch, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(branch.bus, "kill_after", 1)


def before_the_first_flag(branch: Branch, patch: pytest.MonkeyPatch) -> None:
    _at_flag(branch, patch, 1)


def between_two_flags(branch: Branch, patch: pytest.MonkeyPatch) -> None:
    _at_flag(branch, patch, 3)


def after_the_last_flag_of_a_page(branch: Branch, patch: pytest.MonkeyPatch) -> None:
    _at_flag(branch, patch, 36)


def while_a_flag_is_on_its_way(branch: Branch, patch: pytest.MonkeyPatch) -> None:
    """The platform takes it, and we never hear of it."""
    _at_flag(branch, patch, 2, after=True)


def _at_flag(branch: Branch, patch: pytest.MonkeyPatch, number: int, *, after: bool = False) -> None:
    exported: Callable[..., Awaitable[bool]] = branch.stand.client.exported
    calls = 0

    async def die(tb_id: str, *, pending: bool) -> bool:
        nonlocal calls
        calls += 1
        if calls == number and not after:
            raise asyncio.CancelledError
        done = await exported(tb_id, pending=pending)
        if calls == number:
            raise asyncio.CancelledError
        return done

    patch.setattr(branch.stand.client, "exported", die)


@pytest.mark.parametrize(
    "dying",
    [
        before_publishing, after_publishing, before_the_first_flag, between_two_flags, while_a_flag_is_on_its_way,
        after_the_last_flag_of_a_page,
    ],
)  # fmt: skip
async def test_an_order_is_flagged_only_when_it_is_published_wherever_the_process_dies(
    list_branch: Branch, dying: Dying
) -> None:
    placed = set(list_branch.place(70))
    with pytest.MonkeyPatch.context() as patch:
        dying(list_branch, patch)
        with pytest.raises(asyncio.CancelledError):
            await read(list_branch)
    assert placed - listed(list_branch) <= set(published(list_branch))
    await read(list_branch)
    events = published(list_branch)
    assert set(events) == placed
    assert all(len(ids) == 1 for ids in events.values()), "the same order was told as two different events"
    assert listed(list_branch) == set()


async def test_a_run_that_met_everything_finds_nothing_left(list_branch: Branch) -> None:
    list_branch.place(5)
    assert (await read(list_branch)).changed == 5
    assert (await read(list_branch)).seen == 0


async def test_an_order_that_cannot_be_read_stays_on_the_list_and_is_told_once(list_branch: Branch) -> None:
    good, bad = list_branch.place_case("guest"), list_branch.place_case("unknown status word")
    for _ in range(2):
        await read(list_branch)
    assert listed(list_branch) == {bad}
    assert [one.subject for one in list_branch.bus.of("order.unreadable")] == [bad]
    assert set(published(list_branch)) == {good}


async def test_flags_the_platform_did_not_take_are_set_by_the_next_run(list_branch: Branch) -> None:
    placed = set(list_branch.place(4))
    list_branch.stand.opened.faults.add(Rule("error_500", times=1, path_contains="/exported"))
    with pytest.raises(Transient) as caught:
        await read(list_branch)
    assert listed(list_branch) == placed
    await list_branch.stand.wait(caught.value)
    await read(list_branch)
    assert listed(list_branch) == set()
    assert {len(ids) for ids in published(list_branch).values()} == {1}
