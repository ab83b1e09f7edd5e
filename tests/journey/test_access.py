"""Who may call what: every route of every OpenAPI document, with no key, with too small a key, with another shop's key.

Nothing here names a route, so a new one is covered as soon as it exists. What is named are values for path parameters;
a new parameter without one fails the test and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.api_document import Operation, operations
from tests.journey.system import ADDRESSES, System
from tests.journey.test_pushes import FEATURES, count, reported, ship, simple_listing

ROLES = ("read", "support", "operate", "admin", "service")
# Which keys suffice for a role: read < support < operate < admin; a service's own key does all but administer.
SUFFICE = {
    "read": {*ROLES},
    "support": {"support", "operate", "admin", "service"},
    "operate": {"operate", "admin", "service"},
    "admin": {"admin"},
    "service": {"service"},
}
# Support staff may let the ledger count again: it reads from the shop and writes nothing but the count.
ON_THE_WAY = ("next_at", "under_way")
WRITES_OF_SUPPORT = {"POST /journal/completeness"}
# Where a platform sends the owner of an account back to: a browser without a key, but with a state that works once.
WAY_BACK = "/connections/authorisation/callback"


@dataclass
class House:
    """Two shops with a life of their own, keys of every kind, and real ids of the first shop's records."""

    system: System
    mine: Account
    other: Account
    keys: dict[str, str]
    limited: dict[str, str]
    ids: dict[str, str]
    queries: dict[str, str]
    secret_words: tuple[str, ...]
    routes: list[Operation]
    http: httpx2.Client

    def call(self, route: Operation, key: str | None, *, body: Any = None, **query: Any) -> httpx2.Response:
        """One call of a route with real values in its path."""
        try:
            path = route.filled(self.ids)
        except KeyError as missing:
            pytest.fail(f"{route} has the path parameter {missing}: give it a real value in this test's `ids`")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        given = {"json": body} if route.method in ("POST", "PUT", "PATCH") else {}
        return self.http.request(route.method, path, headers=headers, params=query, **given)

    def bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def picture(self) -> dict[str, Any]:
        """What the first shop's records look like, to be compared after somebody tried to change them."""
        kontor, account = self.system.kontor, self.mine
        order = kontor.get(f"/orders/{self.ids['order_id']}")
        subscription = kontor.get(f"/journal/subscriptions/{self.ids['subscription_id']}")
        return {
            "connection": account.view(),
            "order": order["content"],
            "shipments": [one["reference"] for one in order["shipments"]],
            "cancellations": [one["state"] for one in order["cancellations"]],
            "call_offs": order["call_offs"],
            "returns": [one["state"] for one in order["returns"]],
            "settings": kontor.get(f"/inventory/settings/{account.id}")["version"],
            "acknowledgements": order["acknowledgements"],
            "keys": sorted(one["name"] for one in kontor.get("/access/keys")),
            "consumers": sorted(one["name"] for one in kontor.get("/orders/feed")),
            # An alert may be on its way at any moment; that is nobody's change.
            "subscription": {name: value for name, value in subscription.items() if name not in ON_THE_WAY},
        }


def held_stock(system: System, account: Account) -> dict[str, Any]:
    """A push that waited for a person, who decided that the shop stays as it is."""
    settings = f"/inventory/settings/{account.id}"
    system.kontor.put(settings, {"guard": {"zero_share": 0, "zero_minimum": 1}})
    count(system, simple_listing(system, account)["sku"], 0)
    holds = "/inventory/holds"
    waiting = {"connection": account.id, "state": "open"}
    wait_for("a zero is held", lambda: bool(system.kontor.get(holds, **waiting)["items"]), seconds=60)
    (hold,) = system.kontor.get(holds, **waiting)["items"]
    system.kontor.post(f"{holds}/{hold['id']}/discard", {})
    system.kontor.put(settings, {"guard": {"zero_share": 100}})
    found: dict[str, Any] = hold
    return found


