"""What the connector asks and what the pretend account answers is what the platform's own descriptions say."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from services.connectors.ebay import reading
from services.connectors.ebay.connector import EBAY
from services.sandbox import seeds
from services.sandbox.ebay.checkout import Way
from tests.wired.contract.shops.ebay import VARIETIES
from tests.wired.contract.stand import new_sandbox, open_stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled
from tests.wired.contract.test_refunds import given_back, refund
from tests.wired.ebay.test_products import GOOD, MUGS, product, shirt, stocked
from tests.wired.ebay.test_reading import OSS
from tests.wired.mirakl.recorder import Call, Recorder
from tests.wired.otto.schema import complaints

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "ebay" / "openapi"
PARTS = {
    "/sell/fulfillment/v1": "sell_fulfillment_v1_oas3.json",
    "/sell/inventory/v1": "sell_inventory_v1_oas3.json",
    "/commerce/notification/v1": "commerce_notification_v1_oas3.json",
    "/commerce/taxonomy/v1": "commerce_taxonomy_v1_oas3.json",
    "/sell/account/v1": "sell_account_v1_oas3.json",
    "/post-order/v2": "cancellation_oas3.json",
}
# Returned in eBay's own samples and used by Post-Order, though newer descriptions no longer name it.
BESIDES = {"legacyOrderId"}
# A map of lists, as every sample of eBay's shows it; its description can only say that it is a text.
MAPS = re.compile(r"\.aspects: \{.*\} is no string$")
# The login is described by pages only.
LOGIN = ("/identity/", "/oauth2/")

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="eBay's descriptions are not on this machine; KONTOR_TEST_SPECS names them."
)


@cache
def description(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SPECS / name).read_text("utf-8"))
    return found


def found(call: Call) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The description and its operation; fixed paths before those with a place for an id."""
    for base, name in PARTS.items():
        if not call.path.startswith(base):
            continue
        paths = description(name)["paths"]
        for template, methods in sorted(paths.items(), key=lambda entry: str(entry[0]).count("{")):
            form = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if call.method.lower() in methods and re.fullmatch(form, call.path.removeprefix(base)):
                return description(name), methods[call.method.lower()]
    return None


def misfits(call: Call) -> list[str]:
    """Everything about a call and its answer that the description does not know."""
    where = f"{call.method} {call.path}"
    known = found(call)
    if known is None:
        return [f"{where} is not described"]
    document, operation = known
    parameters = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    problems = [f"{where}: parameter {name}" for name, _ in parse_qsl(call.query) if name not in parameters]
    body = operation.get("requestBody")
    if body is not None:
        problems += complaints(document, body["content"]["application/json"]["schema"], json.loads(call.sent), where)
    if str(call.status) not in operation["responses"]:
        return [*problems, f"{where}: answers no {call.status}"]
    content = operation["responses"][str(call.status)].get("content")
    if content and call.answered:
        problems += complaints(document, content["application/json"]["schema"], json.loads(call.answered), where)
    return [one for one in problems if not MAPS.search(one) and not any(name in one for name in BESIDES)]


async def everything() -> list[Call]:
    """One of each thing the connector does, well and badly."""
    calls: list[Call] = []
    app = new_sandbox(VARIETIES[0])
    app.add_middleware(Recorder, calls=calls)
    stand = open_stand(VARIETIES[0], EBAY, app=app)
    assert (await EBAY.probe(stand.client)).ok
    for case in seeds.CASES:
        basket = seeds.case(case, stand.sandbox.clock())
        if not basket.defect and case not in ("three hundred lines", seeds.cases.HUGE):
            stand.opened.place(basket)
    for way in (OSS, Way(hub=True), Way(fulfilled_by_ebay=True), Way(without_sku=True)):
        asked = stand.shop.place_in(way, seeds.case("engraving", stand.sandbox.clock()))
    stand.shop.ask_to_cancel(asked)
    await stand.items()
    assert len(await stand.items("article")) > 50
    (offer,) = await articles(stand, "KR-1001")
    await stand.stream("article").fetch_one(stand.client, offer.external_id)
    await stand.send("stock", [level(offer, 3), level(offer, 4, stock_external_id="NOBODY")])
    await stand.send("price", [price(offer, "9.99"), price(offer, "9.99", external_id="1")])
    shipped = await order_of(stand, "reduced rate only")
    await reading.taxonomy(stand.client)
    await reading.category(stand.client, MUGS)
    await reading.category(stand.client, "30120")
    await reading.suggested(stand.client, "Becher")
    await reading.suggested(stand.client, "xyzzy")
    content = {"weight_grams": "350", "length_mm": "120", "width_mm": "90", "height_mm": "100"}
    listed = [product("A-1", ean="4006381333931", content=content), shirt("H-1", "S", "Rot"), shirt("H-2", "M", "Rot")]
    for _ in range(2):
        await stocked(stand, *listed)
    await stocked(stand, product("A-2", GOOD | {".title": "B" * 81}), product("A-3", {".title": "Becher"}))
    await stocked(stand, product("A-1", active=False))
    paid = await order_of(stand, "reduced rate only")
    line = paid.line_items[0]
    for push in (refund(paid, "1.00", (line.external_id, 0, "1.00")), refund(paid, "2.00"), refund(paid, "2.00")):
        await given_back(stand, push)
    outcomes = [
        await settled(stand, "fulfilment", parcel(shipped)),
        await settled(stand, "cancellation", cancellation(await order_of(stand, "reduced rate only"))),
    ]
    assert {result.outcome for result in outcomes} == {"done"}
    await stand.items()
    await stand.stream("order").fetch_one(stand.client, "99-99999-99999")
    find = stand.stream("order").find
    assert find is not None
    assert await find(stand.client, [asked]) == {asked: asked}
    await stand.close()
    return [call for call in calls if not call.path.startswith(LOGIN)]


async def test_every_call_and_every_answer_fits_the_published_descriptions() -> None:
    calls = await everything()
    kinds = {(call.method, re.sub(r"\d{2}-\d{5}-\d{5}|\d{6,}|KR-\d+", "*", call.path), call.status) for call in calls}
    assert len(kinds) >= 11, kinds
    assert sorted({re.sub(r"\[\d+\]", "[]", misfit) for call in calls for misfit in misfits(call)}) == []


def test_every_call_needs_a_right_that_the_seller_is_asked_for() -> None:
    from services.connectors.ebay.vocabulary import SCOPE, SCOPES

    for base, path, method, scope in (
        ("/sell/fulfillment/v1", "/order", "get", "sell.fulfillment"),
        ("/sell/fulfillment/v1", "/order/{orderId}/shipping_fulfillment", "post", "sell.fulfillment"),
        ("/sell/inventory/v1", "/inventory_item", "get", "sell.inventory"),
        ("/sell/inventory/v1", "/bulk_update_price_quantity", "post", "sell.inventory"),
        ("/sell/inventory/v1", "/inventory_item/{sku}", "put", "sell.inventory"),
        ("/sell/account/v1", "/return_policy", "get", "sell.account.readonly"),
        ("/sell/fulfillment/v1", "/order/{order_id}/issue_refund", "post", "sell.finances"),
        ("/commerce/notification/v1", "/subscription", "post", "commerce.notification.subscription"),
    ):
        security = description(PARTS[base])["paths"][path][method]["security"]
        assert f"{SCOPE}/{scope}" in [one for way in security for names in way.values() for one in names]
        assert scope in SCOPES
