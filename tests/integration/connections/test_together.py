"""Two people at one connection, and one wish that arrives twice."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.connections.service import tidy
from shared.chassis.idempotency import KEPT, UNDER_WAY
from shared.chassis.sealing import KeyRing
from tests.integration.connections.house import House

pytestmark = pytest.mark.integration
REPLAYED = "idempotency-replayed"


async def count(house: House) -> Any:
    return await house.value("SELECT count(*) FROM connections.connections")


async def test_the_second_of_two_people_sees_both_values_and_may_decide(house: House) -> None:
    made = await house.connect()
    path = f"/connections/{made['id']}"
    seen = (await house.call("GET", path)).headers["etag"]
    first = await house.call("PATCH", path, {"name": "North", "integration": {"stock": False}}, If_Match=seen)
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    late = {"name": "South", "integration": {"stock": True}}
    second = await house.call("PATCH", path, late, If_Match=seen)
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")
    assert (second.json()["your_version"], second.json()["current_version"]) == (1, 2)
    assert second.json()["values"] == [
        {"field": "name", "yours": "South", "current": "North"},
        {"field": "integration.stock", "yours": True, "current": False},
    ]
    assert (await house.call("GET", path)).json()["name"] == "North"
    decided = await house.call("PATCH", path, late, If_Match=first.headers["etag"])
    assert (decided.status_code, decided.json()["name"]) == (200, "South")


async def test_without_if_match_the_last_writer_wins(house: House) -> None:
    path = f"/connections/{(await house.connect())['id']}"
    for name in ("North", "South"):
        assert (await house.call("PATCH", path, {"name": name})).status_code == 200
    assert (await house.call("GET", path)).json()["name"] == "South"


async def test_new_credentials_for_a_state_that_is_gone_are_not_stored(house: House) -> None:
    made = await house.connect()
    path = f"/connections/{made['id']}"
    await house.call("PATCH", path, {"name": "North"})
    before = await house.value("SELECT sealed FROM connections.connections")
    body = {"credentials": house.credentials("woocommerce")}
    stale = await house.call("PUT", f"{path}/credentials", body, If_Match='"1"')
    assert (stale.status_code, stale.json()["current_version"]) == (409, 2)
    assert await house.value("SELECT sealed FROM connections.connections") == before
    renewed = await house.call("PUT", f"{path}/credentials", body, If_Match='"2"')
    assert (renewed.status_code, renewed.headers["etag"]) == (200, '"3"')


async def test_two_who_change_at_the_same_moment_do_not_both_win(house: House) -> None:
    path = f"/connections/{(await house.connect())['id']}"
    both = (house.call("PATCH", path, {"name": name}, If_Match='"1"') for name in ("North", "South"))
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [200, 409]


async def test_the_same_wish_twice_makes_one_connection_and_gets_the_same_answer(house: House) -> None:
    wanted = house.wanted()
    first = await house.call("POST", "/connections", wanted, Idempotency_Key="wish-1")
    again = await house.call("POST", "/connections", wanted, Idempotency_Key="wish-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert (again.json(), again.headers["etag"]) == (first.json(), first.headers["etag"])
    assert (await count(house), await house.told("connection_created")) == (1, 1)
    other = await house.call("POST", "/connections", wanted | {"name": "South"}, Idempotency_Key="wish-1")
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (
        422,
        "idempotency_key_reused",
        "Idempotency-Key",
    )
    assert await count(house) == 1


async def test_the_same_wish_twice_at_once_is_carried_out_once(house: House) -> None:
    wanted, key = house.wanted(), await house.key("admin")
    both = (house.call("POST", "/connections", wanted, key=key, Idempotency_Key="wish-2") for _ in range(2))
    answers = await asyncio.gather(*both)
    assert await count(house) == 1
    assert all(one.status_code == 201 or one.json()["code"] == "idempotency_under_way" for one in answers)
    assert any(one.status_code == 201 for one in answers)


async def test_a_change_repeated_after_somebody_elses_does_not_undo_it(house: House) -> None:
    path = f"/connections/{(await house.connect())['id']}"
    first = await house.call("PATCH", path, {"name": "North"}, Idempotency_Key="wish-3")
    await house.call("PATCH", path, {"name": "South"})
    again = await house.call("PATCH", path, {"name": "North"}, Idempotency_Key="wish-3")
    assert again.json() == first.json()
    assert (await house.call("GET", path)).json()["name"] == "South"


async def test_a_refused_wish_leaves_its_key_free(house: House) -> None:
    wanted = house.wanted()
    wrong = wanted | {"credentials": wanted["credentials"] | {"consumer_secret": "cs_wrong"}}
    assert (await house.call("POST", "/connections", wrong, Idempotency_Key="wish-4")).status_code == 422
    assert (await house.call("POST", "/connections", wanted, Idempotency_Key="wish-4")).status_code == 201
    assert await count(house) == 1


async def test_two_callers_may_choose_the_same_key(house: House) -> None:
    keys = [await house.key("admin", name=name) for name in ("Anna", "Ben")]
    both = (house.call("POST", "/connections", house.wanted(), key=key, Idempotency_Key="same") for key in keys)
    answers = await asyncio.gather(*both)
    assert [(one.status_code, REPLAYED in one.headers) for one in answers] == [(201, False)] * 2
    assert await count(house) == 2


async def test_a_key_without_a_right_gets_no_answer_that_was_kept(house: House) -> None:
    wanted = house.wanted()
    await house.call("POST", "/connections", wanted, Idempotency_Key="wish-5")
    reader = await house.key("read")
    assert (await house.call("POST", "/connections", wanted, key=reader, Idempotency_Key="wish-5")).status_code == 403
    assert (
        await house.call("POST", "/connections", wanted, key="kontor_nobody", Idempotency_Key="wish-5")
    ).status_code == 401


async def test_a_wish_whose_process_died_runs_again_and_still_makes_one_connection(house: House) -> None:
    wanted = house.wanted()
    made = (await house.call("POST", "/connections", wanted, Idempotency_Key="wish-6")).json()
    async with house.owner.transaction() as tx:
        await tx.execute("UPDATE connections.idempotency SET status = NULL, body = NULL")
    waits = await house.call("POST", "/connections", wanted, Idempotency_Key="wish-6")
    assert (waits.status_code, waits.json()["code"]) == (409, "idempotency_under_way")
    house.clock.shifted = UNDER_WAY + timedelta(seconds=1)
    again = await house.call("POST", "/connections", wanted, Idempotency_Key="wish-6")
    assert (again.status_code, again.json()["id"]) == (201, made["id"])
    assert await count(house) == 1


async def test_a_new_api_key_is_shown_once_and_kept_nowhere(house: House) -> None:
    body = {"name": "Warehouse", "role": "operate"}
    first = await house.call("POST", "/access/keys", body, Idempotency_Key="wish-7")
    assert first.status_code == 201
    again = await house.call("POST", "/access/keys", body, Idempotency_Key="wish-7")
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_shown_once")
    assert first.json()["key"] not in again.text
    assert await house.value("SELECT count(*) FROM access.api_keys WHERE name = 'Warehouse'") == 1
    assert await house.value("SELECT body FROM connections.idempotency WHERE key = 'wish-7'") is None


async def test_credentials_entered_while_all_are_sealed_anew_are_kept(house: House) -> None:
    id = UUID((await house.connect())["id"])
    ring = KeyRing.read(house.service("connections").settings.key_ring)
    entered = ring.seal({"url": "https://new.example"}, id, "woocommerce")
    async with house.owner.transaction() as tx:
        await tx.execute("UPDATE connections.connections SET sealed = :sealed WHERE id = :id", id=id, sealed=entered)
        resealing = asyncio.create_task(house.call("POST", "/connections/reseal"))
        await asyncio.sleep(1)
        assert not resealing.done()
    assert (await resealing).json() == {"resealed": 1}
    sealed = await house.value("SELECT sealed FROM connections.connections WHERE id = :id", id=id)
    assert ring.open(sealed, id, "woocommerce") == {"url": "https://new.example"}


@pytest.mark.parametrize("key", ["two words", "x" * 201])
async def test_an_impossible_key_is_refused_by_name(house: House, key: str) -> None:
    answer = await house.call("POST", "/connections/reseal", Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")


async def test_every_write_of_the_service_names_the_header(house: House) -> None:
    for prefix in ("/connections", "/access"):
        paths = (await house.http.get(f"{prefix}/openapi.json")).json()["paths"]
        for path, item in paths.items():
            for method, described in item.items():
                named = [one["name"] for one in described.get("parameters", ()) if one["in"] == "header"]
                assert ("Idempotency-Key" in named) is (method != "get"), f"{method} {path}"


async def test_answers_are_forgotten_after_a_week(house: House) -> None:
    path = f"/connections/{(await house.connect())['id']}"
    await house.call("PATCH", path, {"name": "North"}, Idempotency_Key="wish-8")
    house.clock.shifted = KEPT + timedelta(minutes=1)
    await tidy(house.service("connections"))
    assert await house.value("SELECT count(*) FROM connections.idempotency") == 0
