"""Sync runs: what each pass over a stream met."""

from shared.contracts.journal import JournalEntry
from tests.integration.journal.house import SHOP, House

COUNTS = {"seen": "120", "changed": "7", "unchanged": "113", "unreadable": "1", "pages": "3", "path": "poll"}


def ended(house: House, minute: float, run: str, stream: str = "order") -> JournalEntry:
    words = COUNTS | {"stream": stream, "connection": "Shop"}
    return house.entry(minute, "finished", "stream_read", noun="stream", subject=f"{SHOP}:{stream}", params=words,
                       correlation=run)  # fmt: skip


async def test_a_run_tells_what_it_saw_found_changed_or_unchanged_and_could_not_read(house: House) -> None:
    await house.record(ended(house, 1, "run-1"))
    (run,) = (await house.get("/journal/runs", connection=str(SHOP), stream="order"))["items"]
    assert (run["seen"], run["changed"], run["unchanged"], run["unreadable"]) == (120, 7, 113, 1)
    assert run["outcome"] == "ok"
    assert "120" in run["sentence"]


async def test_a_run_is_one_line_whether_its_beginning_or_its_end_arrives_first(house: House) -> None:
    begun = house.entry(0, "started", "stream_started", noun="stream", subject=f"{SHOP}:order",
                        params={"stream": "order"}, correlation="run-1")  # fmt: skip
    later = begun.model_copy(update={"id": begun.id.__class__(int=7), "correlation": "run-2"})
    await house.record(begun)
    await house.record(ended(house, 1, "run-1"))
    await house.record(ended(house, 1, "run-2"))
    await house.record(later)
    runs = (await house.get("/journal/runs"))["items"]
    assert [(run["outcome"], run["seen"], run["started_at"] is not None) for run in runs] == [("ok", 120, True)] * 2


async def test_a_run_that_has_not_ended_is_running(house: House) -> None:
    begun = house.entry(0, "started", "stream_started", noun="stream", subject="s", correlation="run-1")
    await house.record(begun)
    (run,) = (await house.get("/journal/runs", outcome="running"))["items"]
    assert (run["finished_at"], run["seen"]) == (None, None)


async def test_a_failed_run_says_why_and_what_to_do(house: House) -> None:
    words = {"stream": "order", "connection": "Shop", "reason": "transient", "detail": "timeout"}
    await house.record(
        house.entry(1, "failed", "stream_failed", "error", noun="stream", subject="s", params=words, correlation="r")
    )
    (run,) = (await house.get("/journal/runs", outcome="error", language="de"))["items"]
    assert "timeout" in run["sentence"]
    assert run["advice"]


async def test_runs_are_told_newest_first_in_pages(house: House) -> None:
    await house.record(*(ended(house, n // 2, f"run-{n}") for n in range(7)), ended(house, 9, "a", "article"))
    first = await house.get("/journal/runs", stream="order", limit=4)
    second = await house.get("/journal/runs", stream="order", limit=4, after=first["next"])
    assert [run["id"] for run in first["items"] + second["items"]] == [f"run-{n}" for n in range(6, -1, -1)]
    assert second["next"] is None
