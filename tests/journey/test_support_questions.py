"""What a shop's support is asked all day, answered by one call of the public REST API each."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.ops.stage import Api, wait_for
from tests.journey.account import Account
from tests.journey.system import System
from tests.journey.test_pushes import FEATURES, reported, ship, shop_shows, simple_listing

ERP = "erp"


@dataclass
class Desk:
    """A member of the support staff, with a key that can do no more than he must, and the shop he is asked about."""

    system: System
    account: Account
    support: Api
    secrets: tuple[str, ...]

    def row_of(self, case: str) -> dict[str, Any]:
        """The shop's own list about an order, by the name of its case."""
        return next(row for row in self.account.census() if row["case"] == case)

    def timeline(self, **by: str) -> dict[str, Any]:
        """Where is it, and what happens next. Other shops of the system use the same numbers."""
        (record,) = self.support.get("/journal/timeline", connection=self.account.id, **by)["records"]
        found: dict[str, Any] = record
        return found


@pytest.fixture(scope="module")
def desk(running_system: System) -> Iterator[Desk]:
    """A shop with its whole history imported, its stock pushed."""
    running_system.heal()
    account = running_system.connect(features=FEATURES, seed=True)
    assert account.settle(120) == {}
    assert account.ledger().faults == []
    support = Api(running_system.stage.addresses.origin, running_system.key("support desk", "support"))
    shop = next(one for one in running_system.sandbox.get("/_control/shops") if one["name"] == account.name)
    yield Desk(running_system, account, support, tuple(shop["credentials"].values()))
    support.close()
    running_system.heal()


def test_where_is_this_order_and_what_happens_next(desk: Desk) -> None:
    row = desk.row_of("line discount")
    told = desk.timeline(number=row["number"])
    codes = [step["code"] for step in told["steps"]]
    assert codes.index("order_received") < codes.index("order_imported")
    assert all(step["sentence"] and step["at"] for step in told["steps"])
    assert (told["next"]["code"], told["next"]["who"]) == ("next_acknowledgement", "merchant")
    assert told["links"]["record"] == f"/orders/{desk.account.order(row['external_id'])['id']}"


def test_the_answer_comes_in_german_to_whoever_asks_in_german(desk: Desk) -> None:
    row = desk.row_of("line discount")
    asked = {"number": row["number"], "connection": desk.account.id}
    german = desk.support.call("GET", "/journal/timeline", params=asked, headers={"Accept-Language": "de"})
    told = desk.timeline(number=row["number"])
    assert german["records"][0]["next"]["sentence"] != told["next"]["sentence"]
    assert any(word in german["records"][0]["next"]["sentence"] for word in ("Das", "Der", "Die", "Warte", "wird"))


def test_did_the_erp_take_this_order_and_under_which_number(desk: Desk) -> None:
    order = desk.account.order(desk.row_of("guest")["external_id"])
    everything = feed_of(desk)
    assert sorted({one["order_id"] for one in everything}) == sorted(one["order_id"] for one in everything)
    mine = next(one for one in everything if one["order_id"] == order["id"])
    wish = {"order_id": order["id"], "version": mine["version"], "erp_number": "ERP-4711"}
    (answer,) = desk.system.kontor.call("POST", f"/orders/feed/{ERP}/acknowledge", json=[wish])
    assert answer["outcome"] == "accepted"
    (found,) = desk.support.get("/orders", erp_number="ERP-4711")["items"]
    assert found["id"] == order["id"]
    (receipt,) = desk.support.get(f"/orders/{order['id']}")["acknowledgements"]
    assert (receipt["consumer"], receipt["erp_number"]) == (ERP, "ERP-4711")
    wait_for("the journal knows the number", lambda: told_by_erp(desk, "ERP-4711"), seconds=20)
    told = desk.timeline(erp_number="ERP-4711")
    assert "acknowledged" in [step["action"] for step in told["steps"]]
    assert told["next"]["code"] == "next_shipment"
    assert order["id"] not in {one["order_id"] for one in feed_of(desk)}


def feed_of(desk: Desk) -> list[dict[str, Any]]:
    """Everything the ERP has still to take over from the shop."""
    items = desk.system.kontor.get(f"/orders/feed/{ERP}", limit=500)["items"]
    return [one for one in items if one["connection"] == desk.account.id]


def told_by_erp(desk: Desk, number: str) -> bool:
    return bool(desk.support.get("/journal/entries", erp_number=number)["items"])


def test_why_is_this_order_parked_and_who_must_do_what(desk: Desk) -> None:
    row = desk.row_of("sku unknown to the ERP")
    told = desk.timeline(number=row["number"])
    assert told["next"]["code"] == "next_parked"
    (because,) = told["next"]["because"]
    assert (because["code"], because["who"]) == ("article_unknown", "merchant")
    sku = desk.account.order(row["external_id"])["reasons"][0]["key"]
    assert sku in because["sentence"]
    assert because["advice"]


def test_which_causes_hold_most_orders_up(desk: Desk) -> None:
    expected = [code for row in desk.account.census() for code in row["expect"]]
    causes = {one["code"]: one for one in desk.support.get("/orders/parked/causes")}
    assert causes["article_unknown"]["orders"] >= 1
    assert causes["article_unknown"]["advice"]
    unreadable = desk.support.get("/orders/unreadable", connection=desk.account.id)["items"]
    held = set(causes) | {one["code"] for one in unreadable}
    assert set(expected) <= held


