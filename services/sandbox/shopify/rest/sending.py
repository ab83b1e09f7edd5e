"""Fulfilments and fulfilment orders."""

from typing import Any

from services.sandbox.shopify.identity import number_of
from services.sandbox.shopify.rest import line
from services.sandbox.shopify.rest.words import ids

Record = dict[str, Any]


def fulfilment(record: Record) -> Record:
    parcels = record["trackingInfo"]
    return ids(record) | {
        "order_id": number_of(record["order"]["id"]),
        "name": record["name"].replace("-F", "."),
        "status": record["status"].lower(),
        "location_id": number_of(record["location"]["id"]),
        "created_at": record["createdAt"],
        "updated_at": record["updatedAt"],
        "tracking_company": parcels[0]["company"] if parcels else None,
        "tracking_number": parcels[0]["number"] if parcels else None,
        "tracking_numbers": [row["number"] for row in parcels if row["number"]],
        "tracking_url": parcels[0]["url"] if parcels else None,
        "line_items": [
            line.body(row["lineItem"]) | {"quantity": row["quantity"]} for row in record["fulfillmentLineItems"]
        ],
    }


def fulfilment_order(record: Record) -> Record:
    return {"fulfillment_order": {"id": record["id"], "status": record["status"].lower()}}
