"""A backfill reads a range again beside the live reading: resumable, idempotent, and never before it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit import backfills, commands, cursors
from shared.connector_kit.backfilling import Backfiller
from shared.contracts.connection import SyncRun
from shared.contracts.envelope import event
from shared.contracts.errors import Misconfigured
from tests.integration.connector_kit.branch import Branch, eventually

HOUR = timedelta(hours=1)


async def at_once() -> None:
    """Nothing live is due."""


def backfiller(branch: Branch) -> Backfiller:
    return Backfiller(branch.stand.connector, branch.connection, branch.service, branch.reader, at_once)


async def asked(branch: Branch, hours: float = 2.0) -> backfills.Backfill:
    """A backfill over the last hours, up to now."""
    now = branch.service.clock()
    async with branch.service.database.transaction() as tx:
        found, _ = await backfills.ask(tx, branch.connection.id, "order", now - hours * HOUR, now, "Anna")
    return found


async def current(branch: Branch, id: Any) -> backfills.Backfill:
    async with branch.service.database.transaction() as tx:
        found = await backfills.one(tx, branch.connection.id, id)
    assert found is not None
    return found


async def test_a_backfill_killed_between_publishing_and_its_cursor_loses_nothing_and_repeats_the_same_events(
    branch: Branch,
) -> None:
    placed = branch.place(350)
    backfill = await asked(branch)
    branch.bus.kill_after = 3
    with pytest.raises(asyncio.CancelledError):
        await backfiller(branch).step()
    left = await current(branch, backfill.id)
    published = {one.id for one in branch.bus.of("order.received")}
    assert (left.state, left.pages) == ("running", 2)
    assert left.seen < len(published) < 350
    branch.bus.kill_after = None
    assert await backfiller(branch).step()
    done = await current(branch, backfill.id)
    assert (done.state, done.position) == ("done", backfill.until)
    events = branch.bus.of("order.received")
    assert {one.subject for one in events} == set(placed)
    assert len({one.id for one in events}) == 350
    assert {one.data.observed.path for one in events} == {"backfill"}
    assert 350 < len(events) < 350 + 250


async def test_a_backfill_moves_its_own_cursor_and_never_the_live_one(branch: Branch) -> None:
    branch.place(150)
    live = datetime(2026, 1, 31, tzinfo=UTC)
    async with branch.service.database.transaction() as tx:
        await cursors.read(tx, branch.connection.id, "order")
        await cursors.advance(tx, branch.connection.id, "order", live)
        before = await cursors.read(tx, branch.connection.id, "order")
    await asked(branch)
    assert await backfiller(branch).step()
    async with branch.service.database.transaction() as tx:
        assert await cursors.read(tx, branch.connection.id, "order") == before


async def test_what_is_known_already_is_met_but_not_published_again(branch: Branch) -> None:
    branch.place(20)
    await asked(branch, hours=2)
    await backfiller(branch).step()
    second = await asked(branch, hours=3)
    await backfiller(branch).step()
    done = await current(branch, second.id)
    assert (done.state, done.seen, done.published) == ("done", 20, 0)
    assert len(branch.bus.of("order.received")) == 20
    finished = await branch.told("backfill_done")
    assert [(entry.params["seen"], entry.params["changed"]) for entry in finished] == [("20", "20"), ("20", "0")]


async def test_the_same_range_asked_for_twice_is_one_backfill(branch: Branch) -> None:
    client = await branch.client()
    now = branch.service.clock()
    wish = {"noun": "order", "since": (now - HOUR).isoformat(), "until": now.isoformat()}
    first, second = await client.post("/backfills", json=wish), await client.post("/backfills", json=wish)
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    assert first.json()["state"] == "running"
    elsewhere = (now - HOUR).astimezone().isoformat()
    assert (await client.post("/backfills", json=wish | {"since": elsewhere})).status_code == 200
    assert len((await client.get("/backfills")).json()["items"]) == 1
    (entry,) = await branch.told("backfill_running")
    assert (entry.actor, entry.correlation) == ("Anna (operate)", first.json()["id"])


async def test_a_stopped_backfill_goes_on_where_it_was_when_it_is_asked_for_again(branch: Branch) -> None:
    branch.place(250)
    backfill = await asked(branch)
    client = await branch.client()
    worker = backfiller(branch)
    pages = 0

    async def stop_behind_the_first_page() -> None:
        nonlocal pages
        pages += 1
        if pages == 2:
            answer = await client.delete(f"/backfills/{backfill.id}")
            assert answer.json()["state"] == "stopped"

    worker.turn = stop_behind_the_first_page
    await worker.step()
    assert (await current(branch, backfill.id)).pages == 1
    assert (await client.delete(f"/backfills/{backfill.id}")).json()["state"] == "stopped"
    assert len(await branch.told("backfill_stopped")) == 1
    wish = {"since": backfill.since, "until": backfill.until}
    again = await client.post("/backfills", json={name: at and at.isoformat() for name, at in wish.items()})
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (202, str(backfill.id), "running")
    await backfiller(branch).step()
    done = await current(branch, backfill.id)
    assert done.state == "done"
    assert len({one.subject for one in branch.bus.of("order.received")}) == 250
    assert done.seen < 250 + 100


async def test_a_range_that_is_done_is_read_once_more_only_when_that_is_said(branch: Branch) -> None:
    backfill = await asked(branch)
    await backfiller(branch).step()
    client = await branch.client()
    wish = {"since": backfill.since and backfill.since.isoformat(), "until": backfill.until.isoformat()}
    assert (await client.post("/backfills", json=wish)).json()["state"] == "done"
    again = await client.post("/backfills", json=wish | {"again": True})
    assert (again.status_code, again.json()["state"], again.json()["position"]) == (202, "running", None)


async def test_a_worker_reads_a_backfill_before_go_live_and_only_its_range(branch: Branch) -> None:
    old = branch.place(5, hours=0.1)
    branch.stand.sandbox.clock.shift(timedelta(hours=-5))
    older = branch.place(5, hours=0.1)
    branch.stand.sandbox.clock.shift(timedelta(hours=5))
    branch.open_for_business()
    client = await branch.client()
    now = branch.service.clock()
    wish = {"since": (now - 6 * HOUR).isoformat(), "until": (now - 4 * HOUR).isoformat()}
    id = (await client.post("/backfills", json=wish)).json()["id"]

    async def done() -> bool:
        return bool((await client.get(f"/backfills/{id}")).json()["state"] == "done")

    await eventually(done)
    assert {one.subject for one in branch.bus.of("order.received")} == set(older)
    assert not {one.subject for one in branch.bus.of("order.received")}.intersection(old)


async def test_a_live_stream_that_is_due_goes_before_the_next_page_of_a_backfill(branch: Branch) -> None:
    branch.place(600, hours=10)
    await branch.settle_in(productive=True, integration={"orders": True})
    async with branch.service.database.transaction() as tx:
        await cursors.read(tx, branch.connection.id, "order")
        await cursors.advance(tx, branch.connection.id, "order", branch.service.clock())
        await cursors.succeeded(tx, branch.connection.id, "order", timedelta(days=1), full=True)
    backfill = await asked(branch, hours=11)
    branch.stand.opened.faults.add(Rule("slow", path_contains="/orders", seconds=0.3))
    branch.open_for_business()

    async def begun() -> bool:
        return (await current(branch, backfill.id)).pages > 0

    await eventually(begun)
    at = await branch.value("SELECT clock_timestamp()")
    pages = (await current(branch, backfill.id)).pages
    async with branch.service.database.transaction() as tx:
        await cursors.hasten(tx, branch.connection.id, "order")

    async def read_live() -> bool:
        async with branch.service.database.transaction() as tx:
            cursor = await cursors.read(tx, branch.connection.id, "order")
        return cursor.last_success_at is not None and cursor.last_success_at >= at

    await eventually(read_live)
    meanwhile = await current(branch, backfill.id)
    assert meanwhile.state == "running"
    # At most the page that was being read when the stream came due, and one that had just begun.
    assert meanwhile.pages - pages <= 2

    async def done() -> bool:
        return (await current(branch, backfill.id)).state == "done"

    await eventually(done)


async def test_a_shop_that_is_down_puts_a_backfill_off_and_after_five_days_a_person_must_act(branch: Branch) -> None:
    branch.place(5)
    backfill = await asked(branch)
    branch.stand.opened.faults.add(Rule("error_500"))
    assert await backfiller(branch).step()
    waiting = await current(branch, backfill.id)
    assert (waiting.state, waiting.failing_since is not None) == ("running", True)
    assert not await backfiller(branch).step()
    async with branch.admin.transaction() as tx:
        await tx.execute("UPDATE backfills SET due_at = now(), failing_since = now() - interval '5 days'")
    assert await backfiller(branch).step()
    client = await branch.client("read")
    shown = (await client.get(f"/backfills/{backfill.id}", headers={"Accept-Language": "de"})).json()
    assert (shown["state"], shown["code"]) == ("failed", "retries_ended")
    assert "Nach 5 Tagen" in shown["sentence"]
    assert len(await branch.told("retries_ended")) == 1
    branch.stand.opened.faults.rules.clear()
    assert (await asked_again(branch, backfill)).state == "running"
    await backfiller(branch).step()
    assert (await current(branch, backfill.id)).state == "done"


async def asked_again(branch: Branch, backfill: backfills.Backfill) -> backfills.Backfill:
    async with branch.service.database.transaction() as tx:
        found, _ = await backfills.ask(tx, backfill.connection, backfill.noun, backfill.since, backfill.until, "Anna")
    return found


async def test_refused_credentials_pause_the_connection_and_the_backfill_waits(branch: Branch) -> None:
    backfill = await asked(branch)
    branch.stand.opened.faults.add(Rule("revoke_token"))
    with pytest.raises(Misconfigured):
        await backfiller(branch).step()
    assert (await current(branch, backfill.id)).state == "running"


async def test_the_command_to_read_a_window_is_a_backfill_too(branch: Branch) -> None:
    now = branch.service.clock()
    wish = event(
        SyncRun(noun="order", since=now - HOUR, path="backfill"), id=uuid4(), source="operator", subject="x", time=now,
        connection=branch.connection.id,
    )  # fmt: skip
    async with branch.service.database.transaction() as tx:
        await commands.read_again(tx, [wish])
        await commands.read_again(tx, [wish])
        (found,) = await backfills.listing(tx, branch.connection.id, None, 10)
    assert (found.since, found.until, found.asked_by, found.state) == (now - HOUR, now, "operator", "running")


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "until", "backfill_range_empty"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"}, "until", "backfill_until_future"),
        ({"since": "2026-01-01T00:00:00", "until": "2026-01-02T00:00:00Z"}, "since", "request_invalid"),
        ({"since": "2026-01-01T00:00:00Z"}, "until", "request_invalid"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", "from": 1}, "from", "request_invalid"),
        ({"noun": "refund", "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}, "noun",
         "request_invalid"),
    ],
)  # fmt: skip
async def test_a_range_that_cannot_be_is_named_and_starts_nothing(
    branch: Branch, wish: dict[str, Any], field: str, code: str
) -> None:
    client = await branch.client()
    answer = await client.post("/backfills", json=wish)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert (await client.get("/backfills")).json()["items"] == []


async def test_backfills_are_for_operators_of_that_connection(branch: Branch) -> None:
    now = branch.service.clock()
    wish = {"since": (now - HOUR).isoformat(), "until": now.isoformat()}
    backfill = await asked(branch)
    assert (await (await branch.client("support")).post("/backfills", json=wish)).status_code == 403
    stranger = await branch.client("operate", [uuid4()])
    assert (await stranger.post("/backfills", json=wish)).status_code == 404
    assert (await stranger.get("/backfills")).status_code == 404
    assert (await stranger.delete(f"/backfills/{backfill.id}")).status_code == 404
    reader = await branch.client("read")
    assert (await reader.delete(f"/backfills/{backfill.id}")).status_code == 403
    assert (await reader.get(f"/backfills/{uuid4()}")).status_code == 404


async def test_backfills_are_listed_page_by_page_the_newest_first(branch: Branch) -> None:
    ids = [str((await asked(branch, hours=hours)).id) for hours in (1, 2, 3)]
    client = await branch.client("read")
    first = (await client.get("/backfills", params={"limit": 2})).json()
    rest = (await client.get("/backfills", params={"limit": 2, "after": first["next"]})).json()
    assert [one["id"] for one in [*first["items"], *rest["items"]]] == list(reversed(ids))
    assert rest["next"] is None