def test_why_does_the_shop_show_this_quantity(desk: Desk) -> None:
    listing = simple_listing(desk.system, desk.account)
    shown = shop_shows(desk.account, listing["sku"])
    answer = desk.support.get(f"/inventory/listings/{listing['id']}/quantity")
    (place,) = answer["places"]
    assert (place["told"], place["terms"]["quantity"]) == (shown, shown)
    assert place["terms"]["levels"][0]["warehouse"] == "main"
    sentences = [one["sentence"] for one in place["explanation"]]
    assert any(str(shown) in sentence for sentence in sentences)
    assert "{" not in "".join(sentences)


def test_what_was_sent_to_the_shop_and_what_did_it_answer(desk: Desk) -> None:
    listing = simple_listing(desk.system, desk.account)
    told = desk.timeline(noun="listing", external_id=listing["external_id"])
    pushed = next(step for step in reversed(told["steps"]) if step["code"] == "stock_push_done")
    payload = desk.support.get(f"/journal/payloads/{pushed['payload']}")
    assert {(one["method"], one["status"]) for one in payload["body"]} == {("POST", 200)}
    assert any(listing["external_id"] in json.dumps(one["request_body"]) for one in payload["body"])
    text = json.dumps(payload)
    assert not [secret for secret in desk.secrets if secret in text]
    wait_for("the look is journalled", lambda: bool(viewed(desk, pushed["payload"])), seconds=20)
    assert viewed(desk, pushed["payload"])[0]["actor"] == "support desk"


def viewed(desk: Desk, payload: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.support.get("/journal/entries", code="payload_viewed", subject=payload)["items"]
    return found


def test_was_the_shop_told_of_this_parcel(desk: Desk) -> None:
    (id,) = desk.account.place(1)
    desk.account.wait_for_orders(desk.account.placed)
    order = desk.account.order(id)
    tracking = ship(desk.system, order)
    wait_for("the parcel is reported", lambda: reported(desk.system, order), seconds=40)
    wait_for("the journal knows", lambda: bool(entries_of(desk, tracking)), seconds=20)
    told = desk.timeline(tracking=tracking)
    assert told["subject"] == order["id"]
    assert "fulfilment_push_done" in [step["code"] for step in told["steps"]]
    (found,) = desk.support.get("/orders", tracking=tracking)["items"]
    assert found["id"] == order["id"]
    assert desk.support.get(f"/orders/{order['id']}")["shipments"][0]["state"] == "reported"


def entries_of(desk: Desk, tracking: str) -> list[dict[str, Any]]:
    found = desk.support.get("/journal/entries", tracking=tracking, code="fulfilment_push_done")["items"]
    return list(found)


def test_which_switch_keeps_the_stock_from_being_sent(desk: Desk) -> None:
    desk.account.change(integration={"stock": False})
    try:
        view = desk.support.get(f"/connections/{desk.account.id}")
        (stock,) = [one for one in view["switches"] if one["feature"] == "stock"]
        assert stock["blocked_by"] == "integration_mode_off"
        assert len(stock["sentence"].split()) > 3
        (orders,) = [one for one in view["switches"] if one["feature"] == "orders"]
        assert orders["blocked_by"] == ""
    finally:
        desk.account.change(integration={"stock": True})


def test_what_is_missing_today(desk: Desk) -> None:
    desk.account.settle()
    assert counted(desk)["missing_total"] == 0
    desk.account.change(integration={"orders": False})
    desk.account.wait_until_heard()
    try:
        (hidden,) = desk.account.place(1)
        desk.account.placed -= 1
        time.sleep(4)
        answer = counted(desk)
        missing = [one["external_id"] for day in answer["days"] for one in day["missing"]]
        assert (answer["missing_total"], answer["complete"], missing) == (1, False, [hidden])
        assert "1" in answer["sentence"]
        asked = desk.support.get("/journal/completeness", connection=desk.account.id)
        assert asked["missing_total"] == 1
    finally:
        desk.account.change(integration={"orders": True})
    desk.account.placed += 1
    desk.account.wait_for_orders(desk.account.placed)
    answer = counted(desk)
    assert (answer["missing_total"], answer["complete"]) == (0, True)


def counted(desk: Desk) -> dict[str, Any]:
    """Counts the last two days against the shop's own list."""
    today = datetime.now(UTC).date()
    body = {"connection": desk.account.id, "since": str(today - timedelta(days=1)), "until": str(today + timedelta(1))}
    answer: dict[str, Any] = desk.support.post("/journal/completeness", body)
    return answer


def test_who_changed_which_setting_from_what_to_what(desk: Desk) -> None:
    desk.account.change(options={"orders_every_seconds": 3, "articles_every_seconds": 60})

    def changes() -> list[dict[str, Any]]:
        found = desk.support.get("/journal/settings-changes", connection=desk.account.id)["items"]
        return [one for one in found if one["params"].get("field") == "options"]

    wait_for("the change is in the journal", lambda: bool(changes()), seconds=20)
    newest = changes()[0]
    assert newest["actor"] == "first admin"
    assert "'orders_every_seconds': 2" in newest["params"]["before"]
    assert "'orders_every_seconds': 3" in newest["params"]["after"]
    assert newest["actor"] in newest["sentence"] or desk.account.name in newest["sentence"]


def test_what_is_open_and_who_must_act(desk: Desk) -> None:
    problems = desk.support.get("/journal/problems", connection=desk.account.id, who="merchant")
    parked = [row for row in desk.account.census() if row["expect"]]
    assert problems["total"] >= 1
    assert len(parked) >= problems["groups"][0]["count"] >= 1
    assert all(group["sentence"] and group["who"] == "merchant" for group in problems["groups"])
    assert all(example["timeline"] for group in problems["groups"] for example in group["examples"])
