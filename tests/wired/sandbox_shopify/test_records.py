"""Everything the schema promises about a record is really there, with the type that it promises."""

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    graphql_sync,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from services.sandbox.merchant import Change
from services.sandbox.shopify.graph import SCHEMA
from tests.wired.sandbox_shopify.admin import SENDING, SHIP, Admin
from tests.wired.sandbox_shopify.test_queries import by_the_book


def selection(type_: GraphQLObjectType, depth: int) -> str:
    """Every field of a type, and of the types below it down to a depth."""
    return " ".join(filter(None, (one(name, definition, depth) for name, definition in type_.fields.items())))


def one(name: str, definition: GraphQLField, depth: int) -> str:
    named = get_named_type(definition.type)
    args = {"names": 'names: ["available"]'}
    given = [args[key] for key, argument in definition.args.items() if is_required_argument(argument) and key in args]
    if len(given) < sum(map(is_required_argument, definition.args.values())):
        return ""
    call = f"{name}({', '.join([*given, 'first: 3'] if 'first' in definition.args else given)})"
    call = call.replace("()", "")
    if is_leaf_type(named):
        return call
    if depth == 0:
        return ""
    if is_abstract_type(named):
        return f"{call} {{ __typename }}"
    assert isinstance(named, GraphQLObjectType)
    if named.name.endswith("Connection"):
        inner = get_named_type(named.fields["nodes"].type)
        body = selection(inner, depth - 1) if isinstance(inner, GraphQLObjectType) else "__typename"
        return f"{call} {{ nodes {{ {body or '__typename'} }} }}"
    return f"{call} {{ {selection(named, depth - 1) or '__typename'} }}"


async def records(admin: Admin, place: Any, basket: Any) -> list[dict[str, Any]]:
    order_id = place("goods and digital")
    for row in (await admin.data(SENDING, id=order_id))["order"]["fulfillmentOrders"]["nodes"]:
        given = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": row["id"]}], "trackingInfo": {"number": "1"}}
        await admin.data(SHIP, fulfillment=given)
    admin.shop.change(order_id, Change("refund_full"))
    admin.shop.put_on_hold(place("engraving"))
    for case in (
        "coupon over all lines",
        "cash on delivery fee",
        "line removed after ordering",
        "goodwill refund without lines",
    ):
        admin.opened.place(basket(case))
    made = admin.shop.subscriptions.add("ORDERS_CREATE", {"uri": "https://kontor.example/hooks"})
    assert isinstance(made, dict)
    found = [*admin.shop.orders.all(), admin.shop.catalogue.products[-1], *admin.shop.catalogue.places, made]
    variant = found[-4]["variants"][0]
    item = variant["inventoryItem"]
    found += [variant, item, item["inventoryLevels"][0]]
    for order in admin.shop.orders.all():
        found += [*order["fulfillmentOrders"], *order["fulfillments"], *order["refunds"], *order["transactions"]]
    return found


async def test_every_field_of_every_record_is_there(admin: Admin, place: Any, basket: Any) -> None:
    seen = set()
    for record in await records(admin, place, basket):
        type_ = SCHEMA.type_map[record["__typename"]]
        assert isinstance(type_, GraphQLObjectType)
        seen.add(type_.name)
        query = f'{{ node(id: "x") {{ ... on {type_.name} {{ {selection(type_, 2)} }} }} }}'
        answer = graphql_sync(SCHEMA, query, {"node": record}, field_resolver=by_the_book)
        assert answer.errors is None, (type_.name, answer.errors[0].message, answer.errors[0].path)
    assert {
        "Order",
        "Product",
        "ProductVariant",
        "InventoryLevel",
        "Fulfillment",
        "Refund",
        "WebhookSubscription",
    } <= seen


OTHERS = {
    "ownerType": "ownerType: PRODUCT",
    "identifier": 'identifier: {handle: "thing"}',
    "resourceId": 'resourceId: "gid://shopify/Product/1"',
    "orderId": 'orderId: "gid://shopify/Order/1"',
}


async def test_every_root_field_of_the_schema_has_someone_who_answers_it(admin: Admin) -> None:
    ids = {"order": "Order", "node": "Order", "job": "Job"}
    query_type = SCHEMA.query_type
    assert query_type is not None
    for name, definition in query_type.fields.items():
        args = []
        if "id" in definition.args:
            args.append(f'id: "gid://shopify/{ids.get(name, "Thing")}/1"')
        if "ids" in definition.args:
            args.append('ids: ["gid://shopify/Order/1"]')
        if "first" in definition.args:
            args.append("first: 1")
        args += [text for argument, text in OTHERS.items() if argument in definition.args]
        call = f"{name}({', '.join(args)})".replace("()", "")
        inner = "__typename" if not str(definition.type).endswith("Connection!") else "pageInfo { hasNextPage }"
        assert "errors" not in await admin.body(f"{{ {call} {{ {inner} }} }}"), name
