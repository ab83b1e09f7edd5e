"""Who may see what."""

from uuid import UUID

import pytest

from shared.persistence import archive
from tests.integration.journal.house import OTHER, ROLES, SHOP, House, order_id

READING = ["/journal/entries", "/journal/settings-changes", f"/journal/timeline/order/{order_id('9')}",
           "/journal/timeline?number=4711", "/journal/runs", "/journal/problems", "/journal/completeness"]  # fmt: skip


@pytest.mark.parametrize("path", READING)
async def test_the_journal_is_open_to_support_and_above_and_to_our_machines(house: House, path: str) -> None:
    await house.record(house.entry(1, "imported", "order_imported", keys=[("number", "4711")]))
    answers = {role: (await house.call("GET", path, role=role)).status_code for role in ROLES}
    assert answers == {"read": 403, "support": 200, "operate": 200, "admin": 200, "service": 200}


async def test_only_an_admin_may_erase_or_read_the_report(house: House) -> None:
    for role in ("read", "support", "operate", "service"):
        body = {"customer": "erika@example.org"}
        assert (await house.call("POST", "/privacy/erasures", role=role, json=body)).status_code == 403
        path = f"/privacy/erasures/{UUID(int=1)}"
        assert (await house.call("GET", path, role=role)).status_code == 403


async def test_an_admin_limited_to_some_shops_cannot_erase_a_customer_of_all(house: House) -> None:
    token = await house.key("admin", [SHOP])
    reply = await house.call("POST", "/privacy/erasures", token=token, json={"customer": "erika@example.org"})
    assert reply.status_code == 403


@pytest.mark.parametrize("path", [*READING, f"/journal/payloads/{UUID(int=1)}"])
async def test_nothing_is_shown_without_a_key(house: House, path: str) -> None:
    assert (await house.call("GET", path, token="kontor_wrong")).status_code == 401


async def test_a_key_for_one_shop_sees_nothing_of_another(house: House) -> None:
    words = {"stream": "order", "seen": "1", "changed": "1", "unchanged": "0", "unreadable": "0"}
    for connection, external_id in ((SHOP, "9"), (OTHER, "10")):
        await house.record(
            house.entry(1, "parked", "order_parked", "error", subject=order_id(external_id, connection),
                        connection=connection, keys=[("number", "4711"), ("customer", "c")]),
            house.entry(2, "finished", "stream_read", noun="stream", subject=f"{connection}:order", params=words,
                        connection=connection, correlation=f"run-{external_id}"),
            house.entry(3, "updated", "setting_changed", noun="connection", subject=str(connection),
                        connection=connection, actor="anna"),
        )  # fmt: skip
    await house.record(house.entry(4, "created", "rule_created", noun="rule", subject="r", connection=None, actor="x"))
    token = await house.key("support", [SHOP])

    async def seen(path: str) -> set[str | None]:
        body = (await house.call("GET", path, token=token)).json()
        return {one["connection"] for name in ("items", "records", "groups", "days") for one in body.get(name, [])}

    for path in ("/journal/entries", "/journal/timeline?number=4711", "/journal/runs", "/journal/problems",
                 "/journal/settings-changes"):  # fmt: skip
        assert await seen(path) == {str(SHOP)}, path
    for path in (
        f"/journal/timeline/order/{order_id('10', OTHER)}",
        f"/journal/timeline?number=4711&connection={OTHER}",
        f"/journal/completeness?connection={OTHER}",
    ):
        assert (await house.call("GET", path, token=token)).status_code == 404
    assert await seen(f"/journal/entries?connection={OTHER}") == set()


async def test_a_key_for_one_shop_cannot_open_another_shops_original(house: House) -> None:
    async with house.service.database.transaction() as tx:
        (payload,) = await archive.store(tx, [archive.RawItem("order", OTHER, "10", b'{"a": 1}')])
    token = await house.key("support", [SHOP])
    assert (await house.call("GET", f"/journal/payloads/{payload}", token=token)).status_code == 404
    assert await house.written() == []


async def test_every_look_at_an_original_is_journalled_with_who_looked(house: House) -> None:
    async with house.service.database.transaction() as tx:
        (payload,) = await archive.store(tx, [archive.RawItem("order", SHOP, "9", b'{"a": 1}')])
    await house.get(f"/journal/payloads/{payload}")
    await house.get(f"/journal/payloads/{payload}")
    await house.written()
    items = (await house.get("/journal/entries", noun="payload", action="viewed"))["items"]
    assert [(item["actor"], item["subject"]) for item in items] == [("anna (support)", str(payload))] * 2


async def test_an_unknown_field_in_an_erasure_is_refused(house: House) -> None:
    body = {"customer": "erika@example.org", "requested_by": "somebody"}
    assert (await house.call("POST", "/privacy/erasures", role="admin", json=body)).status_code == 422


async def test_an_erasure_of_nobody_is_refused(house: House) -> None:
    assert (await house.call("POST", "/privacy/erasures", role="admin", json={})).status_code == 422