@pytest.fixture(scope="module")
def house(running_system: System) -> Iterator[House]:
    running_system.heal()
    kontor = running_system.kontor
    mine, other = running_system.connect(features=FEATURES), running_system.connect()
    (external_id,) = mine.place(1)
    mine.place_case("unknown status word")
    mine.wait_for_orders(2)
    wait_for("the stock was told", lambda: bool(kontor.get(f"/inventory/summary/{mine.id}")["told"]), seconds=60)
    hold = held_stock(running_system, mine)
    order = mine.order(external_id)
    ship(running_system, order)
    wait_for("the parcel is reported", lambda: reported(running_system, order), seconds=40)
    # Another piece than the one that is refunded below.
    last = order["content"]["line_items"][-1]
    back = {"reference": "B-1", "lines": [{"line_external_id": last["external_id"], "quantity": "1"}]}
    returned = kontor.post(f"/orders/{order['id']}/returned", back)
    # Refunded after it was shipped: a cancellation that comes too late, and a return.
    mine.edit(external_id, "refund_line", line=0, quantity=1)
    changed = f"/orders/{order['id']}"
    wait_for("the return is expected", lambda: bool(kontor.get(changed)["returns"]), seconds=60)
    kontor.get("/orders/feed/audit")
    mine.settle()
    listing = simple_listing(running_system, mine)
    taken = imported_again(running_system, mine, listing["sku"])
    (shipment,) = kontor.get(f"/orders/{order['id']}/shipments")
    timeline = kontor.get(f"/journal/timeline/order/{order['id']}")
    paper = {"kind": "invoice", "number": "RE-1", "date": "2026-03-01", "pdf": "JVBERi0xLjcKJSVFT0YK"}
    document = kontor.post(f"{changed}/documents", paper)
    money = {"reference": "G-1", "currency": order["content"]["currency"], "goodwill": "0.01"}
    refund = kontor.post(f"/orders/{order['id']}/refunds", money)
    erasure = kontor.post("/privacy/erasures", {"order_ids": [str(uuid4())]})
    takeover = taken_over(running_system, mine)
    told_product(running_system, mine, listing["article_number"])
    wish = {"way": "mail", "address": "stock@example.com", "connections": [mine.id]}
    subscription = kontor.post("/journal/subscriptions", wish)
    reading, now = f"/connectors/{mine.platform}/connections/{mine.id}", datetime.now(UTC)
    asked = {"since": (now - timedelta(hours=1)).isoformat(), "until": now.isoformat()}
    backfill = kontor.post(f"{reading}/backfills", asked)
    run = kontor.post(f"{reading}/runs", {"external_ids": [external_id]})
    keys = {role: running_system.key(f"{role} key", role) for role in ROLES}
    limits = {"connections": [other.id]}
    limited = {role: running_system.key(f"{role} key of another shop", role, **limits) for role in ROLES}
    ids = {
        "connection_id": mine.id,
        "connection": mine.id,
        "draft_id": kontor.post("/connections/drafts", {"platform": mine.platform, "name": "begun"})["id"],
        "id": order["id"],
        "order_id": order["id"],
        "external_id": external_id,
        "parcel_id": shipment["id"],
        "cancellation_id": kontor.get(changed)["cancellations"][0]["id"],
        "return_id": kontor.get(changed)["returns"][0]["id"],
        "call_off_id": str(uuid4()),
        "document_id": document["id"],
        "refund_id": refund["id"],
        "returned_id": returned["id"],
        "listing_id": listing["id"],
        "successor_id": mine.id,
        "payload_id": next(step["payload"] for step in timeline["steps"] if step["payload"]),
        "key_id": str(uuid4()),
        "erasure_id": erasure["id"],
        "takeover_id": takeover["id"],
        "hold_id": hold["id"],
        "subscription_id": subscription["id"],
        "backfill_id": backfill["id"],
        "run_id": run["id"],
        "correction_id": str(uuid4()),
        "import_id": taken["id"],
        "subject": order["id"],
        "noun": "order",
        "number": listing["article_number"],
        "code": "main",
        "consumer": "audit",
        "version": "1",
        "before": "1",
        "after": "1",
        "project": "North",
        "kind": "shipping",
        "list_name": "languages",
        "country": "AT",
    }
    queries = {
        "connection": mine.id,
        "number": order["number"],
        "external_id": external_id,
        "subject": order["id"],
        "tracking": shipment["tracking_number"],
        "sku": listing["sku"],
        "article": listing["article_number"],
        "article_number": order["lines"][0]["article_number"],
        "status": "imported",
    }
    http = httpx2.Client(base_url=running_system.stage.addresses.origin, timeout=60)
    words = (mine.id, mine.name, order["id"], shipment["id"], listing["id"], subscription["id"])
    yield House(running_system, mine, other, keys, limited, ids, queries, words, operations(kontor), http)
    http.close()
    kontor.call("DELETE", f"/connections/{takeover['connection']}", params={"confirm": takeover["name"]})
    running_system.heal()


