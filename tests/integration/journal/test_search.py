"""Searching the book."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.reason import Reason
from tests.integration.journal.house import OTHER, SHOP, House, order_id


async def fill(house: House) -> None:
    cause = Reason(code="article_unknown", params={"sku": "KESSEL-1"})
    shipped = {"number": "4713", "tracking": "JJD01", "carrier": "dhl"}
    await house.record(
        house.entry(1, "received", "order_received", keys=[("number", "4711")], correlation="run-1"),
        house.entry(2, "parked", "order_parked", "warning", keys=[("number", "4711")], reasons=[cause]),
        house.entry(3, "imported", "order_imported", subject=order_id("12"), connection=OTHER,
                    params={"number": "4712"}, keys=[("number", "4712"), ("sku", "TASSE-2")]),
        house.entry(4, "pushed", "fulfilment_push_done", subject=order_id("13"), params=shipped,
                    keys=[("tracking", "JJD01"), ("parcel", "p1")]),
    )  # fmt: skip


async def codes(house: House, **params: Any) -> list[str]:
    return [item["code"] for item in (await house.get("/journal/entries", **params))["items"]]


async def test_entries_are_told_newest_first(house: House) -> None:
    await fill(house)
    assert await codes(house) == ["fulfilment_push_done", "order_imported", "order_parked", "order_received"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"number": "4711"}, ["order_parked", "order_received"]),
        ({"number": "#4712"}, ["order_imported"]),
        ({"sku": "tasse-2"}, ["order_imported"]),
        ({"tracking": "jjd01"}, ["fulfilment_push_done"]),
        ({"connection": str(OTHER)}, ["order_imported"]),
        ({"action": "parked"}, ["order_parked"]),
        ({"outcome": "warning"}, ["order_parked"]),
        ({"code": "article_unknown"}, ["order_parked"]),
        ({"code": "order_received"}, ["order_received"]),
        ({"noun": "order", "outcome": "ok", "connection": str(SHOP)}, ["fulfilment_push_done", "order_received"]),
        ({"correlation": "run-1"}, ["order_received"]),
        ({"platform": "nowhere"}, []),
        ({"number": "4711", "action": "received"}, ["order_received"]),
        ({"q": "gemeldet"}, ["fulfilment_push_done"]),
        ({"q": "reported shop"}, ["fulfilment_push_done"]),
        ({"q": "dhl"}, ["fulfilment_push_done"]),
        ({"q": "KESSEL-1"}, ["order_parked"]),
        ({"q": "4712"}, ["order_imported"]),
        ({"q": "dhl 4712"}, []),
        ({"q": "gelesen 4711"}, ["order_received"]),
    ],
)
async def test_an_entry_is_found_by(house: House, asked: dict[str, str], found: list[str]) -> None:
    await fill(house)
    assert await codes(house, **asked) == found


async def test_a_span_of_time_limits_what_is_found(house: House) -> None:
    await fill(house)
    begin = house.now - timedelta(hours=1)
    span = {"from": (begin + timedelta(minutes=2)).isoformat(), "to": (begin + timedelta(minutes=4)).isoformat()}
    assert await codes(house, **span) == ["order_imported", "order_parked"]


async def test_a_moment_without_a_time_zone_is_refused(house: House) -> None:
    reply = await house.call("GET", "/journal/entries", params={"from": "2026-03-01T00:00:00"})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "from")


async def test_pages_follow_each_other_without_gap_or_repetition(house: House) -> None:
    entries = [house.entry(n // 3, "received", "order_received") for n in range(25)]
    await house.record(*entries)
    seen: list[str] = []
    after: str | None = None
    for _ in range(4):
        page = await house.get("/journal/entries", limit=7, **({"after": after} if after else {}))
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert after is None
    assert len(seen) == len(set(seen)) == 25
    assert set(seen) == {str(entry.id) for entry in entries}


async def test_an_entry_written_meanwhile_does_not_shift_the_next_page(house: House) -> None:
    await house.record(*(house.entry(n, "received", "order_received") for n in range(4)))
    first = await house.get("/journal/entries", limit=2)
    await house.record(house.entry(50, "imported", "order_imported"))
    second = await house.get("/journal/entries", limit=2, after=first["next"])
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    assert len(second["items"]) == 2


@pytest.mark.parametrize("after", ["x", "W10=", "WyJ4IiwgInkiXQ==", "WzEsIDJd"])
async def test_a_forged_bookmark_is_refused_and_breaks_nothing(house: House, after: str) -> None:
    for path in ("/journal/entries", "/journal/runs", "/journal/settings-changes"):
        reply = await house.call("GET", path, params={"after": after})
        assert (reply.status_code, reply.json()["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "501", "1000000000"])
async def test_no_page_is_larger_than_five_hundred(house: House, limit: str) -> None:
    assert (await house.call("GET", "/journal/entries", params={"limit": limit})).status_code == 422


@pytest.mark.parametrize("q", ["'; DROP TABLE entries; --", "(a+)+$", "%%%", "\u202eabc", "🫖", "a" * 200, "& | ! :*"])
async def test_a_hostile_question_finds_nothing_and_breaks_nothing(house: House, q: str) -> None:
    await fill(house)
    assert (await house.call("GET", "/journal/entries", params={"q": q})).status_code == 200


async def test_a_sentence_is_told_in_the_callers_language(house: House) -> None:
    await fill(house)
    german = (await house.get("/journal/entries", tracking="JJD01", language="de"))["items"][0]
    english = (await house.get("/journal/entries", tracking="JJD01", language="en"))["items"][0]
    assert "gemeldet" in german["sentence"]
    assert "reported" in english["sentence"]


async def test_a_code_of_tomorrow_is_shown_as_it_is(house: House) -> None:
    await house.record(house.entry(1, "failed", "code_of_tomorrow", "error"))
    (item,) = (await house.get("/journal/entries"))["items"]
    assert "code_of_tomorrow" in item["sentence"]
