"""The pretend account's answers, and what the connector sends, against the interface descriptions."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from services.connectors.otto import reading, wire
from services.connectors.otto.inbound import order as translated
from services.connectors.otto.vocabulary import (
    CARRIERS,
    ITEM_STATES,
    LISTING_STATES,
    RETURN_STATES,
    RETURN_TERMS,
    ROLES,
)
from services.sandbox import seeds
from services.sandbox.merchant import Change
from services.sandbox.otto.catalogue import PROFILES
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_prices import eur, price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled
from tests.wired.contract.test_returns_answered import answer, line
from tests.wired.otto.schema import complaints
from tests.wired.otto.test_products import IMAGE, judged, product

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "otto"

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(),
    reason="The platforms' published documents are not on this machine; KONTOR_TEST_SPECS names them.",
)
INTERFACES = {
    "/v4/": "OrdersV4",
    "/v5/": "ProductsV5",
    "/v1/availability/": "AvailabilityV1",
    "/v1/shipping-profiles": "ShippingProfilesV1",
    "/v1/shipments": "ShipmentsV1",
    "/v3/receipts": "ReceiptsV3",
    "/v3/returns": "ReturnsV3",
}


def document(interface: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SPECS / f"reconstructed-{interface}Api.openapi.json").read_text("utf-8"))
    return found


def described(path: str, method: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document and the operation of a call."""
    read = document(next(name for start, name in INTERFACES.items() if path.startswith(start)))
    parts = path.split("/")
    exact = {path: read["paths"][path]} if path in read["paths"] else {}
    for template, methods in (exact or read["paths"]).items():
        wanted = template.split("/")
        fits = len(wanted) == len(parts) and all(
            a == b or a.startswith("{") for a, b in zip(wanted, parts, strict=True)
        )
        if fits and method.lower() in methods:
            return read, methods[method.lower()]
    raise AssertionError(f"{method} {path} is not described")


def body_schema(content: Any) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (content or {}).get("content", {}).get("application/json", {}).get("schema")
    return found


