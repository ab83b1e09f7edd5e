"""The whole journey of one connection as its merchant walks it over REST, from his master data to its deletion."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import httpx2
import pytest

from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.merchant import Merchant
from tests.journey.system import ADDRESSES, ORDERS_EVERY, System
from tests.journey.test_pushes import (
    FEATURES,
    count,
    parcels_with,
    reported,
    ship,
    shop_shows,
    wait_until_stock_is_told,
    wanted,
)

SECRETS = {"shopify": "client_secret", "woocommerce": "consumer_secret"}
ARTICLE = "KR-1001"
UNKNOWN = "sku unknown to the ERP"
LISTS = {"payment-methods": ["Open invoice", "Prepaid"], "shipping-methods": ["Parcel"]}
PROJECT = "whole journey"


@pytest.fixture(params=["shopify", "woocommerce"])
def merchant(request: pytest.FixtureRequest, system: System) -> Iterator[Merchant]:
    """A merchant whose shop is open and not connected. Afterwards the articles he added are gone."""
    platform, name = request.param, f"whole-journey-{request.param}"
    shop = system.sandbox.post("/_control/shops", {"platform": platform, "name": name})
    account = Account("", name, platform, f"/_control/{platform}/{name}", system.kontor, system.sandbox, system.books)
    bearer = {"Authorization": f"Bearer {system.key(name, 'admin')}"}
    with httpx2.Client(base_url=system.stage.addresses.origin, headers=bearer, timeout=60) as http:
        walker = Merchant(system, account, {ADDRESSES[platform]: shop["url"], **shop["credentials"]}, http)
        yield walker
        for number in walker.new_articles:
            walker.ask("DELETE", f"/inventory/articles/{number}", expect=204)


def test_a_connection_is_walked_from_its_master_data_to_its_deletion(merchant: Merchant) -> None:
    prepare(merchant)
    make_a_draft_and_give_credentials(merchant)
    choose_features_later_and_save(merchant)
    guest, by_transfer, unknown = (
        merchant.account.place_case(name) for name in ("guest", "bank transfer, unpaid", UNKNOWN)
    )
    look_at_orders_before_importing_any(merchant, guest, by_transfer, unknown)
    look_at_stock_before_telling_any(merchant)
    try_to_go_live_too_early(merchant)
    import_by_hand_and_map_words(merchant, guest, by_transfer, unknown)
    enter_the_missing_article(merchant, unknown)
    go_live(merchant)
    push_stock(merchant)
    report_a_shipment(merchant, guest)
    change_a_setting_with_somebody_else(merchant)
    rename(merchant)
    pause_and_resume(merchant)
    delete(merchant, guest)


def prepare(merchant: Merchant) -> None:
    """His project, his methods by name; the articles and their stock are there."""
    merchant.ask("PUT", f"/orders/master-data/projects/{PROJECT}", {"default_customer": "10000"})
    for name, methods in LISTS.items():
        merchant.ask("PUT", f"/orders/master-data/lists/{name}", {"names": methods})
    assert merchant.ask("GET", "/inventory/articles").json()["items"]


def make_a_draft_and_give_credentials(merchant: Merchant) -> None:
    """The form asks for what the shop has given; a wrong field is named, and nothing is kept of it."""
    platform, secret = merchant.account.platform, SECRETS[merchant.account.platform]
    options = {"orders_every_seconds": ORDERS_EVERY, "articles_every_seconds": 60}
    base = {"platform": platform, "name": merchant.account.name, "project": PROJECT, "options": options}
    draft = merchant.ask("POST", "/connections/drafts", base, expect=201).json()
    merchant.account.id = draft["id"]
    assert set(merchant.credentials) <= set(merchant.get(f"/connectors/{platform}/credentials")["properties"])
    path = f"/connections/drafts/{draft['id']}"
    wrong = {"credentials": merchant.credentials | {secret: f"{merchant.credentials[secret][:-4]}0000"}}
    refused = merchant.ask("PUT", f"{path}/credentials", wrong, expect=422).json()
    assert (refused["code"], refused["field"]) == ("credentials_test_failed", f"credentials.{secret}")
    assert merchant.get(path)["next"] == "credentials"
    tested = merchant.ask("PUT", f"{path}/credentials", {"credentials": merchant.credentials}).json()
    assert (tested["next"], tested["facts"]["currency"]) == ("features", "EUR")


def choose_features_later_and_save(merchant: Merchant) -> None:
    """Every switch is off at first. The saved credentials pass the live test."""
    path = f"/connections/drafts/{merchant.account.id}"
    assert merchant.ask("PUT", f"{path}/features", {"integration": {}}).json()["next"] == "save"
    saved = merchant.ask("POST", f"{path}/save", expect=201).json()
    merchant.system.accounts.append(merchant.account)
    assert (saved["id"], saved["productive"]) == (merchant.account.id, False)
    for neighbour in (f"{merchant.connector}/health", f"/orders/rules/{merchant.account.id}"):
        wait_for(f"{neighbour} answers", partial(merchant.answers, neighbour), seconds=30)
    assert merchant.ask("POST", f"{merchant.path}/test").json()["ok"]


def look_at_orders_before_importing_any(merchant: Merchant, guest: str, by_transfer: str, unknown: str) -> None:
    """A dry run says of every order what would become of it, and writes nothing."""
    wish = {"external_ids": [guest, by_transfer, unknown]}
    seen = merchant.ask("POST", f"{merchant.connector}/preview", wish).json()
    shown = {one["external_id"]: one["judgement"] for one in seen}
    assert [shown[id]["status"] for id in (guest, by_transfer, unknown)] == ["imported", "imported", "parked"]
    assert [reason["code"] for reason in shown[unknown]["reasons"]] == ["article_unknown"]
    assert all(one["proof"]["tolerated"] for one in shown.values())
    assert merchant.get(f"/orders?connection={merchant.account.id}")["items"] == []


def look_at_stock_before_telling_any(merchant: Merchant) -> None:
    """The shop's listings are read once; what a push would do is shown, and the shop is told nothing."""
    before = merchant.stock_shown()
    span = {"noun": "article", "since": "2000-01-01T00:00:00Z", "until": datetime.now(UTC).isoformat()}
    reading = merchant.ask("POST", f"{merchant.connector}/backfills", span, expect=202).json()["id"]
    read = f"{merchant.connector}/backfills/{reading}"
    wait_for("the listings are read", lambda: merchant.get(read)["state"] == "done", seconds=60)
    preview = f"/inventory/preview/{merchant.account.id}"
    wait_for("listings are matched", lambda: merchant.get(preview)["sums"]["listings"] > 40, seconds=30)
    shown = merchant.get(preview)
    assert shown["blocked_by"]["code"] == "productive_mode_off"
    assert any(place["quantity"] > 0 and place["explanation"] for one in shown["items"] for place in one["places"])
    assert merchant.get(f"/inventory/summary/{merchant.account.id}")["told"] == 0
    assert merchant.stock_shown() == before


