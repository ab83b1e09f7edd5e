"""The table of root fields: which function answers which."""

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import GraphQLError

from services.sandbox.faults import Faults
from services.sandbox.shopify import (
    fulfilment,
    inventory,
    paging,
    payments,
    price_lists,
    prices,
    product_set,
    queries,
    reach,
    refunds,
    returning,
)
from services.sandbox.shopify.access import Access
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.cancellation import Jobs
from services.sandbox.shopify.execution import Call, Resolve
from services.sandbox.shopify.idempotency import Keys
from services.sandbox.shopify.identity import gid
from services.sandbox.shopify.queries import OrderList
from services.sandbox.shopify.settlement import settle

Record = dict[str, Any]


def resolvers(backend: Backend, access: Access, faults: Faults, lists: price_lists.PriceLists) -> dict[str, Resolve]:
    """Every root field that the schema has."""
    orders, jobs, keys = OrderList(backend, faults), Jobs(), Keys()
    bound: dict[str, Callable[[Backend, Call], Any]] = {
        "order": queries.order,
        "node": queries.node,
        "nodes": queries.nodes,
        "location": queries.location,
        "locations": queries.locations,
        "products": queries.products,
        "productVariants": queries.variants,
        "inventoryItems": queries.items,
        "shop": _shop,
        "fulfillmentCreate": fulfilment.create,
        "fulfillmentCancel": fulfilment.cancel,
        "fulfillmentTrackingInfoUpdate": fulfilment.update_tracking,
        "fulfillmentOrderLineItemsPreparedForPickup": fulfilment.prepare_for_pickup,
        "fulfillmentOrderOpen": fulfilment.open_now,
        "fulfillmentOrderReleaseHold": fulfilment.release_hold,
        "orderCancel": jobs.order_cancel,
        "orderClose": _close,
        "orderMarkAsPaid": _mark_as_paid,
        "productVariantsBulkUpdate": prices.update,
        "priceLists": lists.page,
        "quantityPricingByVariantUpdate": lists.update,
        "productByIdentifier": queries.product_by_identifier,
        "metafieldDefinitions": queries.metafield_definitions,
        "publications": lambda backend, call: paging.window(backend.catalogue.publications, call.args, "publications"),
        "productSet": product_set.product_set,
        "productDelete": product_set.delete,
        "metafieldsSet": product_set.metafields_set,
        "publishablePublish": reach.publish,
        "shopLocales": reach.locales,
        "translatableResource": reach.resource,
        "translationsRegister": reach.register,
        "returnableFulfillments": returning.returnable,
        "returnCreate": returning.create,
        "returnClose": returning.close,
        "tagsAdd": partial(_tags, add=True),
        "tagsRemove": partial(_tags, add=False),
        "webhookSubscription": lambda backend, call: backend.subscriptions.find(call.args["id"]),
        "webhookSubscriptions": _subscriptions,
        "webhookSubscriptionCreate": _subscribe,
        "webhookSubscriptionDelete": _unsubscribe,
    }
    kinds = {
        "fulfillment": "Fulfillment",
        "fulfillmentOrder": "FulfillmentOrder",
        "inventoryItem": "InventoryItem",
        "inventoryLevel": "InventoryLevel",
        "product": "Product",
        "productVariant": "ProductVariant",
        "refund": "Refund",
        "return": "Return",
    }
    return {
        **{name: partial(resolve, backend) for name, resolve in bound.items()},
        **{name: partial(queries.thing, backend, kind=kind) for name, kind in kinds.items()},
        "orders": orders.page,
        "ordersCount": orders.count,
        "job": jobs.read,
        "inventorySetQuantities": partial(inventory.set_quantities, backend, keys),
        "inventoryActivate": partial(inventory.activate, backend, keys),
        "refundCreate": partial(refunds.create, backend, keys),
        "currentAppInstallation": lambda _: {
            "id": gid("AppInstallation", 1),
            "accessScopes": [{"handle": scope, "description": scope} for scope in access.granted()],
        },
    }


def _shop(backend: Backend, _call: Call) -> Record:
    return {
        "id": gid("Shop", 1),
        "name": f"Kramladen {backend.name}",
        "email": "kontakt@example.test",
        "myshopifyDomain": backend.domain,
        "currencyCode": backend.currency,
        "enabledPresentmentCurrencies": [backend.currency, "CHF"],
        "ianaTimezone": "Europe/Berlin",
        "timezoneOffset": "+0100",
        "taxesIncluded": True,
        "taxShipping": True,
        "weightUnit": "KILOGRAMS",
        "plan": {"publicDisplayName": "Basic", "shopifyPlus": False},
    }


def _close(backend: Backend, call: Call) -> Record:
    order = backend.orders.open(call.args["input"]["id"])
    if order is None:
        return {"order": None, "userErrors": [user_error("Order does not exist", "id")]}
    order |= {"closed": True, "closedAt": order["closedAt"] or backend.now}
    backend.changed(order)
    return {"order": order, "userErrors": []}


def _mark_as_paid(backend: Backend, call: Call) -> Record:
    order = backend.orders.open(call.args["input"]["id"])
    if order is None or order["cancelledAt"] or order["fullyPaid"]:
        return {"order": order, "userErrors": [user_error("Order cannot be marked as paid.", "id")]}
    payments.capture(order, backend.now, backend.numbers)
    settle(order)
    backend.changed(order, "orders/paid")
    return {"order": order, "userErrors": []}


def _tags(backend: Backend, call: Call, add: bool) -> Record:
    record = backend.orders.open(call.args["id"]) or backend.catalogue.find(call.args["id"])
    if record is None or record["__typename"] not in ("Order", "Product"):
        raise GraphQLError("The node does not exist or cannot carry tags.", extensions={"code": "RESOURCE_NOT_FOUND"})
    given = [tag.strip() for entry in call.args["tags"] for tag in entry.split(",") if tag.strip()]
    kept = [tag for tag in record["tags"] if add or tag not in given]
    after = sorted({*kept, *given} if add else kept)
    if after != record["tags"]:
        record["tags"] = after
        if record["__typename"] == "Order":
            backend.changed(record)
        else:
            record["updatedAt"] = backend.now
            backend.subscriptions.publish("products/update", record)
    return {"node": record, "userErrors": []}


def _subscriptions(backend: Backend, call: Call) -> paging.Page:
    topics, address = call.args.get("topics"), call.args.get("uri")
    rows = [
        row
        for row in backend.subscriptions.rows
        if (not topics or row["topic"] in topics) and (not address or row["uri"] == address)
    ]
    return paging.window(rows, call.args, "webhookSubscriptions")


def _subscribe(backend: Backend, call: Call) -> Record:
    made = backend.subscriptions.add(call.args["topic"], call.args["webhookSubscription"])
    if isinstance(made, str):
        error = user_error(made, "webhookSubscription", "uri")
        return {"webhookSubscription": None, "userErrors": [error]}
    return {"webhookSubscription": made, "userErrors": []}


def _unsubscribe(backend: Backend, call: Call) -> Record:
    row = backend.subscriptions.find(call.args["id"])
    if row is None:
        error = user_error("Webhook subscription does not exist", "id")
        return {"deletedWebhookSubscriptionId": None, "userErrors": [error]}
    backend.subscriptions.remove(row)
    return {"deletedWebhookSubscriptionId": row["id"], "userErrors": []}
