"""Cancelling and shipping at the same time: stock moves once, the shop is told once, no state goes backwards."""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from shared.persistence.failure import is_data_error, is_transient
from tests.integration.order_import.book import Book, received
from tests.integration.order_import.conftest import TABLES
from tests.integration.order_import.test_calling_off import reported
from tests.integration.order_import.test_cancellations import URL, cancellations, handed_over, newest
from tests.pure.order_import.samples import line, observed, order

FINAL = {"accepted", "refused", "expired", "overtaken", "withdrawn"}
ORDERED = 4
SEED = "KONTOR_RACES_SEED"


async def persist(work: Callable[[], Awaitable[Any]]) -> Any:
    """Retries on a deadlock, as the chassis and every careful caller does."""
    for _ in range(30):
        try:
            answer = await work()
        except Exception as error:
            if not is_transient(error) or is_data_error(error):
                raise
        else:
            if getattr(answer, "status_code", 200) != 503:
                return answer
        await asyncio.sleep(0.01)
    raise AssertionError("it never went through")


async def empty(book: Book) -> None:
    """The next round begins with nothing."""
    async with book.admin.transaction() as tx:
        await tx.execute(f"TRUNCATE {TABLES}")


def state_of(pieces: int, *, cancelled: bool = False) -> Any:
    lines = [line("KR-1", ORDERED, external_id="a", cancelled_quantity=Decimal(ORDERED - pieces))]
    return order("1001", *lines, state="cancelled" if cancelled else "open")


@pytest.mark.parametrize("first", ["cancel", "ship", "both at once"])
async def test_cancel_and_ship_in_either_order_or_at_once(book: Book, first: str) -> None:
    for round in range(1 if first != "both at once" else 6):
        if round:
            await empty(book)
        client = await handed_over(book, ORDERED)

        async def cancel() -> None:
            await persist(lambda: book.take(received(state_of(0, cancelled=True), observed(1))))

        async def ship() -> Any:
            return await persist(lambda: client.post(f"{URL}/shipments", json={"reference": "LS-1"}))  # noqa: B023

        if first == "cancel":
            await cancel()
            await ship()
        elif first == "ship":
            await ship()
            await cancel()
        else:
            await asyncio.gather(cancel(), ship())
        (one,) = await cancellations(client)
        assert one["state"] == "overtaken"
        (case,) = (await client.get("/orders/returns")).json()["items"]
        assert (case["cause"], case["lines"][0]["quantity"]) == ("cancelled_late", str(ORDERED))
        last = await newest(book)
        assert (last.demand, [part.quantity for part in last.shipped]) == ((), [ORDERED])
        assert len(await book.sent("fulfilment.push")) == 1


async def test_accept_and_ship_at_once_end_in_one_of_two_ways(book: Book) -> None:
    seen = Counter[str]()
    for _ in range(8):
        await empty(book)
        client = await handed_over(book, ORDERED)
        await book.take(received(state_of(0, cancelled=True), observed(1)))
        (asked,) = await cancellations(client)
        url = f"{URL}/cancellations/{asked['id']}/accept"
        accepted, shipped = await asyncio.gather(
            persist(lambda: client.post(url)),  # noqa: B023
            persist(lambda: client.post(f"{URL}/shipments", json={"reference": "LS-1"})),  # noqa: B023
        )
        assert {accepted.status_code, shipped.status_code} in ({200, 409}, {201, 409})
        won = "accepted" if accepted.status_code == 200 else "overtaken"
        (one,) = await cancellations(client)
        assert one["state"] == won
        last = await newest(book)
        assert last.demand == ()
        assert sum(part.quantity for part in last.shipped) == (0 if won == "accepted" else ORDERED)
        assert len(await book.sent("fulfilment.push")) == (0 if won == "accepted" else 1)
        seen[won] += 1
    assert sum(seen.values()) == 8


