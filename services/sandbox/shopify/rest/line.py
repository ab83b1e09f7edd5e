"""One line of an order."""

from typing import Any

from services.sandbox.shopify.identity import number_of
from services.sandbox.shopify.rest.words import both, ids, taxes

Record = dict[str, Any]


def body(line: Record) -> Record:
    allocations = [
        {
            **both("amount", row["allocatedAmountSet"]),
            "discount_application_index": row["discountApplication"]["index"],
        }
        for row in line["discountAllocations"]
    ]
    return ids(line) | {
        "name": line["name"],
        "title": line["title"],
        "variant_title": line["variantTitle"],
        "sku": line["sku"],
        "vendor": line["vendor"],
        "quantity": line["quantity"],
        "current_quantity": line["currentQuantity"],
        "fulfillable_quantity": line["unfulfilledQuantity"],
        "fulfillment_service": "manual",
        "fulfillment_status": None if line["unfulfilledQuantity"] else "fulfilled",
        "gift_card": line["isGiftCard"],
        "taxable": line["taxable"],
        "requires_shipping": line["requiresShipping"],
        "product_exists": line["product"] is not None,
        "product_id": number_of(line["product"]["id"]) if line["product"] else None,
        "variant_id": number_of(line["variant"]["id"]) if line["variant"] else None,
        "properties": [{"name": row["key"], "value": row["value"]} for row in line["customAttributes"]],
        **both("price", line["originalUnitPriceSet"]),
        **both("total_discount", line["totalDiscountSet"]),
        "tax_lines": taxes(line["taxLines"]),
        "discount_allocations": allocations,
        "duties": [],
    }
