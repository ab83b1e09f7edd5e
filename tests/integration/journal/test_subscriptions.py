"""Who may subscribe to what, and what the API answers to wrong wishes; webhooks from the secret to the signature."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.ops.keyring import add_key
from tests.integration.journal.alarm import courier, imported, look, parked, subscribe, with_key_ring
from tests.integration.journal.house import OTHER, SHOP, House
from tests.wired.journal.receiver import receiving

SUBSCRIPTIONS = "/journal/subscriptions"
MAIL: dict[str, Any] = {"way": "mail", "address": "lager@example.com"}


@pytest.fixture(autouse=True)
def _set_up(house: House, tmp_path: Path) -> None:
    with_key_ring(house, tmp_path)


async def test_a_subscription_is_made_read_changed_listed_and_ended(house: House) -> None:
    made = await subscribe(house, rhythm="weekly", weekday=5, hour=7, connections=[str(SHOP)])
    assert (made["secret"], made["created_by"]) == (None, "anna (operate)")
    path = f"{SUBSCRIPTIONS}/{made['id']}"
    reply = await house.call("PATCH", path, role="operate", json={"hour": 9, "address": "neu@example.com"})
    assert (reply.status_code, reply.json()["hour"]) == (200, 9)
    assert (await house.get(path))["address"] == "neu@example.com"
    assert [one["id"] for one in (await house.get(SUBSCRIPTIONS))["items"]] == [made["id"]]
    assert (await house.call("DELETE", path, role="operate")).status_code == 204
    assert (await house.call("GET", path)).status_code == 404
    await house.written()
    told = {
        (one["code"], one["params"].get("field"), one["params"].get("before"), one["params"].get("after"))
        for one in (await house.get("/journal/settings-changes"))["items"]
    }
    assert told == {
        ("subscription_created", None, None, None),
        ("subscription_changed", "hour", "7", "9"),
        ("subscription_changed", "address", "l…@example.com", "n…@example.com"),
        ("subscription_deleted", None, None, None),
    }


async def test_a_change_that_changes_nothing_is_no_entry(house: House) -> None:
    made = await subscribe(house)
    await house.written()
    path = f"{SUBSCRIPTIONS}/{made['id']}"
    assert (await house.call("PATCH", path, role="operate", json={"hour": made["hour"]})).status_code == 200
    assert await house.written() == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (MAIL | {"address": "lager"}, "address"),
        (MAIL | {"address": "a@b.de\r\nBcc: c@d.de"}, "address"),
        (MAIL | {"address": "eins@b.de, zwei@b.de"}, "address"),
        (MAIL | {"zone": "Mars/Olympus"}, "zone"),
        (MAIL | {"hour": 24}, "hour"),
        (MAIL | {"rhythm": "hourly"}, "rhythm"),
        (MAIL | {"colour": "red"}, "colour"),
        (MAIL | {"connections": []}, "connections"),
        (MAIL | {"connections": [str(uuid4())]}, "connections"),
        ({"way": "webhook", "address": "https://127.0.0.1/hook"}, "address"),
        ({"way": "webhook", "address": "http://example.com/hook"}, "address"),
    ],
)
async def test_a_wrong_wish_is_refused_by_name(house: House, wish: dict[str, Any], field: str) -> None:
    reply = await house.call("POST", SUBSCRIPTIONS, role="operate", json=wish)
    assert (reply.status_code, reply.json()["field"]) == (422, field)
    assert (await house.get(SUBSCRIPTIONS))["items"] == []


async def test_half_quiet_hours_and_null_where_it_means_nothing_are_refused(house: House) -> None:
    assert (await house.call("POST", SUBSCRIPTIONS, role="operate", json=MAIL | {"quiet_from": 22})).status_code == 422
    made = await subscribe(house, quiet_from=22, quiet_until=6)
    path = f"{SUBSCRIPTIONS}/{made['id']}"
    half = await house.call("PATCH", path, role="operate", json={"quiet_from": None})
    assert (half.status_code, half.json()["code"]) == (422, "quiet_hours_invalid")
    assert (await house.call("PATCH", path, role="operate", json={"hour": None})).status_code == 422
    none = await house.call("PATCH", path, role="operate", json={"quiet_from": None, "quiet_until": None})
    assert (none.status_code, none.json()["quiet_until"]) == (200, None)


async def test_a_key_sees_and_touches_only_subscriptions_within_its_connections(house: House) -> None:
    all_of_them = await subscribe(house)
    of_other = await subscribe(house, connections=[str(OTHER)])
    limited = await house.key("operate", [SHOP])
    own = (await house.call("POST", SUBSCRIPTIONS, token=limited, json=MAIL)).json()
    assert own["connections"] == [str(SHOP)], "all the key may see is what it may see now"
    listed = (await house.call("GET", SUBSCRIPTIONS, token=limited)).json()["items"]
    assert [one["id"] for one in listed] == [own["id"]]
    for foreign in (all_of_them, of_other):
        path = f"{SUBSCRIPTIONS}/{foreign['id']}"
        assert (await house.call("GET", path, token=limited)).status_code == 404
        assert (await house.call("PATCH", path, token=limited, json={"hour": 1})).status_code == 404
        assert (await house.call("DELETE", path, token=limited)).status_code == 404
        assert (await house.call("POST", f"{path}/test", token=limited)).status_code == 404
    beyond = await house.call("POST", SUBSCRIPTIONS, token=limited, json=MAIL | {"connections": [str(OTHER)]})
    assert (beyond.status_code, beyond.json()["field"]) == (422, "connections")
    wider = await house.call("PATCH", f"{SUBSCRIPTIONS}/{own['id']}", token=limited, json={"connections": None})
    assert wider.json()["connections"] == [str(SHOP)]
    nothing = await house.key("operate", [])
    assert (await house.call("POST", SUBSCRIPTIONS, token=nothing, json=MAIL)).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "role", "status"),
    [
        ("GET", "", "read", 403),
        ("GET", "", "support", 200),
        ("POST", "", "support", 403),
        ("POST", "/reseal", "operate", 403),
        ("POST", "/reseal", "admin", 200),
    ],
)
async def test_the_role_decides(house: House, method: str, path: str, role: str, status: int) -> None:
    reply = await house.call(method, SUBSCRIPTIONS + path, role=role, json=MAIL if method == "POST" else None)
    assert reply.status_code == status


async def test_the_list_is_paged(house: House) -> None:
    for n in range(5):
        await subscribe(house, address=f"m{n}@example.com")
        house.now += timedelta(seconds=1)
    first = await house.get(SUBSCRIPTIONS, limit=3)
    second = await house.get(SUBSCRIPTIONS, limit=3, after=first["next"])
    addresses = [one["address"] for one in first["items"] + second["items"]]
    assert addresses == [f"m{n}@example.com" for n in range(5)]
    assert second["next"] is None


async def test_the_same_idempotency_key_is_the_same_subscription_and_secret(house: House) -> None:
    headers = {"Idempotency-Key": "once-and-for-all"}
    wish = {"way": "webhook", "address": "https://example.com/hook"}
    first, second = [
        (await house.call("POST", SUBSCRIPTIONS, role="operate", json=wish, headers=headers)).json() for _ in range(2)
    ]
    assert (first["id"], first["secret"]) == (second["id"], second["secret"])
    other = await house.call("POST", SUBSCRIPTIONS, role="operate", json=MAIL, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "subscription_key_reused")


async def test_a_webhook_is_signed_with_a_secret_that_is_shown_once_and_sealed_at_rest(
    house: House, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        with_key_ring(house, tmp_path, receiver.host)
        made = (await _webhook(house, receiver.address)).json()
        receiver.secret = made["secret"]
        assert "secret" not in await house.get(f"{SUBSCRIPTIONS}/{made['id']}")
        async with house.admin.transaction() as tx:
            stored = str(await tx.rows("SELECT * FROM subscriptions"))
        assert made["secret"] not in stored
        await house.record(parked(house, "1"))
        await look(house)
        await courier(house).step()
        await house.record(imported(house, "1"))
        await look(house)
        await courier(house).step()
    opened, closed = receiver.messages
    assert opened["opened"][0]["examples"][0]["label"] == "1"
    assert (opened["opened"][0]["connection_name"], closed["closed"][0]["code"]) == ("Küchenladen", "article_unknown")
    assert made["secret"] not in str([one.model_dump() for one in await house.written()])


async def test_a_webhook_that_fails_is_tried_again_with_the_same_id(house: House, tmp_path: Path) -> None:
    async with receiving() as receiver:
        with_key_ring(house, tmp_path, receiver.host)
        receiver.secret = (await _webhook(house, receiver.address)).json()["secret"]
        await house.record(parked(house, "1"))
        await look(house)
        receiver.answers += [500, 503]
        for minutes in (1, 2, 4):
            await courier(house).step()
            house.now += timedelta(minutes=minutes)
    assert receiver.calls == 3
    assert len(receiver.messages) == 1


async def test_a_rotated_key_ring_still_signs_also_without_its_old_key(house: House, tmp_path: Path) -> None:
    async with receiving() as receiver:
        with_key_ring(house, tmp_path, receiver.host)
        made = (await _webhook(house, receiver.address)).json()
        receiver.secret = made["secret"]
        ring = tmp_path / "keyring"
        add_key(ring)
        assert (await house.call("POST", f"{SUBSCRIPTIONS}/reseal", role="admin")).json() == {"resealed": 1}
        ring.write_text(ring.read_text().splitlines()[0] + "\n")
        tried = await house.call("POST", f"{SUBSCRIPTIONS}/{made['id']}/test", role="operate")
    assert tried.json()["ok"] is True
    assert [one["type"] for one in receiver.messages] == ["test"]


async def test_a_test_says_what_is_wrong(house: House) -> None:
    made = await subscribe(house)
    tried = (await house.call("POST", f"{SUBSCRIPTIONS}/{made['id']}/test", role="operate", language="de")).json()
    assert tried["ok"] is False
    assert "kein Mailserver" in tried["sentence"]
    assert "JOURNAL_SMTP_HOST" in tried["advice"]


async def _webhook(house: House, address: str) -> Any:
    wish = {"way": "webhook", "address": address, "language": "en"}
    reply = await house.call("POST", SUBSCRIPTIONS, role="operate", json=wish)
    assert reply.status_code == 201, reply.text
    return reply