def imported_again(system: System, account: Account, sku: str) -> dict[str, Any]:
    """One listing became an article once more, while its shop was not live for a moment."""
    kontor, switch = system.kontor, f"/inventory/summary/{account.id}"
    account.change(productive=False)
    wait_for(
        "it is not live",
        lambda: (kontor.get(switch)["blocked_by"] or {}).get("code") == "productive_mode_off",
        seconds=60,
    )
    run = kontor.post("/inventory/imports", {"connection": account.id, "strategy": "fill", "choose": {"skus": [sku]}})
    wait_for("it is imported", lambda: kontor.get(f"/inventory/imports/{run['id']}")["state"] == "finished", seconds=60)
    account.change(productive=True)
    found: dict[str, Any] = run
    return found


def told_product(system: System, account: Account, number: str) -> None:
    """A product that was to be sent, and is not, because the shop has it and only new ones are wanted."""
    system.kontor.put(f"/inventory/product-settings/{account.id}", {"strategy": "create"})
    answer = system.kontor.post(f"/inventory/products/{account.id}", {"article_numbers": [number]})
    assert (answer["sent"], answer["incomplete"]) == (0, 1), answer


def taken_over(system: System, account: Account) -> dict[str, Any]:
    """An older interface to the same shop that became a connection of its own, which is off."""
    shop = next(one for one in system.sandbox.get("/_control/shops") if one["name"] == account.name)
    credentials = {ADDRESSES[account.platform]: shop["url"], **shop["credentials"]}
    head = {"format": 1, "name": f"{account.name} of old", "platform": account.platform, "active": False}
    made: dict[str, Any] = system.kontor.post("/connections/takeovers", head | {"credentials": credentials})
    return made


def keyed(house: House) -> list[Operation]:
    """The routes that need an API key: all but those for the shops' webhooks, which are signed, and the way back."""
    return [route for route in house.routes if not route.path.startswith("/hooks/") and route.path != WAY_BACK]


