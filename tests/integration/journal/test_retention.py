"""What is kept how long; what is pruned leaves its trace."""

from datetime import timedelta
from uuid import UUID

from services.journal.retention import Retention
from services.journal.settings import JournalSettings
from shared.contracts.identity import record_id
from shared.persistence import archive
from tests.integration.journal.house import NOW, SHOP, House, days_ago


async def stored(house: House, external_id: str, days: float, noun: str = "order") -> UUID:
    """An original that was archived some days ago."""
    async with house.admin.transaction() as tx:
        (payload,) = await archive.store(tx, [archive.RawItem(noun, SHOP, external_id, external_id.encode())])
        await tx.execute("UPDATE archive.payloads SET stored_at = :at WHERE id = :id", at=days_ago(days), id=payload)
    assert payload is not None
    return payload


async def known(house: House, external_id: str, days: float) -> None:
    subject = str(record_id("order", SHOP, external_id))
    entry = house.entry(0, "received", "order_received", subject=subject)
    await house.record(entry.model_copy(update={"at": days_ago(days)}))


async def states(house: House) -> dict[str, str]:
    async with house.service.database.transaction() as tx:
        ids = [row["id"] for row in await tx.rows("SELECT id FROM archive.payloads")]
        return {one.external_id: one.state for one in (await archive.load(tx, ids)).values()}


async def test_an_original_is_pruned_after_ninety_days_and_its_size_and_id_stay(house: House) -> None:
    old, _ = await stored(house, "old", 91), await stored(house, "young", 89)
    retention = Retention(house.service, JournalSettings())
    await retention.payloads()
    await retention.payloads()
    assert await states(house) == {"old": "pruned", "young": "readable"}
    shown = await house.get(f"/journal/payloads/{old}")
    assert (shown["state"], shown["size"], shown["body"]) == ("pruned", 3, None)


async def test_originals_that_come_of_age_later_are_pruned_then(house: House) -> None:
    await stored(house, "a", 89)
    retention = Retention(house.service, JournalSettings())
    await retention.payloads()
    house.now = NOW + timedelta(days=2)
    await retention.payloads()
    assert await states(house) == {"a": "pruned"}


async def test_an_original_the_journal_never_heard_of_is_pruned_as_an_orphan(house: House) -> None:
    for name in ("told", "orphan", "young"):
        await stored(house, name, 5 if name == "young" else 15)
    await stored(house, "listing", 15, noun="article")
    await known(house, "told", 15)
    retention = Retention(house.service, JournalSettings())
    await retention.orphans()
    await retention.orphans()
    assert await states(house) == {"told": "readable", "orphan": "pruned", "young": "readable", "listing": "readable"}


async def test_runs_search_keys_and_counts_go_with_the_journal(house: House) -> None:
    words = {"stream": "order", "seen": "1"}
    for days, run in ((399.0, "young"), (401.0, "old")):
        entry = house.entry(0, "finished", "stream_read", noun="stream", subject="s", params=words, correlation=run)
        entry = entry.model_copy(update={"at": days_ago(days if run == "young" else 399.5)})
        await house.record(entry)
    house.now = NOW + timedelta(hours=13)
    await Retention(house.service, JournalSettings()).months()
    assert [run["id"] for run in (await house.get("/journal/runs"))["items"]] == ["young"]
