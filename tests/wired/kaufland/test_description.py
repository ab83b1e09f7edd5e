"""What the connector asks and what the pretend account answers is what the platform's own description says."""

import json
import os
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from services.connectors.kaufland import reading, webhooks
from services.connectors.kaufland.connector import KAUFLAND
from services.connectors.kaufland.vocabulary import (
    CANCEL_REASONS,
    EVENTS,
    FULFILLED_BY_CHANNEL,
    LISTING_STATES,
    RETURN_STATES,
    UNIT_STATES,
)
from services.sandbox import seeds
from services.sandbox.kaufland.categories import CUPS
from tests.wired.contract.shops.kaufland import VARIETIES
from tests.wired.contract.stand import HOOK, new_sandbox, open_stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_documents import document, handed
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled
from tests.wired.contract.test_returns_answered import announced, answer, line
from tests.wired.contract.test_webhooks import Postbox
from tests.wired.kaufland.test_products import GOOD, OTHER_EAN, looked, product, sent
from tests.wired.mirakl.recorder import Call, Recorder

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "kaufland"
DESCRIPTION = SPECS / "seller-api-v2.swagger.2026-02.json"
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason="Kaufland's description is not on this machine; KONTOR_TEST_SPECS names it."
)


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return found


def named(name: str) -> dict[str, Any]:
    found: dict[str, Any] = description()["components"]["schemas"][name]
    return found


def operation(call: Call) -> dict[str, Any] | None:
    """Fixed paths before those with a place for an id."""
    path = call.path.removeprefix("/v2")
    for template, methods in sorted(description()["paths"].items(), key=lambda entry: entry[0].count("{")):
        form = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if call.method.lower() in methods and re.fullmatch(form, path):
            found: dict[str, Any] = methods[call.method.lower()]
            return found
    return None


def wrong(schema: dict[str, Any], value: Any, at: str) -> list[str]:
    """What of a value the schema does not allow, each with its place."""
    if "$ref" in schema:
        return wrong(named(schema["$ref"].rsplit("/", 1)[1]), value, at)
    if value is None and schema.get("nullable"):
        return []
    if choices := schema.get("anyOf"):
        found = [wrong(one, value, at) for one in choices]
        return [] if [] in found else min(found, key=len)
    for part in schema.get("allOf", ()):
        if problems := wrong(part, value, at):
            return problems
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of the words"]
    if schema.get("format") == "date-time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
        return [f"{at}: {value!r} is no time"]
    if kind == "array":
        return [problem for one in value for problem in wrong(schema["items"], one, f"{at}[]")]
    if kind != "object" or "properties" not in schema:
        return []
    problems = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, one in value.items():
        known = schema["properties"].get(name)
        if known is not None:
            problems += wrong(known, one, f"{at}.{name}")
        elif schema.get("additionalProperties", False) is False:
            problems.append(f"{at}.{name} is new")
    return problems


def misfits(call: Call) -> list[str]:
    """Everything about a call and its answer that the description does not know."""
    found = operation(call)
    if found is None:
        return [f"{call.method} {call.path} is not described"]
    where = f"{call.method} {call.path}"
    parameters = {one["name"]: one["schema"] for one in found.get("parameters", ()) if one["in"] == "query"}
    asked = parse_qsl(call.query)
    problems = [f"{where}: parameter {name}" for name, _ in asked if name not in parameters]
    for name, value in asked:
        schema = parameters.get(name, {})
        schema = schema.get("items", schema)
        schema = named(schema["$ref"].rsplit("/", 1)[1]) if "$ref" in schema else schema
        if schema.get("type") != "integer" and schema.get("format") != "date-time":
            problems += wrong(schema, value, f"{where}?{name}")
    problems += [
        f"{where}: {one['name']} is missing"
        for one in found.get("parameters", ())
        if one["in"] == "query" and one.get("required") and one["name"] not in dict(asked)
    ]
    body = found.get("requestBody")
    if body is not None:
        problems += wrong(body["content"]["application/json"]["schema"], json.loads(call.sent), f"{where} request")
    elif call.sent:
        problems.append(f"{where}: takes no body")
    if str(call.status) not in found["responses"]:
        return [*problems, f"{where}: answers no {call.status}"]
    answers = found["responses"][str(call.status)].get("content")
    if answers:
        schema = answers["application/json"]["schema"]
        problems += wrong(schema, json.loads(call.answered), f"{where} {call.status}")
    return problems


