"""The official schema and recorded answers, where they are on this machine: the pretend shop answers in their fields,
the connector asks for nothing they do not know, and reads what a real shop wrote."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.connectors.shopware6 import inbound, queries, wire
from services.connectors.shopware6.client.failures import explain, explain_grant
from services.connectors.shopware6.sending.products.found import HANGING, INCLUDES
from services.connectors.shopware6.vocabulary import STANDARD_FIELDS
from services.order_import.money_proof import prove
from services.sandbox import seeds
from services.sandbox.shopware6.schema import ASSOCIATIONS
from services.sandbox.shopware6.states import MACHINES
from shared.http.reply import Reply
from tests.pure.shopware6.test_failures import NOW
from tests.wired.contract.stand import Stand
from tests.wired.contract.telling import BACK, attribute, changed, family, product
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled

SPECIFICATION = Path(__file__).resolve().parents[4] / "shared" / "specs" / "shopware6"
NOT_IN_THE_SCHEMA = {"apiAlias"}
"""Every entity's own name, and nothing else that is not there."""


@cache
def schema() -> Any:
    path = SPECIFICATION / "admin-openapi-6.7.10.1.json"
    if not path.exists():
        pytest.skip("The platform's OpenAPI file is not on this machine.")
    return json.loads(path.read_text("utf-8"))


def recorded(pattern: str) -> dict[str, Any]:
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in (SPECIFICATION / "recorded").glob(pattern)}
    if not found:
        pytest.skip("The platform's recorded answers are not on this machine.")
    return found


@cache
def fields(entity: str) -> frozenset[str]:
    name = "".join(part.capitalize() for part in entity.split("_"))
    described = schema()["components"]["schemas"][name]
    parts = [described, *described.get("allOf", [])]
    return frozenset(field for part in parts for field in part.get("properties", {}))


def strange(entity: str, row: dict[str, Any]) -> set[str]:
    """Fields of a row, and of all that hangs on it, which the schema does not have."""
    found = {f"{entity}.{name}" for name in row if name not in fields(entity) | NOT_IN_THE_SCHEMA}
    for name, below in ASSOCIATIONS.get(entity, {}).items():
        value = row.get(name)
        for one in value if isinstance(value, list) else [value] if value else []:
            found |= strange(below, one)
    return found


async def test_the_pretend_shop_answers_in_the_fields_of_the_schema(stand: Stand) -> None:
    for case in ("refunded in part", "free shipping", "different delivery address"):
        stand.opened.place(seeds.case(case, stand.sandbox.clock()))
    for entity, associations in (
        ("order", queries.ORDER),
        ("product", queries.PRODUCT),
        ("integration", {"aclRoles": {}}),
    ):
        rows = await stand.client.search(entity, {"limit": 500, "associations": associations})
        assert rows
        assert not set().union(*(strange(entity, row) for row in rows))


def test_every_field_that_is_asked_for_is_in_the_schema() -> None:
    for includes in (
        queries.ORDER_INCLUDES,
        queries.STAMPS_ONLY,
        queries.PRODUCT_INCLUDES,
        queries.PRODUCT_STAMPS_ONLY,
        INCLUDES,
    ):
        for entity, names in includes.items():
            assert set(names) <= fields(entity), entity


def test_every_association_and_stamp_that_is_asked_for_is_in_the_schema() -> None:
    def check(entity: str, associations: Any) -> None:
        for name, inner in associations.items():
            assert name in fields(entity), (entity, name)
            check(ASSOCIATIONS[entity][name], inner.get("associations", {}))

    check("order", queries.ORDER)
    check("product", queries.PRODUCT)
    check("product", HANGING)
    for entity, stamps in (("order", queries.ORDER_STAMPS), ("product", queries.PRODUCT_STAMPS)):
        for name in stamps:
            association, _, field = name.rpartition(".")
            owner = entity
            for step in filter(None, association.split(".")):
                owner = ASSOCIATIONS[owner][step]
            assert field in fields(owner), name


