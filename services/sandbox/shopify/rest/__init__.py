"""Webhook bodies. They still have the shape of the old REST API: numeric ids, snake case, padded amounts."""

from collections.abc import Callable
from typing import Any

from services.sandbox.shopify.rest import goods, order, refund, sending

BODIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "Order": order.body,
    "Refund": refund.body,
    "Fulfillment": sending.fulfilment,
    "FulfillmentOrder": sending.fulfilment_order,
    "InventoryLevel": goods.level,
    "Product": goods.product,
}
