"""What is asked of the search API: which fields, which associations, and the filter that sees every change."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Criteria = dict[str, Any]

ORDER_STAMPS = (
    "createdAt", "updatedAt", "transactions.createdAt", "transactions.updatedAt", "deliveries.createdAt",
    "deliveries.updatedAt", "lineItems.createdAt", "lineItems.updatedAt", "addresses.updatedAt",
    "orderCustomer.updatedAt", "transactions.captures.refunds.createdAt", "transactions.captures.refunds.updatedAt",
)  # fmt: skip
"""An order's own stamp is null until somebody edits it, and neither payments nor shipping move it; a refund that an
app carries out later does not even move the payment it belongs to."""
PRODUCT_STAMPS = ("createdAt", "updatedAt", "parent.updatedAt")
"""A variant shows what its parent has, but does not move with it."""

STATE: Criteria = {"stateMachineState": {}}
ADDRESS: Criteria = {"associations": {"country": {}, "countryState": {}}}
ORDER: Criteria = {
    "lineItems": {},
    "deliveries": {
        "associations": STATE | {"shippingMethod": {}, "shippingOrderAddress": ADDRESS, "positions": {}}
    },
    "transactions": {
        "associations": STATE | {
            "paymentMethod": {},
            "captures": {"associations": {"refunds": {"associations": STATE | {"positions": {}}}}},
        }
    },
    "addresses": {},
    "billingAddress": ADDRESS,
    "orderCustomer": {"associations": {"customer": {}}},
    "currency": {},
    "language": {"associations": {"locale": {}}},
    "salesChannel": {},
    "stateMachineState": {},
    "tags": {},
}  # fmt: skip
ORDER_INCLUDES: dict[str, list[str]] = {
    "order": [
        "id", "orderNumber", "autoIncrement", "orderDateTime", "createdAt", "updatedAt", "amountTotal", "taxStatus",
        "price", "shippingCosts", "totalRounding", "customerComment", "customFields", "currency", "language",
        "salesChannel", "stateMachineState", "orderCustomer", "addresses", "billingAddress", "deliveries",
        "transactions", "lineItems", "tags", "primaryOrderDeliveryId", "primaryOrderTransactionId",
    ],
    "order_line_item": [
        "id", "type", "productId", "parentId", "position", "quantity", "label", "unitPrice", "totalPrice", "good",
        "price", "payload", "states", "customFields", "referencedId", "createdAt", "updatedAt",
    ],
    "order_delivery": [
        "id", "trackingCodes", "shippingCosts", "shippingMethod", "shippingOrderAddress", "stateMachineState",
        "positions", "customFields", "createdAt", "updatedAt",
    ],
    "order_delivery_position": ["id", "orderLineItemId", "quantity"],
    "order_transaction": ["id", "amount", "paymentMethod", "stateMachineState", "captures", "createdAt", "updatedAt"],
    "order_transaction_capture": ["id", "refunds"],
    "order_transaction_capture_refund": [
        "id", "amount", "reason", "stateMachineState", "positions", "createdAt", "updatedAt",
    ],
    "order_transaction_capture_refund_position": ["id", "orderLineItemId", "quantity", "amount"],
    "order_address": [
        "id", "firstName", "lastName", "company", "department", "street", "additionalAddressLine1",
        "additionalAddressLine2", "zipcode", "city", "country", "countryState", "phoneNumber", "vatId", "createdAt",
        "updatedAt",
    ],
    "order_customer": [
        "id", "customerId", "customerNumber", "email", "firstName", "lastName", "company", "vatIds", "customer",
        "createdAt", "updatedAt",
    ],
    "customer": ["id", "guest"],
    "country": ["id", "iso"],
    "country_state": ["id", "shortCode"],
    "currency": ["id", "isoCode"],
    "language": ["id", "locale"],
    "locale": ["id", "code"],
    "sales_channel": ["id", "name", "translated"],
    "state_machine_state": ["id", "technicalName"],
    "payment_method": ["id", "name", "translated", "technicalName", "formattedHandlerIdentifier"],
    "shipping_method": ["id", "name", "translated", "technicalName"],
    "tag": ["id", "name"],
}  # fmt: skip
ORDER_STAMP_ASSOCIATIONS: Criteria = {
    name: {} for name in ("deliveries", "lineItems", "addresses", "orderCustomer")
} | {"transactions": {"associations": {"captures": {"associations": {"refunds": {}}}}}}
STAMPS_ONLY = {
    name: ["id", "createdAt", "updatedAt"]
    for name in ("order_transaction", "order_delivery", "order_line_item", "order_address", "order_customer")
} | {
    "order": ["id", "orderNumber", "autoIncrement", "createdAt", "updatedAt", *ORDER_STAMP_ASSOCIATIONS],
    "order_transaction": ["id", "createdAt", "updatedAt", "captures"],
    "order_transaction_capture": ["id", "refunds"],
    "order_transaction_capture_refund": ["id", "createdAt", "updatedAt"],
}

PRODUCT: Criteria = {"options": {"associations": {"group": {}}}, "parent": {}}
PRODUCT_CONTENT: Criteria = {"manufacturer": {}, "categories": {}, "media": {"associations": {"media": {}}}}
"""What only an import of articles needs: read where the integration's role may."""
PRODUCT_INCLUDES = {
    "product": [
        "id", "parentId", "parent", "autoIncrement", "productNumber", "ean", "name", "translated", "price", "active",
        "availableStock", "options", "createdAt", "updatedAt", "description", "weight", "width", "height", "length",
        "manufacturer", "categories", "media", "coverId",
    ],
    "product_manufacturer": ["id", "name", "translated"],
    "category": ["id", "breadcrumb", "translated"],
    "product_media": ["id", "position", "media"],
    "media": ["id", "url"],
    "property_group_option": ["id", "name", "translated", "group"],
    "property_group": ["id", "name"],
}  # fmt: skip
PRODUCT_STAMPS_ONLY = {"product": ["id", "autoIncrement", "createdAt", "updatedAt", "parent"]}
SELLABLE: Criteria = {
    "type": "multi",
    "operator": "or",
    "queries": [
        {"type": "equals", "field": "childCount", "value": 0},
        {"type": "not", "operator": "and", "queries": [{"type": "equals", "field": "parentId", "value": None}]},
    ],
}
"""Parents are no articles: their variants are."""


def changed(fields: Sequence[str], since: datetime) -> Criteria:
    """Whatever carries any stamp at or after `since`."""
    limit = since.astimezone(UTC).isoformat(timespec="milliseconds")
    return any_of([{"type": "range", "field": field, "parameters": {"gte": limit}} for field in fields])


def any_of(conditions: Sequence[Criteria]) -> Criteria:
    return {"type": "multi", "operator": "or", "queries": list(conditions)}


def listing(
    conditions: Sequence[Criteria], after: int, limit: int, associations: Criteria, includes: Mapping[str, Any]
) -> Criteria:
    """One page by auto increment, which is unique and never moves: no row can be pushed over a page's edge."""
    beyond = {"type": "range", "field": "autoIncrement", "parameters": {"gt": after}}
    return {
        "limit": limit,
        "total-count-mode": 0,
        "filter": [*conditions, beyond],
        "sort": [{"field": "autoIncrement", "order": "ASC"}],
        "associations": associations,
        "includes": includes,
    }


def by_ids(ids: Sequence[str], associations: Criteria, includes: Mapping[str, Any]) -> Criteria:
    return {"ids": list(ids), "limit": len(ids), "associations": associations, "includes": includes}