async def everything() -> list[Call]:
    """One of each thing the connector does, well and badly."""
    calls: list[Call] = []
    app = new_sandbox(VARIETIES[0])
    app.add_middleware(Recorder, calls=calls)
    stand = open_stand(VARIETIES[0], KAUFLAND, app=app)
    stand.opened.webhooks.transport = Postbox()
    assert (await KAUFLAND.probe(stand.client)).ok
    for case in seeds.CASES:
        basket = seeds.case(case, stand.sandbox.clock())
        if not basket.defect and case != "three hundred lines":
            stand.opened.place(basket)
    await stand.items()
    await stand.items()
    assert len(await stand.items("article")) > 50
    (offer,) = await articles(stand, "KR-1001")
    await stand.stream("article").fetch_one(stand.client, offer.external_id)
    await stand.send("stock", [level(offer, 3), level(offer, 4, external_id="de:999999999999")])
    await stand.send("price", [price(offer, "9.99"), price(offer, "0", external_id=offer.external_id[:-1] + "9")])
    shipped = await order_of(stand, "engraving")
    outcomes = [
        await settled(stand, "fulfilment", parcel(shipped)),
        await settled(stand, "cancellation", cancellation(await order_of(stand, "reduced rate only"))),
        await handed(stand, document(shipped)),
    ]
    assert {result.outcome for result in outcomes} == {"done"}
    for told_twice in (stand.client.send_unit(shipped.line_items[0].external_id, "N1", "DHL"),):
        with pytest.raises(Exception, match="sent already"):
            await told_twice
    await stand.stream("order").fetch_one(stand.client, "NOBODY")
    back, (one, two) = await announced(stand, 0, 1)
    refused = line(two, accepted=False, note="Der Deckel ist zerbrochen")
    for wanted, outcome in ((answer(back, line(one), refused), "done"), (answer(back, line(two)), "failed")):
        assert (await settled(stand, "return", wanted)).outcome == outcome
    (told,) = await sent(stand, product("N-1"))
    for minutes in (0, 15, 5):
        stand.sandbox.clock.shift(timedelta(minutes=minutes))
        await looked(stand, product("N-1", ticket=told.external_id))
    await sent(stand, product("N-2", GOOD | {"ean": "1234567890123"}))
    await looked(stand, product("N-3", GOOD | {"ean": OTHER_EAN}))
    await reading.taxonomy(stand.client)
    await reading.category(stand.client, str(CUPS))
    await reading.suggested(stand.client, "Becher")
    await webhooks.subscribe(stand.client, HOOK, "")
    next(iter(stand.shop.store.hooks.rows.values())).is_active = False
    await webhooks.subscribe(stand.client, HOOK, "")
    await stand.close()
    return calls


async def test_every_call_and_every_answer_fits_the_published_description() -> None:
    calls = await everything()
    kinds = {(call.method, re.sub(r"\d{6,}|M[A-Z]{6}", "*", call.path), call.status) for call in calls}
    assert len(kinds) >= 26, kinds
    assert sorted({misfit for call in calls for misfit in misfits(call)}) == []


def test_every_word_of_the_description_is_in_our_tables() -> None:
    assert set(UNIT_STATES) == set(named("OrderUnitStatus")["enum"])
    assert set(RETURN_STATES) == set(named("ReturnUnitStatus")["enum"])
    assert set(FULFILLED_BY_CHANNEL) == set(named("FulfillmentType")["enum"])
    assert set(LISTING_STATES) == set(named("UnitStatuses")["enum"])
    assert set(CANCEL_REASONS.values()) <= set(named("OrderUnitCancelReason")["enum"])
    assert set(EVENTS) <= set(named("SubscriptionEventName")["enum"])


def test_every_amount_of_the_published_examples_is_read_as_whole_cents() -> None:
    from services.connectors.kaufland import inbound, wire

    body = json.loads((SPECS / "examples" / "GET_orders_id.200.json").read_text("utf-8"))["data"]
    for unit in body["order_units"]:
        unit["currency"] = unit.get("currency") or "EUR"
    order = inbound.order(wire.Order.model_validate(body))
    minor = sum(unit["price"] + unit["shipping_rate"] for unit in body["order_units"])
    assert order.total.amount * 100 == minor
    assert order.billing_address is not None
    assert order.billing_address.country == "US"


def test_the_published_list_with_careless_times_is_read() -> None:
    from services.connectors.kaufland import wire

    listed = json.loads((SPECS / "examples" / "docs-page.GET_orders.malformed-timestamps.json").read_text("utf-8"))
    stamps = [row[name] for row in listed["data"] for name in ("ts_created_iso", "ts_units_updated_iso")]
    assert all(wire.moment(stamp) for stamp in stamps)
    assert len(stamps) >= 6