def try_to_go_live_too_early(merchant: Merchant) -> None:
    """What is missing is listed, with what to do; the checklist says the same."""
    refused = merchant.ask("POST", f"{merchant.path}/go-live", {}, expect=422).json()
    assert [(one["code"], one["field"]) for one in refused["missing"]] == [("no_feature_on", "integration")]
    assert refused["missing"][0]["advice"]
    assert not merchant.get(f"{merchant.path}/checklist")["ready"]


def import_by_hand_and_map_words(merchant: Merchant, guest: str, by_transfer: str, unknown: str) -> None:
    """The test phase: three orders by hand. Words without a row keep them back, and one row sets free what needs it."""
    rules = merchant.ask("GET", f"/orders/rules/{merchant.account.id}")
    standard = rules.json()["rules"] | {"payments": {"standard": "Open invoice"}}
    merchant.ask("PUT", f"/orders/rules/{merchant.account.id}", standard, if_match=rules.headers["etag"])
    run = merchant.ask("POST", f"{merchant.connector}/runs", {"external_ids": [guest, by_transfer, unknown]}).json()
    assert {one["outcome"] for one in run["items"]} == {"published"}
    wait_for("three orders are here", lambda: not merchant.ledger().missing, seconds=30)
    word, other = (merchant.reasons(one)["payment_method_unmapped"] for one in (guest, by_transfer))
    assert set(merchant.reasons(unknown)) == {"payment_method_unmapped", "article_unknown"}
    wait_for("both words are learned", lambda: merchant.open_words() == {word, other}, seconds=30)
    merchant.give_rows(word)
    wait_for("the row has set its order free", lambda: merchant.status(guest) == "imported", seconds=30)
    assert merchant.status(by_transfer) == "parked"
    merchant.give_rows(other)
    wait_for("so has the other", lambda: merchant.status(by_transfer) == "imported", seconds=30)


def enter_the_missing_article(merchant: Merchant, unknown: str) -> None:
    """What is still parked is so for one article alone, and goes on by itself as soon as that is there."""
    wait_for("one reason is left", lambda: set(merchant.reasons(unknown)) == {"article_unknown"}, seconds=30)
    number = merchant.reasons(unknown)["article_unknown"]
    merchant.new_articles.append(number)
    merchant.ask("PUT", "/inventory/articles", {"articles": [{"number": number, "title": "New"}]})
    wait_for("it is imported", lambda: merchant.status(unknown) == "imported", seconds=30)
    merchant.freed.add(unknown)


