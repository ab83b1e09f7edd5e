"""The completeness ledger against the shop's own list."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.journal.counting import Counter
from services.journal.settings import JournalSettings
from tests.integration.journal.house import OTHER, SHOP, House

BERLIN = ZoneInfo("Europe/Berlin")


def at_noon(house: House, days: int = 0) -> datetime:
    """Noon in Berlin, some days before the house's today."""
    return house.now.astimezone(BERLIN).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days)


def open_shop(house: House, connection: UUID = SHOP, *, orders: int = 4, days: int = 0) -> None:
    """A shop with some orders at noon, all of which we know."""
    house.now = at_noon(house).replace(hour=18)
    house.neighbours.connections.append({"id": str(connection), "platform": "pretend", "name": "Pretend shop"})
    stamp = at_noon(house, days).isoformat()
    house.neighbours.census[connection] = [
        {"external_id": f"id-{n}", "number": f"#{n}", "stamp": stamp} for n in range(orders)
    ]
    house.neighbours.known[connection] = [
        {"external_id": f"id-{n}", "status": "imported", "reasons": []} for n in range(orders)
    ]


async def count(house: House, connection: UUID = SHOP, *, days: int = 0, **how: Any) -> Any:
    day = str(at_noon(house, days).date())
    reply = await house.call(
        "POST", "/journal/completeness", json={"connection": str(connection), "since": day, "until": day}, **how
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_what_is_missing_today_is_one_call_for_all_shops(house: House) -> None:
    open_shop(house)
    open_shop(house, OTHER)
    del house.neighbours.known[SHOP][1]
    await count(house)
    await count(house, OTHER)
    body = await house.get("/journal/completeness", language="de")
    assert (body["missing_total"], body["complete"]) == (1, False)
    by_shop = {day["connection"]: day for day in body["days"]}
    assert by_shop[str(SHOP)]["missing"][0]["number"] == "#1"
    assert (by_shop[str(SHOP)]["colour"], by_shop[str(OTHER)]["colour"]) == ("red", "green")
    assert "fehlen" in body["sentence"]


async def test_a_day_that_is_over_and_complete_is_signed_off(house: House) -> None:
    open_shop(house, days=1)
    (day,) = (await count(house, days=1))["days"]
    assert (day["in_shop"], day["known"], day["signed_off"], day["colour"]) == (4, 4, True, "green")


async def test_today_is_not_signed_off_before_it_is_over(house: House) -> None:
    open_shop(house)
    (day,) = (await count(house))["days"]
    assert (day["signed_off"], day["colour"]) == (False, "green")


async def test_parked_and_waiting_orders_are_counted_and_not_missing(house: House) -> None:
    open_shop(house)
    house.neighbours.known[SHOP][0]["status"] = "parked"
    house.neighbours.known[SHOP][1]["status"] = "waiting"
    (day,) = (await count(house))["days"]
    assert (day["parked"], day["waiting"], day["imported"], day["missing_count"]) == (1, 1, 2, 0)
    assert day["colour"] == "amber"


async def test_an_order_that_was_missing_and_arrived_closes_the_problem_by_itself(house: House) -> None:
    open_shop(house)
    lost = house.neighbours.known[SHOP].pop(2)
    await count(house)
    await house.written()
    (group,) = (await house.get("/journal/problems"))["groups"]
    assert (group["code"], group["who"]) == ("completeness_day_missing", "operator")
    assert "#2" in group["sentence"]
    house.neighbours.known[SHOP].append(lost)
    house.now += timedelta(minutes=5)
    await count(house)
    await house.written()
    assert (await house.get("/journal/problems"))["groups"] == []


async def test_counting_twice_is_the_same_and_told_once(house: House) -> None:
    open_shop(house)
    del house.neighbours.known[SHOP][0]
    first, second = await count(house), await count(house)
    assert first == second
    assert len(await house.written()) == 1


async def test_an_order_of_the_last_minutes_is_still_under_way(house: House) -> None:
    open_shop(house)
    house.neighbours.known[SHOP].clear()
    house.now = at_noon(house) + timedelta(minutes=5)
    (day,) = (await count(house))["days"]
    assert (day["under_way"], day["missing_count"], day["colour"]) == (4, 0, "amber")


async def test_the_loop_counts_what_is_due_and_then_rests(house: House) -> None:
    open_shop(house)
    counter = Counter(house.service, JournalSettings())
    await counter.step()
    asked = len(house.neighbours.asked)
    body = await house.get("/journal/completeness", **{"from": str(at_noon(house, 3).date())})
    assert len(body["days"]) == 4
    house.now += timedelta(minutes=10)
    await counter.step()
    assert len([one for one in house.neighbours.asked[asked:] if "census" in one.url.path]) == 0


async def test_a_shop_without_a_list_does_not_stop_the_others_and_is_told(house: House) -> None:
    open_shop(house)
    house.neighbours.connections.insert(0, {"id": str(OTHER), "platform": "pretend", "name": "No list"})
    await Counter(house.service, JournalSettings()).step()
    assert (await house.get("/journal/completeness", connection=str(SHOP)))["days"]
    told = [entry for entry in await house.written() if entry.code == "completeness_not_counted"]
    assert [entry.connection for entry in told] == [OTHER]
    assert "no list" in told[0].params["detail"]


async def test_a_shop_that_its_connector_has_not_heard_of_is_counted_later(house: House) -> None:
    open_shop(house)
    house.neighbours.connections.insert(0, {"id": str(OTHER), "platform": "pretend", "name": "Brand new"})
    house.neighbours.unheard.add(OTHER)
    await Counter(house.service, JournalSettings()).step()
    assert (await house.get("/journal/completeness", connection=str(SHOP)))["days"]
    assert [entry for entry in await house.written() if entry.connection == OTHER] == []


async def test_a_count_on_request_says_when_the_platform_has_no_list(house: House) -> None:
    house.neighbours.connections.append({"id": str(OTHER), "platform": "pretend", "name": "No list"})
    day = str(house.now.date())
    reply = await house.call(
        "POST", "/journal/completeness", json={"connection": str(OTHER), "since": day, "until": day}
    )
    assert reply.status_code == 422


async def test_days_nobody_counted_are_not_called_complete(house: House) -> None:
    body = await house.get("/journal/completeness")
    assert (body["days"], body["complete"]) == ([], False)
    assert "not been counted" in body["sentence"]


async def test_a_span_that_ends_before_it_begins_is_refused(house: House) -> None:
    reply = await house.call("GET", "/journal/completeness", params={"from": "2026-03-05", "to": "2026-03-01"})
    assert (reply.status_code, reply.json()["code"]) == (422, "days_out_of_order")


async def test_a_connection_nobody_has_cannot_be_counted(house: House) -> None:
    day = str(house.now.date())
    reply = await house.call(
        "POST", "/journal/completeness", json={"connection": str(SHOP), "since": day, "until": day}
    )
    assert reply.status_code == 404
