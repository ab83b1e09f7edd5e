"""Shipments: WooCommerce's own fulfilments (a feature that may be off), or the shipment tracking plugin."""

from collections import Counter
from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.woocommerce.api.answers import WordPressRoute, answer, body_of
from services.sandbox.woocommerce.api.orders import find_order
from services.sandbox.woocommerce.book import Stored
from services.sandbox.woocommerce.catalogue import digest
from services.sandbox.woocommerce.errors import RestError, no_route
from services.sandbox.woocommerce.order import merge_meta
from services.sandbox.woocommerce.store import Store
from services.sandbox.woocommerce.times import gmt


def _refused(message: str) -> RestError:
    return RestError(0, message, 400)


def fulfilments(store: Store) -> APIRouter:
    """`/orders/{id}/fulfillments`; without the feature the routes do not exist."""
    router = APIRouter(route_class=WordPressRoute)

    def ask(order_id: int) -> Stored:
        if not store.options.fulfilments:
            raise no_route()
        return find_order(store, order_id)

    @router.get("/orders/{order_id:int}/fulfillments")
    async def of_order(order_id: int) -> Response:
        ask(order_id)
        # A list writes the flag as text where a single answer has true.
        return answer([row | {"is_fulfilled": "1" if row["is_fulfilled"] else ""} for row in _rows(store, order_id)])

    @router.post("/orders/{order_id:int}/fulfillments")
    async def create(order_id: int, request: Request) -> Response:
        order = ask(order_id)
        given = await body_of(request)
        meta = given.get("meta_data") or []
        items = next((row["value"] for row in meta if row.get("key") == "_items"), None)
        _check_items(store, order, items)
        record = {
            "id": store.next_id(),
            "entity_type": "WC_Order",
            "entity_id": str(order_id),
            "status": given.get("status", "unfulfilled"),
            "is_fulfilled": bool(given.get("is_fulfilled", False)),
            "date_updated": _zulu(store),
            "date_deleted": None,
            "meta_data": [
                *({"key": row["key"], "value": row["value"], "id": store.next_meta()} for row in meta),
                {"key": "_date_fulfilled", "value": _zulu(store), "id": store.next_meta()},
            ],
        }
        store.fulfilments.setdefault(order_id, []).append(record)
        _mark(store, order)
        return answer(record, 201)

    @router.put("/orders/{order_id:int}/fulfillments/{record_id:int}")
    async def change(order_id: int, record_id: int, request: Request) -> Response:
        order = ask(order_id)
        record = _find(store, order_id, record_id)
        given = await body_of(request)
        record.update({name: given[name] for name in ("status", "is_fulfilled") if name in given})
        merge_meta(record["meta_data"], given.get("meta_data", []), store.next_meta)
        record["date_updated"] = _zulu(store)
        _mark(store, order)
        return answer(record)

    @router.delete("/orders/{order_id:int}/fulfillments/{record_id:int}")
    async def delete(order_id: int, record_id: int) -> Response:
        order = ask(order_id)
        store.fulfilments[order_id].remove(_find(store, order_id, record_id))
        _mark(store, order)
        return answer({"message": "Fulfillment deleted successfully."})

    return router


def _zulu(store: Store) -> str:
    return f"{gmt(store.clock())}Z"


def _rows(store: Store, order_id: int) -> list[dict[str, Any]]:
    return store.fulfilments.get(order_id, [])


def _find(store: Store, order_id: int, record_id: int) -> dict[str, Any]:
    found = next((row for row in _rows(store, order_id) if row["id"] == record_id), None)
    if found is None:
        raise RestError("woocommerce_rest_fulfillment_invalid_id", "Invalid fulfillment ID.", 404)
    return found


def _sent(store: Store, order_id: int) -> Counter[int]:
    """Pieces per line that fulfilments of the order already hold."""
    sent: Counter[int] = Counter()
    for record in _rows(store, order_id):
        for meta in record["meta_data"]:
            if meta["key"] == "_items":
                for item in meta["value"]:
                    sent[item["item_id"]] += item["qty"]
    return sent


def _check_items(store: Store, order: Stored, items: Any) -> None:
    if not items:
        raise _refused("The fulfillment should contain at least one item.")
    if not isinstance(items, list):
        raise _refused("The fulfillment items should be an array.")
    ordered = {line["id"]: line["quantity"] for line in order.body()["line_items"]}
    sent = _sent(store, order.id)
    for item in items:
        item_id, quantity = item.get("item_id"), item.get("qty")
        if not isinstance(item_id, int) or not isinstance(quantity, int | float) or quantity <= 0:
            raise _refused("Invalid item.")
        if item_id not in ordered:
            raise _refused("Invalid item.")
        if sent[item_id] + quantity > ordered[item_id]:
            raise _refused("The quantity of the item exceeds what is left to be fulfilled.")


def _mark(store: Store, order: Stored) -> None:
    """The order's own note of how much was sent; saving it moves the order's stamp."""
    sent = _sent(store, order.id)
    left = any(line["quantity"] > sent[line["id"]] for line in order.body()["line_items"])
    state = "partially_fulfilled" if sent and left else "fulfilled" if sent else None
    merge_meta(order.body()["meta_data"], [{"key": "_fulfillment_status", "value": state}], store.next_meta)
    store.changed(order)


def trackings(store: Store) -> APIRouter:
    """The plugin's namespace `wc-shipment-tracking/v3`."""
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/orders/{order_id:int}/shipment-trackings")
    async def of_order(order_id: int) -> Response:
        find_order(store, order_id)
        return answer(store.trackings.get(order_id, []))

    @router.post("/orders/{order_id:int}/shipment-trackings")
    async def create(order_id: int, request: Request) -> Response:
        order = find_order(store, order_id)
        given = await body_of(request)
        if not given.get("tracking_number"):
            raise RestError(
                "rest_missing_callback_param", "Missing parameter(s): tracking_number", 400, params=["tracking_number"]
            )
        rows = store.trackings.setdefault(order_id, [])
        rows.append(
            {
                "tracking_id": digest(order_id, len(rows), given["tracking_number"])[:32],
                "tracking_provider": given.get("tracking_provider") or given.get("custom_tracking_provider", ""),
                "tracking_link": given.get("custom_tracking_link", ""),
                "tracking_number": given["tracking_number"],
                "date_shipped": given.get("date_shipped") or store.clock().date().isoformat(),
            }
        )
        store.changed(order)
        return answer(rows[-1], 201)

    return router
