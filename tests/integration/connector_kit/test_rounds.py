"""What a platform wants to be told of no oftener than every so often leaves together; by hand it goes at once."""

from datetime import timedelta
from typing import Any

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit import work
from shared.connector_kit.declaration import Push
from tests.integration.connector_kit.branch import Branch
from tests.integration.connector_kit.test_retries import pusher, reports
from tests.wired.contract.telling import product


@pytest.fixture
async def push(list_branch: Branch) -> Push:
    await list_branch.settle_in(productive=True, integration={"products": True})
    found = list_branch.stand.push("product")
    assert found.every == timedelta(hours=1)
    return found


async def want(branch: Branch, number: str, **differing: Any) -> None:
    told = product(number, **differing)
    async with branch.service.database.transaction() as tx:
        new = work.NewWork(branch.connection.id, "product", str(told.product_id), told.version, told.model_dump_json())
        await work.store(tx, [new])


async def step(branch: Branch, push: Push, times: int = 1) -> None:
    for _ in range(times):
        await (await pusher(branch)).step(push)


async def next_round(branch: Branch) -> None:
    """An hour passes for whatever waits."""
    async with branch.admin.transaction() as tx:
        await tx.execute("UPDATE work SET due_at = due_at - interval '1 hour'")


def files(branch: Branch) -> int:
    log = branch.stand.opened.requests.report(latest=2000)["latest"]
    return sum("/sync/in/" in one["path"] for one in log)


async def outcomes(branch: Branch) -> list[str]:
    return [one.outcome for one in await reports(branch)]


async def test_changes_of_an_hour_leave_together_when_the_next_one_begins(list_branch: Branch, push: Push) -> None:
    for number in ("NP-1", "NP-2", "NP-3"):
        await want(list_branch, number)
        await step(list_branch, push, times=2)
    assert files(list_branch) == 0
    waits = await list_branch.value("SELECT max(extract(epoch FROM due_at - now())) FROM work")
    assert 0 < waits <= 3600
    assert await list_branch.value("SELECT count(DISTINCT due_at) FROM work") == 1
    await next_round(list_branch)
    await step(list_branch, push, times=3)
    # A file for each channel, whatever stands in it.
    assert files(list_branch) == 2
    assert await outcomes(list_branch) == ["done"] * 3
    assert await list_branch.value("SELECT count(*) FROM work") == 0


async def test_what_is_sent_by_hand_does_not_wait(list_branch: Branch, push: Push) -> None:
    await want(list_branch, "NP-1")
    await want(list_branch, "NP-2", asked_by="anna")
    await step(list_branch, push, times=2)
    assert files(list_branch) == 2
    assert await outcomes(list_branch) == ["done"]
    assert await list_branch.value("SELECT count(*) FROM work") == 1


async def test_a_newer_version_waits_with_the_others_and_alone_is_told(list_branch: Branch, push: Push) -> None:
    await want(list_branch, "NP-1")
    await step(list_branch, push)
    await want(list_branch, "NP-1", version=2, title="Neu")
    await step(list_branch, push, times=2)
    assert await outcomes(list_branch) == []
    await next_round(list_branch)
    await step(list_branch, push, times=2)
    assert await outcomes(list_branch) == ["done"]
    assert list_branch.stand.shop.products()[-1].title == "Neu"


async def test_what_failed_is_tried_again_without_waiting_for_a_round(list_branch: Branch, push: Push) -> None:
    await want(list_branch, "NP-1")
    await step(list_branch, push)
    await next_round(list_branch)
    list_branch.stand.opened.faults.add(Rule("error_500", times=1, path_contains="/sync/in/"))
    await step(list_branch, push)
    assert await outcomes(list_branch) == ["retrying"]
    # As long as the platform asks for after a fault of its own.
    await list_branch.stand.sleep(601)
    async with list_branch.admin.transaction() as tx:
        await tx.execute("UPDATE work SET due_at = now()")
    await step(list_branch, push)
    assert await outcomes(list_branch) == ["retrying", "done"]