class Listener:
    """Stands before the account's API and keeps what goes in and out."""

    def __init__(self, app: Any) -> None:
        self.app, self.heard = app, list[tuple[str, str, bytes, str, int, bytes]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await Request(scope, receive).body()
        answer: list[Any] = []

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": asked, "more_body": False}

        async def keep(message: Any) -> None:
            answer.append(message)
            await send(message)

        await self.app(scope, again, keep)
        body = b"".join(message.get("body", b"") for message in answer)
        path = scope["path"].removeprefix(scope["root_path"])
        query = scope["query_string"].decode()
        self.heard.append((scope["method"], path, asked, query, answer[0]["status"], body))


@pytest.fixture
def listener(stand: Stand) -> Listener:
    listening = Listener(stand.opened.app)
    stand.opened.app = listening  # type: ignore[assignment]
    return listening


def wrong(listener: Listener) -> list[str]:
    """Everything said on either side that the descriptions do not allow. Error answers are described otherwise than the
    published examples show them, so only good ones are looked at."""
    found = []
    for method, path, asked, query, status, said in listener.heard:
        if "/token" in path:
            continue
        read, operation = described(path, method)
        names = {one["name"] for one in operation.get("parameters", [])}
        found += [f"{path}?{part}" for part in query.split("&") if part and part.partition("=")[0] not in names]
        if asked and (schema := body_schema(operation.get("requestBody"))):
            found += complaints(read, schema, json.loads(asked), f"{method} {path}")
        schema = body_schema(operation["responses"].get(str(status)))
        if status < 300 and schema:
            found += complaints(read, schema, json.loads(said), f"{method} {path} {status}")
        elif status < 300 and method == "GET":
            found.append(f"{method} {path} {status}: nothing is described")
    return found


async def test_every_order_of_the_merchants_history_is_as_described(stand: Stand, listener: Listener) -> None:
    for basket in seeds.baskets(stand.sandbox.clock(), huge=False):
        if not basket.defect:
            stand.opened.place(basket)
    items = await stand.items()
    assert len(items) > 200
    assert len(listener.heard) >= 3
    assert wrong(listener) == []


async def test_articles_and_quantities_are_as_described(stand: Stand, listener: Listener) -> None:
    found = await articles(stand, "KR-1001", "KR-1002")
    await stand.stream("article").fetch_one(stand.client, "KR-1001")
    await stand.send("stock", [level(found[0], 4)])
    await stand.send("stock", [level(found[0], 4), level(found[1], 4, external_id="GONE")])
    assert {200, 207} <= {status for _, _, _, _, status, _ in listener.heard}
    assert wrong(listener) == []


async def test_prices_and_their_tasks_are_as_described(stand: Stand, listener: Listener) -> None:
    found = await articles(stand, "KR-1001", "KR-1002")
    wanted = [price(found[0], "7.35"), price(found[1], "5", strike=eur("9"), sets_strike=True)]
    for _ in range(2):
        await stand.send("price", [*wanted, price(found[0], "1", external_id="GONE")])
    assert {"POST /v5/products/prices", "GET /v5/products/prices"} <= {f"{one[0]} {one[1]}" for one in listener.heard}
    assert any(path.endswith("/failed") for _, path, _, _, _, _ in listener.heard)
    assert wrong(listener) == []


async def test_receipts_are_as_described(stand: Stand, listener: Listener) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    wanted = stand.client.merchant.model_copy(update={"read_receipts": "yes"})
    # The token from before lacks the scope.
    stand.client = stand.connector.client(wanted, stand.outside)
    stand.shop.change(order.external_id, Change("refund_amount", amount=Decimal(1)))
    stand.shop.change(order.external_id, Change("refund_line", line=0, quantity=1))
    await stand.client.receipts({"salesOrderId": order.external_id})
    assert len(stand.shop.store.receipts.rows) == 3
    assert wrong(listener) == []


async def test_what_is_asked_of_products_and_what_becomes_of_them_is_as_described(
    stand: Stand, listener: Listener
) -> None:
    await reading.taxonomy(stand.client)
    profile = {"delivery.shippingProfileId": PROFILES[0][0]}
    wanted = [
        product("N-1", content=IMAGE.model_copy(update={"weight_grams": Decimal(350)}), values=profile),
        product("N-2", "4006381333948", values={"delivery.shippingProfileId": "b5f2"}),
        product("N-3", "4006381333955", values={"Material": "Plastik"}),
        product("N-4", "4006381333962", external_id="KR-1001"),
        product("N-5", "4006381333979", active=False),
    ]
    await judged(stand, *wanted)
    await judged(stand, *wanted)
    paths = {path for _, path, _, _, _, _ in listener.heard}
    assert {"/v5/products/categories", "/v5/products/brands", "/v1/shipping-profiles", "/v5/products"} <= paths
    assert {"/v1/availability/product-delivery-information", "/v5/products/active-status"} <= paths
    assert {202, 207} <= {status for _, _, _, _, status, _ in listener.heard}
    # The pattern of these ids is written in words: "UUID4 string".
    assert [one for one in wrong(listener) if ".shippingProfileId: '" not in one] == []
    assert {UUID(one[0]).version for one in PROFILES} == {4}


async def test_returns_are_as_described_but_for_the_reasons_of_those_that_are_not_refused(
    stand: Stand, listener: Listener
) -> None:
    stand.client = stand.connector.client(
        stand.client.merchant.model_copy(update={"read_returns": "yes"}), stand.outside
    )
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    stored = stand.shop.store.book.orders[order.external_id]
    for place, status in enumerate(("ANNOUNCED", "MISDIRECTED", "REJECTED", "ACCEPTED")):
        stand.shop.store.returns.tell(stored, stored.items[place : place + 1], status)
    await stand.items()
    # One schema for four kinds of details, which names the reasons of a refusal only.
    assert [one for one in wrong(listener) if ".details.reason:" not in one] == []
    assert sum(".details.reason:" in one for one in wrong(listener)) == 3


async def test_answers_to_returns_are_as_described(stand: Stand, listener: Listener) -> None:
    stand.client = stand.connector.client(
        stand.client.merchant.model_copy(update={"read_returns": "yes"}), stand.outside
    )
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    one, two, three = (line.external_id for line in order.line_items[:3])
    refused = {"accepted": False, "decision_reason": RETURN_TERMS.refused_for[0]}
    listener.heard.clear()
    await settled(stand, "return", answer(order, line(one), line(two, **refused)))
    await settled(stand, "return", answer(order, line(three), line("gone"), line(one, **refused)))
    # The lists read beside it have one schema for four kinds of details.
    listener.heard = [heard for heard in listener.heard if heard[0] == "POST"]
    assert {heard[4] for heard in listener.heard} == {200, 207}
    assert wrong(listener) == []


async def test_parcels_and_cancellations_are_as_described(stand: Stand, listener: Listener) -> None:
    one, two = await order_of(stand, "engraving"), await order_of(stand, "reduced rate only")
    for push in (parcel(one, "N1"), parcel(one, "N1"), parcel(two, "N1")):
        assert (await settled(stand, "fulfilment", push)).outcome in ("done", "unchanged")
    three = await order_of(stand, "reduced rate only")
    await settled(stand, "cancellation", cancellation(three, (three.line_items[0].external_id, 1)))
    await settled(stand, "cancellation", cancellation(three))
    assert any("cancellation" in path for _, path, _, _, _, _ in listener.heard)
    assert wrong(listener) == []


async def test_states_after_every_change_are_as_described(stand: Stand, listener: Listener) -> None:
    for kind in ("cancel", "refund_full", "refund_line", "lower_quantity", "touch"):
        order = await order_of(stand, "reduced rate only")
        stand.shop.change(order.external_id, Change(kind))  # type: ignore[arg-type]
        await stand.stream("order").fetch_one(stand.client, order.external_id)
    assert wrong(listener) == []


def test_our_words_are_all_of_theirs() -> None:
    def enum(interface: str, schema: str, field: str) -> set[str]:
        schemas = document(interface)["components"]["schemas"]
        return set(next(schemas[name] for name in schemas if name.startswith(schema))["properties"][field]["enum"])

    assert set(ITEM_STATES) == enum("OrdersV4", "PositionItem", "fulfillmentStatus")
    assert set(CARRIERS) == enum("ShipmentsV1", "TrackingKey", "carrier")
    assert set(RETURN_STATES) == enum("ReturnsV3", "PositionItemReturns", "status")
    assert set(RETURN_TERMS.accepted_for) == enum("ReturnsV3", "AcceptedPositionItem", "reason")
    assert set(RETURN_TERMS.refused_for) == enum("ReturnsV3", "RejectedPositionItem", "reason")
    assert {"/".join(RETURN_TERMS.conditions)} == enum("ReturnsV3", "AcceptedPositionItem", "condition")
    assert set(ROLES) == set(
        next(
            schema
            for name, schema in document("ProductsV5")["components"]["schemas"].items()
            if name.startswith("ProductSafetyAddressRole")
        )["enum"]
    )
    assert set(LISTING_STATES) == enum("ProductsV5", "MarketPlaceStatusProducts", "status")


def test_the_example_of_an_order_is_read() -> None:
    rows = json.loads((SPECS / "examples" / "synthetic-orders-v4-list.json").read_text("utf-8"))["json"]["resources"]
    order = translated(wire.Order.model_validate_json(json.dumps(rows[0])))
    assert [line.cancelled_quantity for line in order.line_items] == [0, 0, 1]
    assert f"{order.total.amount:.2f}" == "117.84"


def test_a_wrong_value_is_complained_about() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "maximum": 3}}}
    assert complaints({}, schema, {"a": 3}) == []
    assert complaints({}, schema, {"b": 1}) == ["$: a is missing", "$: b is not described"]
    assert complaints({}, schema, {"a": 4}) == ["$.a: 4 is too large"]
    assert complaints({}, schema, {"a": "4"}) == ["$.a: '4' is no integer"]
