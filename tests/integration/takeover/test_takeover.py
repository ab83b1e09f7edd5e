"""An older interface becomes a connection that is off, with a word about every part of it."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.connections.takeover import export as module
from services.connections.takeover import handover
from services.order_import import connection_replica
from tests.integration.takeover.conftest import House

EXAMPLE = Path(module.__file__).parent / "example"
URL = "/connections/takeovers"


def document(house: House, **more: Any) -> dict[str, Any]:
    example: dict[str, Any] = json.loads((EXAMPLE / "export.json").read_text("utf-8"))
    return example | {"credentials": house.credentials()} | more


async def take_over(house: House, *, status: int = 201, language: str = "en", **more: Any) -> Any:
    reply = await house.call("POST", URL, json=document(house, **more), language=language)
    assert reply.status_code == status, reply.text
    return reply.json()


async def shown(house: House, path: str) -> Any:
    reply = await house.call("GET", path)
    assert reply.status_code == 200, reply.text
    return reply.json()


def verdicts(answer: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["code"] for one in answer["report"]}


async def test_what_the_older_interface_knew_becomes_a_connection_that_is_off(house: House) -> None:
    answer = await take_over(house)
    connection = await shown(house, f"/connections/{answer['connection']}")
    assert (connection["name"], connection["project"], connection["productive"]) == ("Garden shop", "Garden", False)
    assert not any(connection["integration"].values())
    assert connection["facts"]["currency"] == "EUR"
    settings = (await shown(house, f"/inventory/settings/{answer['connection']}"))["settings"]
    assert (settings["buffer"], settings["number_label"]) == (2, "garden")
    numbers = (await shown(house, f"/inventory/external-numbers/{answer['connection']}"))["items"]
    assert {(one["number"], one["article_number"]) for one in numbers} == {
        ("SPADE-RED", "KR-1001"), ("SPADE-BLUE", "KR-1002")
    }  # fmt: skip


async def test_methods_and_settings_become_order_rules_as_soon_as_the_order_book_hears_of_the_connection(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "HEARS_OF_IT_WITHIN", 20.0)
    wanted = {
        "orders.payments.use_standard_if_unmapped": True, "orders.mode": "by chance", "orders.editor": "Eva",
        "orders.payments.standard": "Invoice",
    }  # fmt: skip
    taking = asyncio.create_task(take_over(house, settings=wanted))
    while not taking.done():
        await connection_replica.rebuild(house.order_book)
        await asyncio.sleep(0.05)
    answer = await taking
    found = verdicts(answer)
    assert [name for name, code in found.items() if code == "takeover_setting_refused"] == ["orders.mode"]
    assert found["orders.payments.rows"] == found["orders.shipping.rows"] == "takeover_methods_taken"
    rules = (await shown(house, f"/orders/rules/{answer['connection']}"))["rules"]
    assert (rules["editor"], rules["mode"], rules["payments"]["standard"]) == ("Eva", "automatic", "Invoice")
    assert rules["payments"]["use_standard_if_unmapped"]
    assert (rules["payments"]["rows"], rules["shipping"]["rows"]) == ({"ppcp-gateway": "PayPal"}, {"DHL Paket": "DHL"})
    assert (await take_over(house, status=200, settings=wanted))["report"] == answer["report"]


async def test_rules_that_somebody_has_set_meanwhile_are_not_written_over(house: House) -> None:
    house.door.shut = "/inventory"
    assert (await house.call("POST", URL, json=document(house))).status_code == 503
    (connection,) = await shown(house, "/connections")
    await connection_replica.rebuild(house.order_book)
    where = f"/orders/rules/{connection['id']}"
    reply = await house.call("PUT", where, json={"editor": "Eva"}, headers={"If-Match": '"0"'})
    assert reply.status_code == 200, reply.text
    house.door.shut = ""
    found = verdicts(await take_over(house, status=200))
    assert found["orders.payments.rows"] == "takeover_setting_refused"
    rules = (await shown(house, where))["rules"]
    assert (rules["editor"], rules["payments"]["rows"]) == ("Eva", {})


async def test_rules_that_the_order_book_does_not_take_are_to_be_entered_by_hand(house: House) -> None:
    found = verdicts(await take_over(house))
    rules = ("orders.comments.placement", "orders.payments.rows", "orders.shipping.rows")
    assert {found[name] for name in rules} == {"takeover_place_missing"}


async def test_every_part_of_the_export_is_in_the_report_with_what_became_of_it(house: House) -> None:
    answer = await take_over(house, settings={
        "stock.buffer": 2, "stock.number_label": "garden", "scripts": "…", "images.replace": False, "productive": True,
    }, payment_methods=[], shipping_methods=[])  # fmt: skip
    assert verdicts(answer) == {
        "credentials": "takeover_credentials_taken",
        "stock.buffer": "takeover_setting_taken",
        "stock.number_label": "takeover_setting_taken",
        "scripts": "takeover_script_left",
        "images.replace": "takeover_setting_unknown",
        "productive": "takeover_switch_left",
        "external_numbers": "takeover_numbers_taken",
    }
    assert answer["counts"] == {"needs_attention": 1, "not_taken_over": 2, "taken_over": 4}
    assert all(one["sentence"] for one in answer["report"])
    assert all(one["advice"] for one in answer["report"] if one["state"] != "taken_over")
    (told,) = [one for one in await house.journalled() if one.code == "connection_taken_over"]
    assert (told.actor, told.params["taken"], told.params["attention"]) == ("anna (admin)", "4", "1")


async def test_one_wrong_value_costs_no_other(house: House) -> None:
    settings = {
        "stock.buffer": 3,
        "stock.percentage": 400,
        "stock.warehouses": ["nowhere"],
        "stock.number_label": ["x"],
    }
    answer = await take_over(house, settings=settings)
    found = verdicts(answer)
    assert found["stock.buffer"] == "takeover_setting_taken"
    assert {found[name] for name in settings if name != "stock.buffer"} == {"takeover_setting_refused"}
    refused = next(one for one in answer["report"] if one["name"] == "stock.warehouses")
    assert "nowhere" in refused["sentence"]
    assert found["garden"] == "takeover_label_unused"
    assert (await shown(house, f"/inventory/settings/{answer['connection']}"))["settings"]["buffer"] == 3


async def test_a_number_that_two_articles_claim_is_named_and_the_others_are_kept(house: House) -> None:
    numbers = [
        {"label": "garden", "number": number, "article_number": article}
        for number, article in (("X", "A-1"), ("X", "A-2"), ("Y", "A-3"))
    ]
    answer = await take_over(house, external_numbers=numbers)
    refused = [one for one in answer["report"] if one["code"] == "takeover_number_refused"]
    assert [one["name"] for one in refused] == ["X", "X"]
    kept = (await shown(house, f"/inventory/external-numbers/{answer['connection']}"))["items"]
    assert [one["number"] for one in kept] == ["Y"]


async def test_credentials_that_do_not_work_make_no_connection_and_the_right_ones_do(house: House) -> None:
    wrong = house.credentials(consumer_secret="cs_wrong")
    reply = await house.call("POST", URL, json=document(house, credentials=wrong))
    assert reply.status_code == 422
    assert reply.json()["code"] == "credentials_test_failed"
    assert reply.json()["field"].startswith("credentials")
    assert await shown(house, "/connections") == []
    await take_over(house)


async def test_credentials_and_unknown_values_are_in_no_answer_no_journal_and_no_table(house: House) -> None:
    secrets = [house.credentials()[name] for name in ("consumer_key", "consumer_secret")]
    answer = await take_over(house, settings={"api.token": "hush-hush", "scripts": "hush-hush"})
    again = await shown(house, f"{URL}/{answer['id']}")
    async with house.admin.transaction() as tx:
        stored = await tx.rows("SELECT * FROM takeovers")
        connections = await tx.rows("SELECT * FROM connections")
    said = str([answer, again, [one.model_dump() for one in await house.journalled()], stored, connections])
    assert not [secret for secret in [*secrets, "hush-hush"] if secret in said]


async def test_the_same_export_again_is_the_same_take_over(house: House) -> None:
    first = await take_over(house)
    again = await take_over(house, status=200)
    assert (again["id"], again["connection"], again["report"]) == (first["id"], first["connection"], first["report"])
    assert len(await shown(house, "/connections")) == 1
    assert len([one for one in await house.journalled() if one.code == "connection_taken_over"]) == 1
    other = await take_over(house, name="Garden shop 2")
    assert other["connection"] != first["connection"]


async def test_the_same_export_twice_at_once_is_one_connection(house: House) -> None:
    replies = await asyncio.gather(*[house.call("POST", URL, json=document(house)) for _ in range(3)])
    statuses = [reply.status_code for reply in replies]
    assert 201 in statuses
    assert set(statuses) <= {201, 200, 409}
    assert {reply.json()["code"] for reply in replies if reply.status_code == 409} <= {"takeover_under_way"}
    await take_over(house, status=200)
    assert len(await shown(house, "/connections")) == 1


async def test_what_a_process_left_behind_that_died_is_taken_up_after_three_minutes(house: House) -> None:
    answer = await take_over(house)
    for minutes, status in ((2, 409), (4, 200)):
        async with house.admin.transaction() as tx:
            await tx.execute(
                "UPDATE takeovers SET finished_at = NULL, claimed_at = now() - make_interval(mins => :minutes)",
                minutes=minutes,
            )
        reply = await house.call("POST", URL, json=document(house))
        assert reply.status_code == status
    assert (reply.json()["connection"], reply.json()["report"]) == (answer["connection"], answer["report"])


async def test_a_take_over_that_a_neighbour_broke_off_is_finished_by_sending_it_again(house: House) -> None:
    house.door.shut = "/inventory"
    reply = await house.call("POST", URL, json=document(house))
    assert reply.status_code == 503
    (connection,) = await shown(house, "/connections")
    house.door.shut = ""
    answer = await take_over(house, status=200)
    assert answer["connection"] == connection["id"]
    assert answer["finished_at"]
    assert len((await shown(house, f"/inventory/external-numbers/{connection['id']}"))["items"]) == 2


async def test_it_warns_as_long_as_both_interfaces_may_be_live(house: House) -> None:
    answer = await take_over(house)
    assert ["switch it off before" in one for one in answer["warnings"]] == [True]
    async with house.admin.transaction() as tx:
        await tx.execute("UPDATE connections SET productive = true")
    now = await shown(house, f"{URL}/{answer['id']}")
    assert ["at once" in one for one in now["warnings"]] == [True]
    silent = await take_over(house, name="Quiet shop", active=False)
    assert silent["warnings"] == []
    await house.call("DELETE", f"/connections/{silent['connection']}", params={"confirm": "Quiet shop"})
    again = await take_over(house, status=200, name="Quiet shop", active=False)
    assert ["was deleted" in one for one in again["warnings"]] == [True]


async def test_the_report_is_told_in_german_to_whoever_asks_in_german(house: House) -> None:
    answer = await take_over(house, language="de", settings={"images.replace": 1})
    said = {one["code"]: one["sentence"] for one in answer["report"]}
    assert said["takeover_setting_unknown"].startswith("Die Einstellung images.replace gibt es hier nicht")


async def test_take_overs_are_found_again_in_pages_and_by_their_connection(house: House) -> None:
    made = [await take_over(house, name=f"Shop {n}") for n in range(3)]
    first = await shown(house, f"{URL}?limit=2")
    rest = await shown(house, f"{URL}?limit=2&after={first['next']}")
    assert [one["name"] for one in [*first["items"], *rest["items"]]] == ["Shop 2", "Shop 1", "Shop 0"]
    assert rest["next"] is None
    (found,) = (await shown(house, f"{URL}?connection={made[1]['connection']}"))["items"]
    assert found["id"] == made[1]["id"]
    assert (await house.call("GET", f"{URL}?after=WzEsMl0=")).status_code == 422
    mine = await house.key("read", [UUID(made[0]["connection"])])
    assert [one["name"] for one in (await house.call("GET", URL, token=mine)).json()["items"]] == ["Shop 0"]


async def test_an_export_in_csv_tables_is_taken_over_alike(house: House) -> None:
    head = json.loads((EXAMPLE / "head.json").read_text("utf-8")) | {"credentials": house.credentials()}
    files = {path.stem: path.read_bytes() for path in EXAMPLE.glob("*.csv")}
    reply = await house.call("POST", URL, files=files | {"export": json.dumps(head).encode()})
    assert reply.status_code == 201, reply.text
    assert (await take_over(house, status=200))["id"] == reply.json()["id"]
    for how in ({"files": {"settings": b"name;value"}}, {"content": b"a", "headers": {"Content-Type": "text/csv"}}):
        assert (await house.call("POST", URL, **how)).json()["code"] in (
            "takeover_document_unreadable", "takeover_media_type"
        )  # fmt: skip


async def test_only_an_admin_of_all_connections_takes_over_and_a_limited_key_sees_only_its_own(house: House) -> None:
    answer = await take_over(house)
    for role, connections in (("operate", None), ("admin", [UUID(answer["connection"])])):
        token = await house.key(role, connections)
        assert (await house.call("POST", URL, json=document(house, name="x"), token=token)).status_code == 403
    stranger = await house.key("read", [uuid4()])
    assert (await house.call("GET", f"{URL}/{answer['id']}", token=stranger)).status_code == 404
    owner = await house.key("read", [UUID(answer["connection"])])
    assert (await house.call("GET", f"{URL}/{answer['id']}", token=owner)).status_code == 200


@pytest.mark.parametrize("part", ["external_numbers", "settings", "credentials"])
async def test_a_field_that_is_wrong_is_named(house: House, part: str) -> None:
    reply = await house.call("POST", URL, json=document(house, **{part: 7}))
    assert reply.status_code == 422
    assert reply.json()["field"] == part


async def test_what_every_connector_can_do_is_told_with_the_tests_that_prove_it(house: House) -> None:
    told = await shown(house, "/connectors/features")
    cells = {row["id"]: row["cells"] for row in told["rows"]}
    assert cells["stock-quantity"]["woocommerce"]["tests"]
    assert cells["invoice-sent"]["woocommerce"] == {
        "offered": False, "why": "the REST API has no documents", "tests": [], "reference": "no"
    }  # fmt: skip
