"""What is sent to a shop has exactly one effect there, whatever becomes of the answer."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.case import Case
from tests.journey.system import System

FEATURES = ("orders", "articles", "stock", "fulfilments")


def count(system: System, sku: str, quantity: int) -> None:
    """The merchant counts an article."""
    row = {"article_number": sku, "warehouse": "main", "quantity": quantity, "meaning": "physical",
           "counted_at": datetime.now(UTC).isoformat()}  # fmt: skip
    answer = system.kontor.put("/inventory/levels", {"rows": [row]})
    assert answer["refused"] == 0, answer


def simple_listing(system: System, account: Account) -> dict[str, Any]:
    """A matched listing without variants whose stock the shop counts."""
    for listing in system.kontor.get("/inventory/listings", connection=account.id, matched="true", limit=500)["items"]:
        if listing["parent_external_id"] is None and listing["counts_stock"]:
            found: dict[str, Any] = listing
            return found
    raise AssertionError("the shop has no simple product")


def wanted(system: System, article: str) -> int:
    """Pieces of an article that the orders of all shops still want."""
    reserved = system.kontor.pages("/inventory/reservations", article=article)
    return sum(int(float(one["quantity"]) - float(one["shipped"])) for one in reserved)


def wait_until_stock_is_told(system: System, account: Account) -> None:
    """Returns when every listing shows what it should."""

    def summary() -> dict[str, Any]:
        found: dict[str, Any] = system.kontor.get(f"/inventory/summary/{account.id}")
        return found

    def told() -> bool:
        now = summary()
        return bool(now["told"] > 0 and now["dirty"] == 0 and now["in_flight"] == 0)

    def seen() -> object:
        return summary() | {"holds": system.kontor.get("/inventory/holds", connection=account.id)["items"]}

    wait_for("the shop knows the stock", told, seconds=60, seen=seen)


def shop_shows(account: Account, sku: str) -> int:
    return int(account.sandbox.get(f"{account.shop}/stock")[sku])


def test_a_quantity_whose_answer_is_lost_is_set_once_and_right(system: System, case: Case) -> None:
    account = system.connect(features=FEATURES)
    wait_until_stock_is_told(system, account)
    listing = simple_listing(system, account)
    sku, reserved = listing["sku"], wanted(system, listing["article_number"])
    for quantity in (5, 3, 5):
        account.fault("answer_lost", times=1, path_contains="batch", method="POST")
        lost = account.struck("answer_lost")
        count(system, sku, quantity + reserved)
        wait_for(f"the shop shows {quantity}", lambda n=quantity: shop_shows(account, sku) == n, seconds=30)
        wait_for("the answer was lost", lambda n=lost: account.struck("answer_lost") == n + 1, seconds=30)
        account.settle()
        assert shop_shows(account, sku) == quantity
    (place,) = system.kontor.get(f"/inventory/listings/{listing['id']}/quantity")["places"]
    assert (place["told"], place["last_push"]["outcome"]) == (5, "done")
    told = [
        line["params"]["quantity"]
        for line in system.kontor.get("/journal/timeline/listing/" + listing["id"])["steps"]
        if line["code"] == "stock_push_done"
    ]
    assert told[-3:] == ["5", "3", "5"]
    account.close(case)
    assert case.adds_up, case.faults


def shippable(account: Account) -> dict[str, Any]:
    """An imported order that may be shipped."""
    (id,) = account.place(1)
    account.wait_for_orders(account.placed)
    return account.order(id)


def ship(system: System, order: dict[str, Any]) -> str:
    """The merchant reports one parcel with everything in it; answers its tracking number."""
    tracking = f"0034{order['external_id']:0>16}"
    body = {"reference": f"parcel {tracking}", "carrier": "DHL", "tracking_number": tracking, "notify_customer": True}
    system.kontor.post(f"/orders/{order['id']}/shipments", body)
    return tracking


def shipment_of(system: System, order: dict[str, Any]) -> dict[str, Any]:
    (shipment,) = system.kontor.get(f"/orders/{order['id']}/shipments")
    found: dict[str, Any] = shipment
    return found


def reported(system: System, order: dict[str, Any]) -> bool:
    return bool(shipment_of(system, order)["state"] == "reported")


def parcels_with(account: Account, tracking: str) -> int:
    return sum(tracking in one["tracking_number"] for one in account.parcels())


@pytest.mark.parametrize("fulfilments", [True, False], ids=["fulfilments", "notes"])
def test_a_parcel_whose_answer_is_lost_is_in_the_shop_once(system: System, case: Case, fulfilments: bool) -> None:
    account = system.connect(features=FEATURES, shop={"fulfilments": fulfilments})
    order = shippable(account)
    path = "/fulfillments" if fulfilments else "/notes"
    account.fault("answer_lost", times=1, path_contains=path, method="POST")
    tracking = ship(system, order)
    wait_for("the parcel is reported", lambda: reported(system, order), seconds=40)
    assert account.struck("answer_lost") == 1
    account.close(case)
    assert case.adds_up, case.faults
    assert parcels_with(account, tracking) == 1


def test_a_connector_killed_between_sending_and_noting_reports_the_parcel_once(system: System, case: Case) -> None:
    account = system.connect(features=FEATURES)
    order = shippable(account)
    account.fault("answer_lost", times=1, path_contains="/fulfillments", method="POST", seconds=3)
    tracking = ship(system, order)
    wait_for("the shop has the parcel", lambda: parcels_with(account, tracking) == 1, seconds=40, every=0.02)
    states = system.books.rows("SELECT state FROM connectors.work WHERE kind = 'fulfilment'")
    assert [row["state"] for row in states] == ["sending"]
    system.kill("connectors")
    killed = time.monotonic()
    system.restart("connectors")
    wait_for("the parcel is reported", lambda: reported(system, order), seconds=60)
    account.close(case, recover_s=round(time.monotonic() - killed, 1))
    assert case.adds_up, case.faults
    assert parcels_with(account, tracking) == 1


def test_a_parcel_waits_while_its_switch_is_off_and_goes_out_afterwards(system: System, case: Case) -> None:
    account = system.connect(features=FEATURES)
    order = shippable(account)
    account.change(integration={"fulfilments": False})
    account.wait_until_heard()
    tracking = ship(system, order)
    wait_for("the parcel is blocked", lambda: shipment_of(system, order)["state"] == "blocked", seconds=30)
    assert len(shipment_of(system, order)["reason"].split()) > 3
    account.place(5)
    account.wait_for_orders(account.placed)
    account.change(integration={"fulfilments": True})
    wait_for("the parcel is reported", lambda: reported(system, order), seconds=30)
    account.close(case)
    assert case.adds_up, case.faults
    assert parcels_with(account, tracking) == 1
