"""From saved to productive and back: the checklist, the switches, how a connection is doing, and its end."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from services.connections.connectors import Connectors
from services.connections.deletion import VALID
from services.connectors.woocommerce.connector import WOOCOMMERCE
from shared.chassis.peers import Peers
from shared.connector_kit import budgets, cursors, replica
from shared.connector_kit.account import Account
from shared.connector_kit.opening import Opener
from shared.connector_kit.worker import Worker
from shared.persistence.leases import Lease
from tests.integration.connections.house import ALL_ON, House
from tests.wired.http.servers import serving

pytestmark = pytest.mark.integration
OFF = dict.fromkeys(ALL_ON, False)
_broken = PlainTextResponse("not now", 503)


async def checklist(house: House, made: dict[str, Any]) -> dict[str, Any]:
    answer = await house.call("GET", f"/connections/{made['id']}/checklist")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def states(found: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["state"] for one in found["items"]}


async def test_one_call_makes_a_productive_connection_when_everything_required_is_there(house: House) -> None:
    made = await house.connect(productive=True)
    assert made["productive"]
    assert {one["feature"] for one in made["switches"] if one["blocked_by"]} == {
        "cancellations",
        "prices",
        "products",
        "refunds",
    }
    found = await checklist(house, made)
    assert found["ready"]
    assert states(found) == {
        "credentials_tested": "done",
        "features_on": "done",
        "shop_answers": "done",
        "warehouses": "attention",
        "matching": "attention",
        "levels": "done",
        "preview": "optional",
        "subtraction": "done",
    }
    assert all(one["sentence"] for one in found["items"])
    german = (await house.call("GET", f"/connections/{made['id']}/checklist", Accept_Language="de")).json()
    said = {one["code"]: one["sentence"] for one in german["items"]}
    assert said["warehouses"].startswith("Es gibt noch kein Lager")


async def test_one_call_without_any_feature_makes_no_productive_connection(house: House) -> None:
    answer = await house.call("POST", "/connections", house.wanted(productive=True, integration={}))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_ready")
    assert [one["code"] for one in answer.json()["missing"]] == ["no_feature_on"]
    assert await house.value("SELECT count(*) FROM connections.connections") == 0
    assert (await house.connect(integration={}))["productive"] is False


@pytest.mark.parametrize("way", ["go-live", "patch"])
async def test_without_a_feature_nothing_goes_live(house: House, way: str) -> None:
    made = await house.connect(integration=OFF)
    path = f"/connections/{made['id']}"
    if way == "patch":
        answer = await house.call("PATCH", path, {"productive": True})
    else:
        answer = await house.call("POST", f"{path}/go-live", {})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not_ready", "integration")
    assert not (await house.call("GET", path)).json()["productive"]
    assert not (await checklist(house, made))["ready"]


READABLE = {"orders": True, "articles": True}


@pytest.mark.parametrize("way", ["go-live", "patch", "create"])
async def test_a_platform_that_is_a_source_only_never_goes_live_and_says_why(house: House, way: str) -> None:
    if way == "create":
        wanted = house.wanted("shopware5", integration=READABLE, productive=True)
        answer = await house.call("POST", "/connections", wanted)
        assert await house.value("SELECT count(*) FROM connections.connections") == 0
    else:
        made = await house.connect("shopware5", integration=READABLE)
        path = f"/connections/{made['id']}"
        if way == "patch":
            answer = await house.call("PATCH", path, {"productive": True})
        else:
            answer = await house.call("POST", f"{path}/go-live", {"features": ["orders"]})
        assert not (await house.call("GET", path)).json()["productive"]
        found = await checklist(house, made)
        assert not found["ready"]
        assert (states(found)["source_only"], states(found)["shop_answers"]) == ("missing", "done")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not_ready", "productive")
    (why,) = answer.json()["missing"]
    assert why["code"] == "source_only"
    assert why["sentence"].startswith("Shopware 5 is a source only")
    assert "backfill" in why["advice"]


async def test_a_connection_goes_live_with_chosen_features_and_stops_again(house: House) -> None:
    made = await house.connect(integration=OFF)
    path = f"/connections/{made['id']}"
    for _ in range(2):
        live = await house.call("POST", f"{path}/go-live", {"features": ["orders", "articles"]})
        assert (live.status_code, live.json()["productive"]) == (200, True)
    stale = await house.call("POST", f"{path}/go-live", {}, If_Match='"1"')
    assert (stale.status_code, stale.json()["values"][0]["field"]) == (409, "productive")
    others = dict.fromkeys(("cancellations", "prices", "products", "refunds"), False)
    wanted = OFF | {"orders": True, "articles": True} | others
    assert live.json()["integration"] == wanted
    assert (live.json()["version"], live.headers["etag"]) == (2, '"2"')
    for _ in range(2):
        stopped = await house.call("POST", f"{path}/stop")
        assert (stopped.status_code, stopped.json()["productive"]) == (200, False)
    assert stopped.json()["integration"]["orders"]
    assert stopped.json()["version"] == 3
    assert await house.told("setting_changed") == 3


async def test_credentials_that_no_longer_work_keep_a_connection_from_going_live(house: House) -> None:
    made = await house.connect("shopify")
    house.outside.state.sandbox.shops["shopify", "demo"].shop.access.installed = False
    answer = await house.call("POST", f"/connections/{made['id']}/go-live", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_ready")
    assert [one["code"] for one in answer.json()["missing"]] == ["credentials_refused"]
    assert answer.json()["missing"][0]["advice"]


async def test_refused_credentials_block_a_switch_until_they_are_renewed(house: House) -> None:
    made = await house.connect(integration=OFF | {"orders": True})
    path = f"/connections/{made['id']}"
    pause = {"code": "credentials_refused", "detail": "401"}
    told = await house.call("POST", f"/connections/internal/{made['id']}/pause", pause, key=await house.key("service"))
    assert told.status_code == 200
    answer = await house.call("PATCH", path, {"integration": {"stock": True}})
    assert (answer.status_code, answer.json()["missing"][0]["code"]) == (422, "credentials_do_not_work")
    await house.call("PUT", f"{path}/credentials", {"credentials": house.credentials("woocommerce")})
    assert (await house.call("PATCH", path, {"integration": {"stock": True}})).status_code == 200


async def test_only_what_the_platform_offers_has_a_switch_and_another_is_refused_with_the_reason(house: House) -> None:
    made = await house.connect(integration=OFF)
    path = f"/connections/{made['id']}"
    offered = {"orders", "articles", "stock", "prices", "fulfilments", "cancellations", "products", "refunds"}
    for shown in (made, (await house.call("GET", path)).json(), *(await house.call("GET", "/connections")).json()):
        assert {one["feature"] for one in shown["switches"]} == set(shown["integration"]) == offered
    for language, said in (("en", "does not offer"), ("de", "bietet die Funktion")):
        refused = await house.call("PATCH", path, {"integration": {"documents": True}}, Accept_Language=language)
        assert (refused.status_code, refused.json()["code"]) == (422, "feature_not_offered")
        assert refused.json()["field"] == "integration.documents"
        assert said in refused.json()["detail"]
        assert "the REST API has no documents" in refused.json()["detail"]
    changed = await house.call("PATCH", path, {"integration": {"documents": False, "refunds": True}})
    assert (changed.status_code, changed.json()["integration"]["refunds"]) == (200, True)


async def test_a_connector_that_is_silent_changes_no_switch_and_is_taken_at_its_last_word(house: House) -> None:
    made = await house.connect(integration=OFF)
    async with serving(_broken) as broken:
        service = house.service("connections")
        service.settings = service.settings.model_copy(update={"connector_url": f"{broken}/{{platform}}"})
        service.peers = Peers(service.settings)
        shown = (await house.call("GET", f"/connections/{made['id']}")).json()
        assert set(shown["integration"]) == set(made["integration"])
        assert await Connectors(service).offered("woocommerce") is None


async def test_a_warning_of_the_shop_is_shown_and_stops_nothing(house: House) -> None:
    known = house.outside.state.sandbox.shops["woocommerce", "demo"].shop.read_only_credentials()
    made = await house.connect(credentials=house.credentials("woocommerce") | known)
    found = await checklist(house, made)
    assert (states(found)["key_read_only"], found["ready"]) == ("attention", True)
    assert (await house.call("POST", f"/connections/{made['id']}/go-live", {})).status_code == 200


async def test_a_neighbour_that_is_down_is_an_item_and_no_crash(house: House) -> None:
    made = await house.connect()
    async with serving(_broken) as broken:
        service = house.service("connections")
        service.settings = service.settings.model_copy(update={"orders_url": broken, "inventory_url": broken})
        # Real calls to a real server; the connector is then out of reach, too.
        service.peers = Peers(service.settings)
        found = await checklist(house, made)
    assert [(one["source"], one["state"]) for one in found["items"]][2:] == [
        ("shop", "not_known"),
        ("orders", "not_known"),
        ("inventory", "not_known"),
    ]
    assert found["ready"]


async def test_what_the_order_book_misses_is_told_with_where_to_enter_it_and_stops_nothing(house: House) -> None:
    made = await house.connect()
    row = {"number": 3, "name": "shipping", "sentence": "There is no shipping article.", "where": "/orders/master-data"}
    rows = [row | {"state": "missing"}, row | {"name": "languages", "state": "optional"}]
    async with serving(JSONResponse(rows)) as order_book:
        service = house.service("connections")
        service.settings = service.settings.model_copy(update={"orders_url": order_book})
        service.peers = Peers(service.settings)
        found = await checklist(house, made)
    told = [one for one in found["items"] if one["source"] == "orders"]
    assert [(one["code"], one["state"], one["where"]) for one in told] == [
        ("shipping", "attention", "/orders/master-data"),
        ("languages", "optional", "/orders/master-data"),
    ]
    assert told[0]["sentence"] == "There is no shipping article."
    assert found["ready"]


async def test_health_is_one_word_with_its_reason(house: House) -> None:
    made = await house.connect(integration=OFF | {"orders": True})
    path = f"/connections/{made['id']}/health"

    async def health() -> dict[str, Any]:
        answer = await house.call("GET", path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    assert ((await health())["state"], (await health())["reason"]) == ("stopped", "productive_mode_off")
    await house.call("POST", f"/connections/{made['id']}/go-live", {})
    await house.tell("woocommerce")
    connector = house.service("woocommerce")
    async with connector.database.transaction() as tx:
        await cursors.read(tx, made["id"], "order")
        await cursors.succeeded(tx, made["id"], "order", timedelta(minutes=15), full=True)
        await budgets.remember(tx, {made["id"]: 12.5})
    well = await health()
    assert (well["state"], well["budget"], well["backlog"]) == ("ok", 12.5, {})
    (stream,) = well["streams"]
    assert (stream["stream"], stream["feature"], stream["every_seconds"]) == ("order", "orders", 900)
    assert 0 <= stream["age_seconds"] < 60
    async with connector.database.transaction() as tx:
        await cursors.failed(tx, made["id"], "order", "throttled", timedelta(minutes=1))
    lame = await health()
    assert (lame["state"], lame["reason"]) == ("degraded", "health_stream_fails")
    assert "throttled" in lame["sentence"]
    await house.call("POST", f"/connections/{made['id']}/pause", {"detail": "stocktaking"})
    paused = await health()
    assert (paused["state"], paused["paused_because"]) == ("stopped", "paused_by_hand")
    assert "stocktaking" in paused["sentence"]


async def test_whoever_works_for_a_connection_writes_down_what_the_shops_limit_leaves(house: House) -> None:
    made = await house.connect(productive=True)
    service = house.service("woocommerce")
    async with service.database.transaction() as tx:
        connection = await replica.one(tx, made["id"])
    assert connection is not None
    lease = Lease(str(connection.id), "test", 1, service.clock())
    worker = Worker(WOOCOMMERCE, service, Opener(WOOCOMMERCE, service))
    account = Account(WOOCOMMERCE, service, worker.opener, connection, lease, 0.0, {}, worker.gathering)
    worker.accounts[connection.id] = account
    await worker.measure()
    assert (await house.call("GET", f"/connections/{made['id']}/health")).json()["budget"] is None
    opened = await account.opened()
    await opened.outside.bucket.take(15)
    for _ in range(2):
        await worker.measure()
    health = (await house.call("GET", f"/connections/{made['id']}/health")).json()
    assert 5 <= health["budget"] <= WOOCOMMERCE.limit.burst
    assert health["budget_at"] is not None
    await account.close()


async def test_a_new_connection_whose_connector_has_not_heard_of_it_has_health_and_checklist_all_the_same(
    house: House,
) -> None:
    made = (await house.call("POST", "/connections", house.wanted(productive=True))).json()
    health = (await house.call("GET", f"/connections/{made['id']}/health")).json()
    assert (health["state"], health["reason"], health["streams"]) == ("degraded", "health_connector_silent", [])
    assert states(await checklist(house, made))["connector_not_told_yet"] == "not_known"


async def test_a_deletion_is_planned_and_confirmed_by_its_token(house: House) -> None:
    made = await house.connect(name="North")
    path = f"/connections/{made['id']}"
    plan = (await house.call("POST", f"{path}/deletion")).json()
    assert (plan["name"], plan["waiting"]) == ("North", {})
    assert plan["deleted"]
    assert plan["kept"]
    wrong = await house.call("DELETE", f"{path}?confirm={plan['token']}0")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "confirm")
    house.clock.shifted = VALID
    late = await house.call("DELETE", f"{path}?confirm={plan['token']}")
    assert (late.status_code, late.json()["code"]) == (422, "confirmation_expired")
    fresh = (await house.call("POST", f"{path}/deletion")).json()["token"]
    connector = house.service("woocommerce")
    async with connector.database.transaction() as tx:
        await tx.execute("INSERT INTO tokens VALUES (:id, 'sealed', now())", id=made["id"])
        await budgets.remember(tx, {made["id"]: 1.0})
        await tx.execute("INSERT INTO notes (connection, record, note, body) VALUES (:id, 'r', 'n', '')", id=made["id"])
    gone = await house.call("DELETE", f"{path}?confirm={fresh}", Idempotency_Key="away")
    again = await house.call("DELETE", f"{path}?confirm={fresh}", Idempotency_Key="away")
    assert (gone.status_code, again.json()) == (200, gone.json())
    assert await house.told("connection_was_deleted") == 1
    assert await house.value("SELECT sealed FROM connections.connections") == ""
    await house.tell("woocommerce")
    for table in ("tokens", "budgets", "notes"):
        assert await house.value(f"SELECT count(*) FROM connectors.{table}") == 0


async def test_typing_the_name_still_deletes_and_another_connections_token_does_not(house: House) -> None:
    first, second = await house.connect(name="North"), await house.connect(name="South")
    token = (await house.call("POST", f"/connections/{second['id']}/deletion")).json()["token"]
    answer = await house.call("DELETE", f"/connections/{first['id']}?confirm={token}")
    assert (answer.status_code, answer.json()["code"]) == (422, "confirmation_wrong")
    assert (await house.call("DELETE", f"/connections/{first['id']}?confirm=North")).status_code == 200


async def test_a_key_for_another_connection_sees_and_changes_none_of_it(house: House) -> None:
    mine, other = await house.connect(), await house.connect()
    key = await house.key("admin", connections=[other["id"]])
    for method, part in (
        ("GET", "checklist"), ("GET", "health"), ("POST", "go-live"), ("POST", "stop"), ("POST", "deletion"),
    ):  # fmt: skip
        answer = await house.call(method, f"/connections/{mine['id']}/{part}", key=key)
        assert answer.status_code == 404, part