async def test_a_late_accept_and_a_parcel_at_once_end_in_one_of_two_ways(book: Book) -> None:
    for _ in range(6):
        await empty(book)
        client = await handed_over(book, ORDERED)
        await book.take(received(state_of(0, cancelled=True), observed(1)))
        (asked,) = await cancellations(client)
        url = f"{URL}/cancellations/{asked['id']}"
        assert (await client.post(f"{url}/refuse", json={"text": "on the van"})).status_code == 200
        accepted, shipped = await asyncio.gather(
            persist(lambda: client.post(f"{url}/accept")),  # noqa: B023
            persist(lambda: client.post(f"{URL}/shipments", json={"reference": "LS-1"})),  # noqa: B023
        )
        assert {accepted.status_code, shipped.status_code} in ({200, 409}, {201, 409})
        won = accepted.status_code == 200
        (one,) = await cancellations(client)
        assert one["state"] == ("accepted" if won else "refused")
        last = await newest(book)
        assert last.demand == ()
        assert sum(part.quantity for part in last.shipped) == (0 if won else ORDERED)
        assert len(await book.sent("fulfilment.push")) == (0 if won else 1)


async def test_accept_and_refuse_at_once_end_accepted_whoever_comes_first(book: Book) -> None:
    for _ in range(6):
        await empty(book)
        client = await handed_over(book, ORDERED)
        await book.take(received(state_of(0, cancelled=True), observed(1)))
        (asked,) = await cancellations(client)
        url = f"{URL}/cancellations/{asked['id']}"
        accepted, refused = await asyncio.gather(
            persist(lambda: client.post(f"{url}/accept")),  # noqa: B023
            persist(lambda: client.post(f"{url}/refuse", json={"text": "on the van"})),  # noqa: B023
        )
        assert (accepted.status_code, refused.status_code) in {(200, 200), (200, 409)}
        (one,) = await cancellations(client)
        assert one["state"] == "accepted"
        assert (await newest(book)).demand == ()
        assert (await book.told("1001")).count("cancellation_accepted") == 1


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ship", "lower", "cancel", "reopen", "accept", "refuse", "again", "call off", "answer")),
        st.integers(0, ORDERED),
    ),
    min_size=2,
    max_size=9,
)


@pytest.mark.parametrize("at_once", [1, 3])
async def test_however_they_are_mixed_every_piece_is_shipped_or_cancelled_once(book: Book, at_once: int) -> None:
    stories: list[list[Step]] = []
    number = int(os.environ.get(SEED) or secrets.randbelow(2**32))
    print(f"The same stories again: {SEED}={number}")

    @seed(number)
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(STEPS, st.booleans())
    def told(steps: list[Step], falling: bool) -> None:
        stories.append(_falling(steps) if falling else steps)

    told()
    for steps in stories:
        await empty(book)
        client = await handed_over(book, ORDERED)
        arrived: list[Any] = []
        history: dict[str, str] = {}
        for start in range(0, len(steps), at_once):
            chunk = enumerate(steps[start : start + at_once], start)
            await asyncio.gather(*(_do(book, client, arrived, minute + 1, *step) for minute, step in chunk))
            for one in await cancellations(client):
                before = history.get(one["id"], one["state"])
                late = before in ("refused", "expired") and one["state"] == "accepted"
                assert before not in FINAL or before == one["state"] or late, steps
                history[one["id"]] = one["state"]
        await _check(book, client, steps)


def _falling(steps: list[Step]) -> list[Step]:
    """The same story where the shop never wants pieces again that it took off."""
    made: list[Step] = []
    left = ORDERED
    for what, pieces in steps:
        left = 0 if what == "cancel" else min(left, pieces) if what == "lower" else left
        made.append(("accept", 0) if what == "reopen" else ("cancel" if left == 0 else what, left)
                    if what in ("cancel", "lower") else (what, pieces))  # fmt: skip
    return made