async def test_every_field_that_is_written_is_in_the_schema(stand: Stand) -> None:
    """With all that hangs on a product, by the associations that the pretend shop knows."""
    written, sync = [], stand.client.sync

    async def listened(operations: Any) -> None:
        written.extend(operations)
        await sync(operations)

    stand.client.sync = listened
    facts = tuple(
        attribute(name, {"int": "2", "float": "1.5", "datetime": "2026-12-01"}.get(kind, "Stück"), "")
        for name, (_, kind) in STANDARD_FIELDS.items()
        if kind != "delivery_time"
    )
    first = await stand.send("product", [product(attributes=(*facts, attribute("Material", "Eiche", "")))])
    less = {"tags": ("Neu",), "categories": ("Garten",), "media": (BACK,), "related": ("KR-1002",)}
    again = changed(product(attributes=(attribute("Material", "Buche", ""),)), content=less, removes_images=True)
    await stand.send("product", [again.model_copy(update={"external_id": first[0].external_id}), family()])

    def unknown(entity: str, row: Any) -> set[str]:
        found = {f"{entity}.{name}" for name in row if name not in fields(entity) | {"children", "translations"}}
        for name, below in (ASSOCIATIONS.get(entity, {}) | {"children": entity}).items():
            value = row.get(name)
            for one in value if isinstance(value, list) else []:
                found |= unknown(below, one)
        for words in (row.get("translations") or {}).values():
            found |= unknown(entity, words)
        return found

    upserts = [(entity, row) for action, entity, rows in written if action == "upsert" for row in rows]
    assert {"product", "media", "tag", "category", "property_group_option"} <= {entity for entity, _ in upserts}
    assert not set().union(*(unknown(entity, row) for entity, row in upserts))
    gone = {entity for action, entity, _ in written if action == "delete"}
    assert gone == {"product_media", "product_tag", "product_category", "product_property", "product_cross_selling"}


async def test_every_call_of_the_connector_is_one_of_the_schemas(stand: Stand) -> None:
    order, other = await order_of(stand, "guest"), await order_of(stand, "bank transfer, unpaid")
    await stand.connector.probe(stand.client)
    await stand.items()
    await stand.send("stock", [level(one, 3) for one in await articles(stand, "KR-1001")])
    await settled(stand, "fulfilment", parcel(order))
    await settled(stand, "cancellation", cancellation(other))
    await stand.send("product", [family(), product(channels=("Kramladen",))])
    known = [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)))
        for path, methods in schema()["paths"].items()
        for method in methods
    ]
    called = {(row["method"], row["path"].partition("/api")[2]) for row in stand.opened.requests.report(2000)["latest"]}
    assert len({path for _, path in called}) >= 12
    for method, path in called:
        assert any(method == known_method and form.fullmatch(path) for known_method, form in known), (method, path)


def test_every_order_of_a_real_shop_is_read_and_adds_up() -> None:
    for name, exchange in recorded("*-full.json").items():
        for raw in exchange["response"]["body"]["data"]:
            order = inbound.order(wire.Order.model_validate_json(json.dumps(raw)))
            assert prove(order).difference == 0, name
            assert order.external_id == raw["id"]


def test_every_product_of_a_real_shop_is_read() -> None:
    for raw in recorded("search-product-list-inheritance.json").popitem()[1]["response"]["body"]["data"]:
        currency = raw["price"][0]["currencyId"], "EUR"
        article = inbound.article(wire.Product.model_validate_json(json.dumps(raw | {"shopCurrency": currency})))
        assert (article.sku, article.quantity) == (raw["productNumber"], raw["availableStock"])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("token-wrong-secret", "credentials_refused"),
        ("token-throttled", "throttled"),
        ("expired-token", "credentials_refused"),
        ("acl-missing-association", "scope_missing"),
        ("patch-unknown-product", "rejected"),
        ("transition-order-illegal", "rejected"),
        ("sync-partial-error", "rejected"),
        ("product-create-duplicate-number", "rejected"),
        ("media-upload-duplicate-filename", "rejected"),
    ],
)
def test_every_refusal_of_a_real_shop_is_understood(name: str, code: str) -> None:
    answer = recorded(f"{name}.json")[name]["response"]
    reply = Reply(answer["status"], {}, json.dumps(answer["body"]).encode(), NOW, NOW)
    error = (explain_grant if name.startswith("token") else explain)(reply)
    assert error is not None
    assert error.code == code


def test_the_pretend_shop_offers_the_transitions_of_a_real_one() -> None:
    path = SPECIFICATION / "state-machines-6.5.3.3.json"
    if not path.exists():
        pytest.skip("The platform's state machines are not on this machine.")
    real = json.loads(path.read_text("utf-8"))
    for machine, ways in MACHINES.items():
        known = {(one["from"], one["action"], one["to"]) for one in real[f"{machine}.state"]}
        assert {(before, action, after) for (before, action), after in ways.items()} <= known, machine
        if machine != "order_transaction":
            assert len(ways) == len(known), machine
