"""What can be searched for, per resource."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.shopify import search
from services.sandbox.shopify.identity import number_of, stamp
from services.sandbox.shopify.search import Make, Search

Record = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    fields: dict[str, Make]
    free_text: Callable[[Record], str]

    def search(self, query: str | None) -> Search:
        return search.read(query, self.fields, self.free_text)


def order_wall(now: datetime) -> str:
    """Before this moment nobody without `read_all_orders` sees an order."""
    return stamp(now - timedelta(days=60))


def _is_closed(order: Record) -> bool:
    return bool(order["closed"])


_STATUS: dict[str, Callable[[Record], bool]] = {
    "open": lambda order: not order["closed"] and not order["cancelledAt"],
    "closed": lambda order: _is_closed(order) and not order["cancelledAt"],
    "cancelled": lambda order: order["cancelledAt"] is not None,
    "not_closed": lambda order: not order["closed"],
    "any": lambda _: True,
}
_FINANCIAL: dict[str, Callable[[Record], bool]] = {
    word.lower(): lambda order, word=word: order["displayFinancialStatus"] == word  # type: ignore[misc]
    for word in (
        "AUTHORIZED",
        "EXPIRED",
        "PAID",
        "PARTIALLY_PAID",
        "PARTIALLY_REFUNDED",
        "PENDING",
        "REFUNDED",
        "VOIDED",
    )
}
_FULFILMENT: dict[str, Callable[[Record], bool]] = {
    "shipped": lambda order: order["displayFulfillmentStatus"] == "FULFILLED",
    "fulfilled": lambda order: order["displayFulfillmentStatus"] == "FULFILLED",
    "partial": lambda order: order["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED",
    "scheduled": lambda order: order["displayFulfillmentStatus"] == "SCHEDULED",
    "on_hold": lambda order: order["displayFulfillmentStatus"] == "ON_HOLD",
    "unshipped": lambda order: order["displayFulfillmentStatus"] in ("UNFULFILLED", "SCHEDULED", "ON_HOLD"),
    "unfulfilled": lambda order: order["displayFulfillmentStatus"] == "UNFULFILLED",
}

ORDERS = Resource(
    {
        "id": search.id_field,
        "name": search.text_field(lambda order: order["name"]),
        "created_at": search.time_field("created"),
        "updated_at": search.time_field("updated"),
        "processed_at": search.time_field("processedAt"),
        "status": search.word_field(_STATUS),
        "financial_status": search.word_field(_FINANCIAL),
        "fulfillment_status": search.word_field(_FULFILMENT),
        "test": search.flag_field("test"),
        "email": search.text_field(lambda order: order["email"]),
        "source_name": search.text_field(lambda order: order["sourceName"]),
        "po_number": search.text_field(lambda order: order["poNumber"]),
        "confirmation_number": search.text_field(lambda order: order["confirmationNumber"]),
        "discount_code": search.text_field(lambda order: order["discountCode"]),
        "tag": search.list_field(lambda order: order["tags"]),
        "sku": search.list_field(lambda order: [line["sku"] or "" for line in order["lineItems"]]),
        "gateway": search.list_field(lambda order: order["paymentGatewayNames"]),
        "location_id": search.list_field(
            lambda order: [
                str(number_of(row["assignedLocation"]["location"]["id"])) for row in order["fulfillmentOrders"]
            ]
        ),
    },
    lambda order: f"{order['name']} {order['email'] or ''}",
)

PRODUCTS = Resource(
    {
        "id": search.id_field,
        "created_at": search.time_field("created"),
        "updated_at": search.time_field("updated"),
        "title": search.text_field(lambda product: product["title"]),
        "handle": search.text_field(lambda product: product["handle"]),
        "vendor": search.text_field(lambda product: product["vendor"]),
        "status": search.text_field(lambda product: product["status"]),
        "sku": search.list_field(lambda product: [variant["sku"] for variant in product["variants"]]),
        "barcode": search.list_field(lambda product: [variant["barcode"] or "" for variant in product["variants"]]),
    },
    lambda product: product["title"],
)

VARIANTS = Resource(
    {
        "id": search.id_field,
        "created_at": search.time_field("created"),
        "updated_at": search.time_field("updated"),
        "sku": search.text_field(lambda variant: variant["sku"]),
        "barcode": search.text_field(lambda variant: variant.get("barcode")),
        "product_id": search.text_field(lambda variant: str(number_of(variant["product"]["id"]))),
        "title": search.text_field(lambda variant: variant.get("title")),
    },
    lambda variant: f"{variant.get('displayName', '')} {variant['sku']}",
)