async def _do(book: Book, client: Any, arrived: list[Any], minute: int, what: str, pieces: int) -> None:
    match what:
        case "ship":
            wish = {"reference": f"LS-{minute}", "lines": [{"line_external_id": "a", "quantity": max(pieces, 1)}]}
            await persist(lambda: client.post(f"{URL}/shipments", json=wish))
        case "lower" | "cancel" | "reopen":
            state = state_of(ORDERED if what == "reopen" else pieces, cancelled=what == "cancel")
            arrived.append(received(state, observed(minute)))
            event = arrived[-1]
            await persist(lambda: book.take(event))
        case "again" if arrived:
            await persist(lambda: book.take(*arrived))
        case "accept" | "refuse":
            for one in await cancellations(client):
                url = f"{URL}/cancellations/{one['id']}/{what}"
                body = {"text": "packed"} if what == "refuse" else None
                await persist(lambda url=url, body=body: client.post(url, json=body))  # type: ignore[misc]
        case "call off":
            wish = {"reference": f"S-{minute}", "lines": [{"line_external_id": "a", "quantity": max(pieces, 1)}]}
            await persist(lambda: client.post(f"{URL}/cancel", json=wish))
        case "answer":
            for command in await book.sent("cancellation.push"):
                outcome = "failed" if pieces == 0 else "done"
                report = reported(command.subject, outcome, minute=minute, code="x" if pieces == 0 else "")
                await persist(lambda report=report: book.take_reports(report))  # type: ignore[misc]


async def _check(book: Book, client: Any, steps: list[Step]) -> None:
    last = await newest(book)
    demand = sum((one.quantity for one in last.demand), Decimal(0))
    shipped = sum((one.quantity for one in last.shipped), Decimal(0))
    parcels = (await client.get(f"{URL}/shipments")).json()
    assert shipped == sum(Decimal(one["lines"][0]["quantity"]) for one in parcels), steps
    assert demand + shipped <= ORDERED, steps
    row = await book.row("1001")
    assert last.version == row["version"], steps
    wanted = row["content"]["line_items"][0]
    counted = Decimal(0) if row["state"] == "cancelled" else ORDERED - Decimal(wanted.get("cancelled_quantity", 0))
    found = await cancellations(client)
    held = await book.value("SELECT coalesce(sum(held), 0) FROM cancellation_lines")
    off = await book.value(
        """SELECT coalesce(sum(l.quantity - l.echoed), 0) FROM call_off_lines l
           JOIN call_offs c ON c.id = l.call_off_id WHERE c.state = 'reported'"""
    )
    assert counted + held - off >= 0, steps
    assert demand == max(counted + held - off - shipped, Decimal(0)), steps
    assert (row["status"] == "cancelled") == (row["state"] == "cancelled" and held == 0), (steps, found)
    versions = [one.data.version for one in await book.sent() if hasattr(one.data, "demand") and
                one.data.acknowledged_at is None]  # fmt: skip
    assert len(versions) == len(set(versions)), steps
    commands = Counter(one.subject for one in await book.sent("fulfilment.push"))
    assert dict(commands) == {one["id"]: 1 for one in parcels}, steps
    if steps == _falling(steps):
        agreed = await book.value(
            """SELECT coalesce(sum(l.quantity), 0) FROM cancellation_lines l
               JOIN cancellations c ON c.id = l.cancellation_id WHERE c.state = 'accepted'"""
        )
        assert shipped + agreed + off + demand <= ORDERED, steps
    off_commands = Counter(one.id for one in await book.sent("cancellation.push"))
    assert all(times == 1 for times in off_commands.values()), steps
    assert len(off_commands) == await book.value("SELECT coalesce(sum(version), 0) FROM call_offs"), steps
    decided = Counter(
        (one.data.id, one.data.code) for one in await book.sent("journal.recorded")
        if one.data.code in {f"cancellation_{state}" for state in FINAL}
    )  # fmt: skip
    assert all(times == 1 for times in decided.values()), steps
    ended = Counter(one["state"] for one in found)
    said = Counter(code.removeprefix("cancellation_") for _, code in decided)
    assert all(said[state] == ended[state] for state in FINAL - {"refused"}), steps
    # What was refused may have been accepted after all, and nothing else.
    assert ended["refused"] <= said["refused"] <= ended["refused"] + ended["accepted"], steps
