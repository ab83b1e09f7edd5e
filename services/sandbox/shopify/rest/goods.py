"""Products and stock."""

from typing import Any

from services.sandbox.shopify.derived import total_available
from services.sandbox.shopify.identity import number_of
from services.sandbox.shopify.rest.words import ids

Record = dict[str, Any]


def level(record: Record) -> Record:
    return {
        "inventory_item_id": number_of(record["item"]["id"]),
        "location_id": number_of(record["location"]["id"]),
        "available": record["_quantities"]["available"],
        "updated_at": record["updatedAt"],
        "admin_graphql_api_id": record["id"],
    }


def product(record: Record) -> Record:
    variants = [
        ids(variant)
        | {
            "product_id": number_of(record["id"]),
            "title": variant["title"],
            "sku": variant["sku"],
            "barcode": variant["barcode"],
            "price": variant["price"],
            "compare_at_price": variant["compareAtPrice"],
            "position": variant["position"],
            "inventory_policy": variant["inventoryPolicy"].lower(),
            "inventory_item_id": number_of(variant["inventoryItem"]["id"]),
            "inventory_quantity": total_available(variant["inventoryItem"]),
            "taxable": variant["taxable"],
            "created_at": variant["createdAt"],
            "updated_at": variant["updatedAt"],
        }
        for variant in record["variants"]
    ]
    return ids(record) | {
        "title": record["title"],
        "handle": record["handle"],
        "vendor": record["vendor"],
        "product_type": record["productType"],
        "status": record["status"].lower(),
        "tags": ", ".join(record["tags"]),
        "created_at": record["createdAt"],
        "updated_at": record["updatedAt"],
        "published_at": record["publishedAt"],
        "variants": variants,
    }
