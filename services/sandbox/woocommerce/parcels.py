"""The shipments a shop's customers can see, wherever the shop keeps them."""

from typing import Any

from services.sandbox.merchant import Parcel
from services.sandbox.woocommerce.store import Store


def parcels(store: Store) -> list[Parcel]:
    """From fulfilment records, from the tracking plugin, and from notes to the customer (text as tracking number)."""
    found = []
    for order_id, records in store.fulfilments.items():
        for record in records:
            meta: dict[str, Any] = {row["key"]: row["value"] for row in record["meta_data"]}
            items = tuple((str(item["item_id"]), int(item["qty"])) for item in meta["_items"])
            found.append(
                Parcel(str(order_id), meta.get("_tracking_number", ""), meta.get("_shipment_provider", ""), items)
            )
    for order_id, rows in store.trackings.items():
        found += [Parcel(str(order_id), row["tracking_number"], row["tracking_provider"], ()) for row in rows]
    for order_id, notes in store.notes.items():
        found += [Parcel(str(order_id), note["note"], "", ()) for note in notes if note["customer_note"]]
    return found