def problem(answer: httpx2.Response) -> dict[str, Any]:
    """The problem document of an answer that is one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code
    assert {"type", "title", "code", "detail"} <= found.keys()
    return found


def test_every_route_says_which_role_it_needs(house: House) -> None:
    assert len(keyed(house)) > 60
    assert [str(route) for route in keyed(house) if route.role not in ROLES] == []
    assert [str(route) for route in house.routes if route not in keyed(house) and route.role] == []


def test_nobody_changes_anything_with_a_key_for_reading(house: House) -> None:
    weak = [str(one) for one in keyed(house) if one.method != "GET" and one.role in ("read", "support")]
    assert set(weak) <= WRITES_OF_SUPPORT


def test_without_a_key_every_route_answers_401(house: House) -> None:
    for route in keyed(house):
        for key in (None, "kontor_" + "x" * 43):
            answer = house.call(route, key, body=route.body(house.ids))
            assert answer.status_code == 401, route
            assert problem(answer)["code"] == "key_missing"


def test_a_webhook_without_a_signature_answers_401_and_one_for_nobody_404(house: House) -> None:
    hooks = [route for route in house.routes if route.path.startswith("/hooks/")]
    assert hooks
    for route in hooks:
        platform = route.path.split("/")[2]
        # A GET is a platform's challenge, which the pretend shop's platform does not have.
        signed = route.method == "POST" and platform == house.mine.platform
        assert house.call(route, None, body={"id": 1}).status_code == (401 if signed else 404)
        nobody = route.path.format(connection_id=uuid4())
        assert house.http.post(nobody, json={"id": 1}).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_a_key_may_do_what_its_role_may_and_nothing_else(house: House, role: str) -> None:
    for route in keyed(house):
        if role not in SUFFICE[route.role]:
            answer = house.call(route, house.keys[role], body=route.body(house.ids))
            assert answer.status_code == 403, route
            assert problem(answer)["code"] == "role_missing"
        elif route.method == "GET":
            answer = house.call(route, house.keys[role], **route.required_query())
            assert answer.status_code not in (401, 403), route
            assert answer.status_code < 500, f"{route}: {answer.text}"


def test_the_values_of_this_test_are_real(house: House) -> None:
    """A sweep over ids that nobody has would prove nothing."""
    found = 0
    asked = {name: house.queries[name] for name in ("number", "external_id")}
    told = house.http.get("/journal/timeline", params=asked, headers=house.bearer("admin"))
    assert house.ids["order_id"] in told.text
    for route in keyed(house):
        if route.method == "GET" and route.path_names and route.role in ("read", "support", "operate"):
            answer = house.call(route, house.keys["admin"], **route.required_query())
            mine = route.path.startswith("/connectors/") and not route.path.startswith(
                f"/connectors/{house.mine.platform}"
            )
            assert answer.status_code == (404 if mine else 200), f"{route}: {answer.text}"
            found += answer.status_code == 200
    assert found > 15


def ways_to_ask(house: House, route: Operation) -> list[dict[str, Any]]:
    """What a route may be asked for: what it needs, and each of its filters with a value of the first shop's."""
    needed = route.required_query()
    return [needed, *(needed | {name: house.queries[name]} for name in route.query_names if name in house.queries)]


@pytest.mark.parametrize("role", ["read", "support", "operate", "admin"])
def test_a_key_for_another_shop_reads_nothing_of_this_one(house: House, role: str) -> None:
    for route in keyed(house):
        if route.method != "GET" or role not in SUFFICE[route.role]:
            continue
        for asked in ways_to_ask(house, route):
            answer = house.call(route, house.limited[role], **asked)
            assert answer.status_code in (200, 403, 404, 422), f"{route}: {answer.status_code} {answer.text}"
            if answer.status_code == 200:
                told = [word for word in house.secret_words if word in answer.text]
                assert told == [], f"{route} {asked} tells a key for another shop of {told}"
            else:
                problem(answer)


@pytest.mark.parametrize("role", ["operate", "admin"])
def test_a_key_for_another_shop_changes_nothing_of_this_one(house: House, role: str) -> None:
    before = house.picture()
    for route in keyed(house):
        if route.method == "GET" or role not in SUFFICE[route.role]:
            continue
        confirmed = {"confirm": house.mine.name} if route.query("confirm") else {}
        answer = house.call(
            route, house.limited[role], body=route.body(house.ids), **(route.required_query() | confirmed)
        )
        assert answer.status_code < 500, f"{route}: {answer.text}"
        if answer.status_code >= 400:
            problem(answer)
        assert house.picture() == before, f"{route} changed something: {answer.status_code} {answer.text}"
