"""What the connector asks, what the pretend account answers and what Amazon shows as examples, against its models."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from services.connectors.amazon import inbound, wire
from services.connectors.amazon.client.plans import PLANS
from services.connectors.amazon.connector import AMAZON
from services.connectors.amazon.vocabulary import FULFILLED_BY, ORDER_STATES
from services.order_import.money_proof import prove, sound
from services.sandbox import seeds
from services.sandbox.amazon.access import PLANS as ENFORCED
from services.sandbox.merchant import Change
from tests.wired.contract.shops.amazon import VARIETIES
from tests.wired.contract.stand import new_sandbox, open_stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_documents import document, handed
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled
from tests.wired.mirakl.recorder import Call, Recorder
from tests.wired.otto.schema import complaints

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "amazon"
NAMES = (
    "orders_2026-01-01",
    "ordersV0",
    "listingsItems_2021-08-01",
    "feeds_2021-06-30",
    "sellers",
    "tokens_2021-03-01",
    "fbaInventory",
    "reports_2021-06-30",
)
Model = dict[str, Any]

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="Amazon's models are not on this machine; KONTOR_TEST_SPECS names them."
)


@cache
def model(name: str) -> Model:
    found: Model = json.loads((SPECS / "models" / f"{name}.json").read_text("utf-8"))
    return found | {"components": {"schemas": found["definitions"]}}


def operations() -> list[tuple[Model, str, str, Model]]:
    return [
        (model(name), path, method, found)
        for name in NAMES
        for path, methods in model(name)["paths"].items()
        for method, found in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def misfits(call: Call) -> list[str]:
    """Everything about a call and its answer that the models do not know."""
    where = f"{call.method} {re.sub(r'[A-Z0-9]{10,}|[0-9-]{5,}|amzn1.*', '*', call.path)}"
    fitting = [
        (document_, found)
        for document_, path, method, found in operations()
        if method == call.method.lower() and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), call.path)
    ]
    if not fitting:
        return [f"{where} is not described"]
    document_, found = fitting[0]
    given = [document_["parameters"][one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
             for one in found.get("parameters", ())]  # fmt: skip
    known = {one["name"]: one for one in given if one["in"] == "query"}
    asked = dict(parse_qsl(call.query))
    problems = [f"{where}: parameter {name}" for name in asked if name not in known]
    problems += [
        f"{where}: {name} is missing" for name, one in known.items() if one.get("required") and name not in asked
    ]
    for name, value in asked.items():
        words = known.get(name, {}).get("items", {}).get("enum") or known.get(name, {}).get("enum")
        problems += [f"{where}?{name}: {word}" for word in value.split(",") if words and word not in words]
    body = next((one["schema"] for one in given if one["in"] == "body"), None)
    if body is not None:
        problems += [f"{where} request {one}" for one in complaints(document_, body, json.loads(call.sent))]
    if str(call.status) not in found["responses"]:
        return [*problems, f"{where}: answers no {call.status}"]
    if schema := found["responses"][str(call.status)].get("schema"):
        problems += [f"{where} {call.status} {one}" for one in complaints(document_, schema, json.loads(call.answered))]
    return problems


async def everything() -> list[Call]:
    """One of each thing the connector does, well and badly."""
    calls: list[Call] = []
    app = new_sandbox(VARIETIES[0])
    app.add_middleware(Recorder, calls=calls)
    stand = open_stand(VARIETIES[0], AMAZON, app=app)
    assert (await AMAZON.probe(stand.client)).ok
    for case in seeds.CASES:
        basket = seeds.case(case, stand.sandbox.clock())
        if not basket.defect and case != "three hundred lines":
            stand.opened.place(basket)
    shipped = await order_of(stand, "engraving")
    offer, other = await articles(stand, "KR-1001", "KR-1002")
    await stand.stream("article").fetch_one(stand.client, offer.external_id)
    market = offer.external_id.partition(":")[0]
    await stand.send("stock", [level(offer, 3), level(offer, 10**9)])
    goods = stand.shop.store.goods
    for number in range(101):
        goods.offer(f"MANY-{number}", goods.rows["KR-1001"].variant)
    await stand.send("stock", [level(offer, 1, external_id=f"{market}:MANY-{number}") for number in range(101)])
    await stand.send("price", [price(other, "7.35")])
    outcomes = [
        await settled(stand, "fulfilment", parcel(shipped)),
        await settled(stand, "cancellation", cancellation(await order_of(stand, "reduced rate only"))),
        await handed(stand, document(shipped)),
    ]
    assert {result.outcome for result in outcomes} == {"done"}
    await stand.stream("order").fetch_one(stand.client, "305-0000000-0000000")
    await stand.sleep(200)
    stand.shop.send_back(shipped.external_id)
    stand.shop.change(shipped.external_id, Change("refund_line"))
    stand.shop.settle()
    pages = await stand.pages()
    assert sum(len(page.items) for page in pages) > 40
    assert any(page.remarks for page in pages)
    await stand.sleep(3600)
    assert any(b'"beside"' in item.body for page in await stand.pages() for item in page.items)
    await stand.close()
    return [call for call in calls if not call.path.startswith(("/auth/", "/files/"))]


async def test_every_call_and_every_answer_fits_the_published_models() -> None:
    calls = await everything()
    assert len({(call.method, call.path.split("/")[1], call.status) for call in calls}) >= 10
    assert sorted({misfit for call in calls for misfit in misfits(call)}) == []


def test_every_word_of_the_models_is_in_our_tables() -> None:
    definitions = model("orders_2026-01-01")["definitions"]
    assert set(ORDER_STATES) == set(definitions["FulfillmentStatus"]["enum"])
    told = definitions["OrderFulfillment"]["properties"]["fulfilledBy"]
    listed = {one["value"] for one in told.get("x-docgen-enum-table-extension", ())} or set(told.get("enum", ()))
    assert listed <= set(FULFILLED_BY)


def test_the_plan_of_every_operation_is_the_published_one_and_the_pretend_account_enforces_it() -> None:
    published = {}
    for _, _, _, found in operations():
        if figures := re.search(r"\|\s*([\d.]+)\s*\|\s*(\d+)\s*\|", found.get("description", "")):
            published[found["operationId"]] = float(figures[1]), int(figures[2])
    for operation, plan in PLANS.items():
        assert (plan.rate, plan.burst + 1) == published[operation], operation
        assert ENFORCED[operation] == published[operation], operation


def examples() -> list[Any]:
    if not SPECS.is_dir():
        return []
    found = []
    for path, methods in model("orders_2026-01-01")["paths"].items():
        good = methods["get"]["responses"]["200"]
        bodies = [
            good["examples"]["application/json"],
            *(one["response"] for one in good["x-amzn-api-sandbox"]["static"]),
        ]
        for body in bodies:
            found += [(path, order) for order in body.get("orders") or [body["order"]]]
    return found


@pytest.mark.parametrize(("path", "order"), examples())
def test_every_published_example_is_read_and_adds_up(path: str, order: dict[str, Any]) -> None:
    translated = inbound.order(wire.Order.model_validate_json(json.dumps(order)))
    assert sound(translated)
    assert prove(translated).difference == 0
    stated = order["proceeds"]["grandTotal"]["amount"] if "proceeds" in order else "0"
    assert str(translated.total.amount) == stated
