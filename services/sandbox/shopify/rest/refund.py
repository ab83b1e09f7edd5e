"""A refund."""

from typing import Any

from services.sandbox.shopify.identity import number_of
from services.sandbox.shopify.rest.words import both, ids, plain

Record = dict[str, Any]


def body(record: Record) -> Record:
    return ids(record) | {
        "order_id": number_of(record["order"]["id"]),
        "created_at": record["createdAt"],
        "processed_at": record["processedAt"],
        "note": record["note"],
        "refund_line_items": [
            {
                "id": number_of(row["id"]),
                "line_item_id": number_of(row["lineItem"]["id"]),
                "quantity": row["quantity"],
                "restock_type": row["restockType"].lower(),
                **both("subtotal", row["subtotalSet"]),
                **both("total_tax", row["totalTaxSet"]),
            }
            for row in record["refundLineItems"]
        ],
        "transactions": [
            {
                **ids(row),
                "kind": row["kind"].lower(),
                "status": row["status"].lower(),
                "gateway": row["gateway"],
                "amount": plain(row["amountSet"]),
            }
            for row in record["transactions"]
        ],
    }
