"""A live shop is not emptied by one bad count: what is held, what goes on, and how it ends."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.inventory import hold_desk, stock_loop
from services.journal.concern import verdict
from shared.contracts.stock import StockPush
from tests.integration.inventory.stockroom import NOW, OTHER, SHOP, Stockroom, at, listing_id

ALL = 30


def numbers(count: int = ALL) -> list[str]:
    return [f"A-{n:04}" for n in range(count)]


async def live_shop(room: Stockroom, count: int = ALL, quantity: int = 5) -> list[str]:
    """A shop whose listings were all told a quantity."""
    names = numbers(count)
    await room.articles(*names)
    await room.take(*[room.listed(name, name) for name in names])
    await stock(room, names, quantity, minute=0)
    for push in await room.pushes():
        await room.report(push)
    await room.journalled()
    return names


async def stock(room: Stockroom, names: Sequence[str], quantity: int, *, minute: float) -> None:
    """One count of many articles."""
    rows = [
        {"article_number": name, "warehouse": "main", "quantity": quantity, "counted_at": at(minute).isoformat(),
         "meaning": "physical"}
        for name in names
    ]  # fmt: skip
    reply = await room.call("PUT", "/levels", json={"rows": rows})
    assert reply.json()["refused"] == 0


async def open_hold(room: Stockroom) -> dict[str, Any]:
    (hold,) = (await room.get("/holds", state="open"))["items"]
    found: dict[str, Any] = hold
    return found


async def decide(room: Stockroom, hold: dict[str, Any], decision: str, **how: Any) -> Any:
    return await room.call("POST", f"/holds/{hold['id']}/{decision}", **how)


def told(pushes: Sequence[StockPush]) -> dict[str, int]:
    return {push.sku: push.quantity for push in pushes}


async def test_a_count_that_would_empty_a_fifth_of_the_shop_is_held_with_an_alert(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    assert await stockroom.pushes() == []
    hold = await open_hold(stockroom)
    assert (hold["reason"], hold["zeroed"], hold["listings"], hold["waiting"]) == ("zero", 20, ALL, 20)
    assert hold["examples"][0]["shown"] == 5
    assert "sell what is not there" in hold["said"]["sentence"]
    entries = await stockroom.journalled()
    (alert,) = [one for one in entries if one.outcome == "error"]
    assert (alert.noun, alert.subject, alert.code) == ("hold", hold["id"], "stock_hold_raised")
    skipped = [one for one in entries if one.code == "stock_zero_push_held"]
    assert {one.params["sku"] for one in skipped} == set(names[:20])
    view = await stockroom.get(f"/listings/{listing_id(names[0])}/quantity")
    assert view["places"][0]["waits_because"]["code"] == "stock_push_held"
    assert (await stockroom.get(f"/summary/{SHOP}"))["held"] == 20


@pytest.mark.parametrize("zeroed", [6, 9])
async def test_a_fall_below_the_limits_is_never_held(stockroom: Stockroom, zeroed: int) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:zeroed], 0, minute=1)
    assert told(await stockroom.pushes()) == dict.fromkeys(names[:zeroed], 0)
    assert (await stockroom.get("/holds"))["items"] == []


async def test_everything_that_does_not_fall_to_zero_goes_on_in_the_same_batch(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stock(stockroom, names[20:], 4, minute=1)
    assert told(await stockroom.pushes()) == dict.fromkeys(names[20:], 4)


async def test_sales_go_out_at_once_while_a_hold_waits_even_those_that_sell_a_listing_out(
    stockroom: Stockroom,
) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    await stockroom.take(
        stockroom.order("1", 1, [(names[20], 2)]), stockroom.order("2", 1, [(names[21], 5), (names[0], 1)])
    )  # fmt: skip
    assert told(await stockroom.pushes()) == {names[20]: 3, names[21]: 0}
    assert (await open_hold(stockroom))["waiting"] == 20


async def test_many_small_falls_within_the_window_add_up(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:6], 0, minute=1)
    assert len(await stockroom.pushes()) == 6
    stockroom.now = NOW + timedelta(minutes=5)
    await stock(stockroom, names[6:12], 0, minute=1)
    assert await stockroom.pushes() == []
    assert (await open_hold(stockroom))["zeroed"] == 6


async def test_what_fell_to_zero_before_the_window_does_not_count(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:6], 0, minute=1)
    await stockroom.pushes()
    stockroom.now = NOW + timedelta(minutes=11)
    await stock(stockroom, names[6:12], 0, minute=1)
    assert len(await stockroom.pushes()) == 6


async def test_a_bad_count_in_many_batches_is_seen_before_the_first_one_goes_out(
    stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = await live_shop(stockroom, 120)
    monkeypatch.setattr(stock_loop, "BATCH", 15)
    await stock(stockroom, names[:60], 0, minute=1)
    assert await stockroom.pushes() == []
    assert (await open_hold(stockroom))["waiting"] == 60


async def test_confirmed_zeros_go_out_once_with_the_numbers_of_that_moment(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    await stock(stockroom, names[:1], 7, minute=2)
    first = await decide(stockroom, hold, "confirm")
    again = await decide(stockroom, hold, "confirm")
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.json()["state"], again.json()["decided_by"]) == ("confirmed", "anna (operate)")
    pushes = await stockroom.pushes()
    assert told(pushes) == {names[0]: 7} | dict.fromkeys(names[1:20], 0)
    assert len(pushes) == 20
    assert await stockroom.pushes() == []
    entries = await stockroom.journalled("stock_hold_confirmed")
    assert [(one.actor, one.outcome, one.subject) for one in entries] == [("anna (operate)", "ok", hold["id"])]


@pytest.mark.parametrize("decision", ["confirm", "discard"])
async def test_the_alert_of_a_hold_is_an_open_problem_until_somebody_decides(
    stockroom: Stockroom, decision: str
) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    await decide(stockroom, await open_hold(stockroom), decision)
    raised, settled = [one for one in map(verdict, await stockroom.journalled()) if one and one.entry.noun == "hold"]
    assert [cause.code for cause in raised.causes] == ["stock_hold_raised"]
    assert (settled.key, settled.causes) == (raised.key, ())


async def test_after_a_confirmation_the_guard_watches_as_before(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:10], 0, minute=1)
    await stockroom.pushes()
    await decide(stockroom, await open_hold(stockroom), "confirm")
    assert len(await stockroom.pushes()) == 10
    await stockroom.take(stockroom.order("1", 1, [(names[10], 5)]))
    assert told(await stockroom.pushes()) == {names[10]: 0}
    await stock(stockroom, names[11:], 0, minute=3)
    assert await stockroom.pushes() == []
    assert (await open_hold(stockroom))["zeroed"] == 19


async def test_discarded_zeros_leave_the_shop_as_it_is_until_a_number_changes(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    for _ in range(2):
        assert (await decide(stockroom, hold, "discard")).json()["state"] == "discarded"
    assert await stockroom.pushes() == []
    view = await stockroom.get(f"/listings/{listing_id(names[0])}/quantity")
    assert view["places"][0]["waits_because"]["code"] == "stock_push_discarded"
    await stockroom.take(stockroom.listed(names[0], names[0], minute=2, title="read again"))
    assert await stockroom.pushes() == []
    await stock(stockroom, names[:2], 3, minute=2)
    assert told(await stockroom.pushes()) == dict.fromkeys(names[:2], 3)
    await stockroom.take(stockroom.order("1", 1, [(names[0], 3)]))
    assert told(await stockroom.pushes()) == {names[0]: 0}
    (entry,) = await stockroom.journalled("stock_hold_discarded")
    assert entry.params["zeroed"] == "20"


async def test_what_was_discarded_cannot_be_confirmed_afterwards(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    await decide(stockroom, hold, "discard")
    reply = await decide(stockroom, hold, "confirm")
    assert (reply.status_code, reply.json()["code"]) == (409, "stock_hold_decided")
    assert await stockroom.pushes() == []


async def test_a_count_that_is_corrected_ends_the_hold_by_itself(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    await stock(stockroom, names[:20], 5, minute=2)
    assert await stockroom.pushes() == []
    assert (await stockroom.get(f"/holds/{hold['id']}"))["state"] == "over"
    assert [one.outcome for one in await stockroom.journalled("stock_hold_over")] == ["ok"]


async def test_a_hold_ends_with_its_connection(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    await stockroom.connect(version=2, deleted=True)
    await hold_desk.look_after(stockroom.service)
    assert (await stockroom.get(f"/holds/{hold['id']}"))["state"] == "over"
    assert await stockroom.pushes() == []


async def test_a_set_time_confirms_in_the_place_of_a_person(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    body = {"guard": {"confirm_after_minutes": 30}}
    assert (await stockroom.call("PUT", f"/settings/{SHOP}", json=body)).status_code == 200
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    stockroom.now = NOW + timedelta(minutes=29)
    await hold_desk.look_after(stockroom.service)
    assert await stockroom.pushes() == []
    stockroom.now = NOW + timedelta(minutes=30)
    await hold_desk.look_after(stockroom.service)
    await hold_desk.look_after(stockroom.service)
    assert told(await stockroom.pushes()) == dict.fromkeys(names[:20], 0)
    (entry,) = await stockroom.journalled("stock_hold_confirmed")
    assert entry.actor == "guard.confirm_after_minutes"


async def test_several_workers_together_let_no_more_through_than_one(
    stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = await live_shop(stockroom, 200)
    monkeypatch.setattr(stock_loop, "BATCH", 8)
    for name in names[:90]:
        await stockroom.take(stockroom.order(f"o {name}", 1, [(name, 5)]))
    await asyncio.gather(*(_work(stockroom) for _ in range(3)))
    sent = await stockroom.sent("stock.push")
    hold = await open_hold(stockroom)
    held = hold["waiting"]
    assert len(sent) <= 40
    assert len(sent) + held == 90
    assert len({push.sku for push in sent}) == len(sent)
    await decide(stockroom, hold, "confirm")
    await asyncio.gather(*(_work(stockroom) for _ in range(3)))
    assert len(await stockroom.sent("stock.push")) == held


async def _work(stockroom: Stockroom) -> None:
    while await stock_loop.step(stockroom.service):
        pass


async def test_a_worker_that_dies_before_its_commit_leaves_no_trace_of_its_verdict(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)

    async def dies() -> None:
        async with stockroom.service.database.transaction() as tx:
            await stock_loop.tell(stockroom.service, tx, {listing_id(name): "" for name in names[:20]})
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await dies()
    assert (await stockroom.get("/holds"))["items"] == []
    assert await stockroom.pushes() == []
    assert (await open_hold(stockroom))["waiting"] == 20


async def unsold(room: Stockroom, count: int = ALL, quantity: int = 5, *, productive: bool = True) -> list[str]:
    """A shop that sells from its own quantities and was never told one by us."""
    await room.connect(version=2, productive=productive)
    names = numbers(count)
    await room.articles(*names)
    await room.take(*[room.listed(name, name, quantity=quantity) for name in names])
    return names


async def test_a_first_push_that_would_empty_the_shop_waits_as_a_whole(stockroom: Stockroom) -> None:
    names = await unsold(stockroom, productive=False)
    await stock(stockroom, names[:5], 9, minute=1)
    await stockroom.pushes()
    await stockroom.connect(version=3)
    assert await stockroom.pushes() == []
    hold = await open_hold(stockroom)
    assert (hold["reason"], hold["zeroed"], hold["listings"]) == ("first", 25, ALL)
    assert [one.outcome for one in await stockroom.journalled("stock_first_hold_raised")] == ["error"]
    checked = await stockroom.get("/checklist", connection=str(SHOP))
    states = {item["name"]: item["state"] for item in checked}
    assert states == {
        "warehouses": "done", "matching": "done", "levels": "attention", "preview": "attention", "subtraction": "done"
    }  # fmt: skip
    for _ in range(2):
        assert (await decide(stockroom, hold, "confirm")).status_code == 200
    assert told(await stockroom.pushes()) == dict.fromkeys(names[:5], 9) | dict.fromkeys(names[5:], 0)
    assert (await stockroom.get("/holds", state="open"))["items"] == []


async def test_a_first_push_waits_no_longer_once_the_missing_stock_was_counted(stockroom: Stockroom) -> None:
    names = await unsold(stockroom)
    assert await stockroom.pushes() == []
    hold = await open_hold(stockroom)
    await stock(stockroom, names, 4, minute=1)
    assert await stockroom.pushes() == []
    await hold_desk.look_after(stockroom.service)
    assert told(await stockroom.pushes()) == dict.fromkeys(names, 4)
    assert (await stockroom.get(f"/holds/{hold['id']}"))["state"] == "over"


async def test_a_discarded_first_push_sends_nothing_and_is_weighed_anew_with_the_next_change(
    stockroom: Stockroom,
) -> None:
    names = await unsold(stockroom)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    await decide(stockroom, hold, "discard")
    assert await stockroom.pushes() == []
    await stock(stockroom, names[:1], 4, minute=1)
    assert await stockroom.pushes() == []
    assert (await open_hold(stockroom))["zeroed"] == 29


async def test_a_harmless_first_push_waits_for_nobody(stockroom: Stockroom) -> None:
    names = await unsold(stockroom, productive=False)
    await stock(stockroom, names, 1, minute=1)
    await stockroom.pushes()
    await stockroom.connect(version=3)
    assert told(await stockroom.pushes()) == dict.fromkeys(names, 1)


async def test_a_merchant_may_want_to_see_every_first_push(stockroom: Stockroom) -> None:
    await stockroom.call("PUT", f"/settings/{SHOP}", json={"guard": {"first": "always"}})
    names = await unsold(stockroom, 2)
    await stock(stockroom, names, 5, minute=1)
    assert await stockroom.pushes() == []
    await hold_desk.look_after(stockroom.service)
    assert await stockroom.pushes() == []
    await decide(stockroom, await open_hold(stockroom), "confirm")
    assert told(await stockroom.pushes()) == dict.fromkeys(names, 5)


async def test_listings_whose_quantity_nobody_knows_change_but_do_not_fall(stockroom: Stockroom) -> None:
    names = numbers()
    await stockroom.articles(*names)
    await stockroom.take(*[stockroom.listed(name, name) for name in names])
    seen = await stockroom.get(f"/preview/{SHOP}")
    assert (seen["sums"]["changed"], seen["sums"]["to_zero"]) == (ALL, 0)
    assert told(await stockroom.pushes()) == dict.fromkeys(names, 0)


async def test_a_preview_says_what_a_push_would_do_and_why_and_writes_nothing(stockroom: Stockroom) -> None:
    names = await unsold(stockroom, 12, 10, productive=False)
    await stockroom.take(
        stockroom.listed("stray", "nobody"), stockroom.listed("virtual", "V-1", counts_stock=False),
        stockroom.listed("gone", "A-0000", state="deleted"),
    )  # fmt: skip
    await stockroom.articles("V-1")
    await stock(stockroom, names[:4], 10, minute=1)
    await stock(stockroom, names[4:6], 7, minute=1)
    await stock(stockroom, names[6:8], 6, minute=1)
    before = await everything(stockroom)
    seen = await stockroom.get(f"/preview/{SHOP}")
    sums = {name: seen["sums"][name] for name in ("unchanged", "changed", "moved", "to_zero", "unmatched", "blocked")}
    assert sums == {"unchanged": 4, "changed": 2, "moved": 2, "to_zero": 4, "unmatched": 1, "blocked": 1}
    assert (seen["sums"]["listings"], seen["sums"]["needs_confirmation"]) == (12, False)
    assert seen["blocked_by"]["code"] == "productive_mode_off"
    lowered = next(item for item in seen["items"] if item["sku"] == names[4])
    assert (lowered["effect"], lowered["places"][0]["shown"], lowered["places"][0]["quantity"]) == ("changed", 10, 7)
    assert "So 7 pieces can be sold." in lowered["places"][0]["explanation"][-1]["sentence"]
    paged, after = [], None
    while True:
        page = await stockroom.get(f"/preview/{SHOP}", limit=5, **({} if after is None else {"after": after}))
        paged += [item["listing_id"] for item in page["items"]]
        if (after := page["next"]) is None:
            break
    assert paged == [item["listing_id"] for item in seen["items"]] == sorted(set(paged))
    only = await stockroom.get(f"/preview/{SHOP}", effect="moved", limit=1)
    assert {item["sku"] for item in only["items"]} <= set(names[6:8])
    assert await everything(stockroom) == before


async def everything(room: Stockroom) -> dict[str, Any]:
    """All rows that a push could touch."""
    found = {}
    async with room.service.database.transaction() as tx:
        for table in ("offers", "pushes", "dirty", "outbox", "guards", "holds", "held_listings", "zeroings"):
            found[table] = await tx.rows(f"SELECT to_jsonb(t) AS row FROM {table} t ORDER BY 1")
    return found


async def test_holds_and_previews_of_other_shops_are_not_seen_nor_decided(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names, 0, minute=1)
    await stockroom.pushes()
    hold = await open_hold(stockroom)
    token = await stockroom.key("operate", [OTHER])
    assert (await stockroom.call("GET", "/holds", token=token)).json()["items"] == []
    for decision in ("confirm", "discard"):
        assert (await decide(stockroom, hold, decision, token=token)).status_code == 404
    for path in (f"/preview/{SHOP}", f"/checklist?connection={SHOP}", f"/holds/{hold['id']}"):
        assert (await stockroom.call("GET", path, token=token)).status_code == 404
    assert (await decide(stockroom, hold, "confirm", role="support")).status_code == 403


async def test_a_pause_while_a_hold_waits_does_not_lift_it(stockroom: Stockroom) -> None:
    names = await live_shop(stockroom)
    await stock(stockroom, names[:20], 0, minute=1)
    await stockroom.pushes()
    await stockroom.connect(version=2, paused_because="paused_by_hand")
    assert await stockroom.pushes() == []
    await stockroom.connect(version=3)
    assert await stockroom.pushes() == []
    assert (await open_hold(stockroom))["waiting"] == 20


async def test_a_checklist_names_levels_that_would_be_reduced_twice(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.call("PUT", "/warehouses/second", json={})
    await stockroom.count("A-1", 3, when=at(1), warehouse="second", meaning="available")
    checked = await stockroom.get("/checklist", connection=str(SHOP))
    point = next(item for item in checked if item["name"] == "subtraction")
    assert (point["state"], point["code"]) == ("attention", "checklist_subtracted_twice")
    assert all(item["state"] != "missing" for item in checked)
    empty = await stockroom.get("/checklist", connection=str(OTHER))
    assert "missing" in {item["state"] for item in empty}