def go_live(merchant: Merchant) -> None:
    """From now on orders come by themselves, and every one of the shop's own list is accounted for to the cent."""
    merchant.ask("PUT", f"/inventory/settings/{merchant.account.id}", {"guard": {"zero_share": 100}})
    live = merchant.ask("POST", f"{merchant.path}/go-live", {"features": list(FEATURES)}).json()
    assert live["productive"]
    merchant.sell(8)
    wait_for("the ledger adds up", merchant.adds_up, seconds=90)
    assert merchant.get(f"{merchant.path}/health")["state"] != "stopped"


def push_stock(merchant: Merchant) -> None:
    """The shop shows what the merchant has counted."""
    wait_until_stock_is_told(merchant.system, merchant.account)
    count(merchant.system, ARTICLE, 7 + wanted(merchant.system, ARTICLE))
    wait_for("the shop shows 7", lambda: shop_shows(merchant.account, ARTICLE) == 7, seconds=30)


def report_a_shipment(merchant: Merchant, external_id: str) -> None:
    """The shop shows the parcel, once."""
    order = merchant.account.order(external_id)
    tracking = ship(merchant.system, order)
    wait_for("the parcel is reported", lambda: reported(merchant.system, order), seconds=60)
    assert parcels_with(merchant.account, tracking) == 1


def change_a_setting_with_somebody_else(merchant: Merchant) -> None:
    """Who is late sees both versions; the same wish twice is carried out once, and its answer says so."""
    seen = merchant.ask("GET", merchant.path).headers["etag"]
    wish = partial(merchant.ask, "PATCH", merchant.path, {"project": "mine"}, if_match=seen, key="mine")
    first, again = wish(), wish()
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    late = merchant.ask("PATCH", merchant.path, {"project": "theirs"}, expect=409, if_match=seen).json()
    assert (f'"{late["your_version"]}"', f'"{late["current_version"]}"') == (seen, first.headers["etag"])
    assert late["values"] == [{"field": "project", "yours": "theirs", "current": "mine"}]


def rename(merchant: Merchant) -> None:
    """Nothing hangs on the name: orders, rules and what the shop was told stay, and the exchange goes on."""
    before = merchant.belongings()
    merchant.account.name = f"renamed {merchant.account.name}"
    renamed = merchant.ask("PATCH", merchant.path, {"name": merchant.account.name}).json()
    assert (renamed["id"], renamed["name"]) == (merchant.account.id, merchant.account.name)
    assert merchant.belongings() == before
    merchant.sell(1)
    wait_for("the ledger adds up", merchant.adds_up, seconds=60)
    after = merchant.belongings()
    assert before["orders"] < after["orders"]
    assert (after["rules"], after["listings"]) == (before["rules"], before["listings"])


def pause_and_resume(merchant: Merchant) -> None:
    """While it is paused nothing is read; afterwards nothing is missing."""
    merchant.ask("POST", f"{merchant.path}/pause", {})
    assert merchant.get(f"{merchant.path}/health")["reason"] == "paused_by_hand"
    health = f"{merchant.connector}/health"
    wait_for("the connector knows it", lambda: merchant.get(health)["paused_because"] != "", seconds=30)
    time.sleep(ORDERS_EVERY)
    merchant.sell(1)
    time.sleep(2 * ORDERS_EVERY)
    assert len(merchant.ledger().missing) == 1
    merchant.ask("POST", f"{merchant.path}/resume")
    wait_for("the ledger adds up", merchant.adds_up, seconds=60)


def delete(merchant: Merchant, external_id: str) -> None:
    """Meant, with a token; what goes and what stays is said, and the orders and their journal do stay."""
    order = merchant.account.order(external_id)["id"]
    plan = merchant.ask("POST", f"{merchant.path}/deletion").json()
    merchant.ask("DELETE", f"{merchant.path}?confirm={plan['token']}0", expect=422)
    gone = merchant.ask("DELETE", f"{merchant.path}?confirm={plan['token']}").json()
    merchant.system.accounts.remove(merchant.account)
    assert (gone["deleted"], gone["kept"]) == (plan["deleted"], plan["kept"])
    assert {"orders and their versions", "journal"} <= set(gone["kept"])
    merchant.ask("GET", merchant.path, expect=404)
    assert merchant.get(f"/orders/{order}")["status"] == "imported"
    told = {step["code"] for step in merchant.get(f"/journal/timeline/order/{order}")["steps"]}
    assert {"order_received", "order_set_free", "shipment_recorded"} <= told
    wait_for("the journal says it", lambda: "connection_was_deleted" in merchant.codes(), seconds=30)
    assert {"connection_created", "setting_changed"} <= merchant.codes()
