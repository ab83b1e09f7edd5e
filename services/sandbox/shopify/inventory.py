"""Setting stock: absolute quantities, compared with what the caller believes, and never twice for one key."""

from typing import Any

from graphql import GraphQLError

from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.idempotency import Keys, key_of

Record = dict[str, Any]
MOST_PAIRS = 250
MOST_UNITS = 1_000_000_000
REASONS = frozenset(
    {
        "correction",
        "cycle_count_available",
        "damaged",
        "movement_canceled",
        "movement_created",
        "movement_received",
        "movement_updated",
        "other",
        "promotion",
        "quality_control",
        "received",
        "reservation_created",
        "reservation_deleted",
        "reservation_updated",
        "restock",
        "safety_stock",
        "shrinkage",
    }
)


def set_quantities(backend: Backend, keys: Keys, call: Call) -> Record:
    """`inventorySetQuantities`: all pairs or none."""
    key = key_of(call)
    before = keys.replay("inventorySetQuantities", call, key)
    if before is not None:
        code = before.get("code")
        return _refused(f"Idempotency: {code}.", code, "input") if code else before
    given = call.args["input"]
    if len(given["quantities"]) > MOST_PAIRS:
        raise GraphQLError(
            f"The input array size of {len(given['quantities'])} is greater than the maximum allowed of {MOST_PAIRS}.",
            extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
        )
    if any("changeFromQuantity" not in pair for pair in given["quantities"]):
        raise GraphQLError(
            "The changeFromQuantity argument is required; pass null to skip the comparison.",
            extensions={"code": "BAD_REQUEST"},
        )
    errors = _problems(backend, given)
    answer = {"inventoryAdjustmentGroup": None, "userErrors": errors} if errors else _set(backend, given)
    keys.remember("inventorySetQuantities", call, key, answer)
    return answer


def _problems(backend: Backend, given: Record) -> list[Record]:
    if given["name"] not in ("available", "on_hand"):
        return [
            user_error(
                "The quantity name must be either 'available' or 'on_hand'.", "input", "name", code="INVALID_NAME"
            )
        ]
    if given["reason"] not in REASONS:
        return [user_error("The specified reason is invalid.", "input", "reason", code="INVALID_REASON")]
    errors, seen = [], set()
    for place, pair in enumerate(given["quantities"]):
        where = ("input", "quantities", str(place))
        both = (pair["inventoryItemId"], pair["locationId"])
        if both in seen:
            code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
            message = "The combination of inventoryItemId and locationId must be unique."
            errors.append(user_error(message, *where, code=code))
            continue
        seen.add(both)
        if problem := _problem(backend, given["name"], pair):
            name, code, message = problem
            errors.append(user_error(message, *where, name, code=code))
    return errors


def _problem(backend: Backend, name: str, pair: Record) -> tuple[str, str, str] | None:
    item, place = backend.catalogue.find(pair["inventoryItemId"]), backend.catalogue.find(pair["locationId"])
    if item is None or item["__typename"] != "InventoryItem":
        return "inventoryItemId", "INVALID_INVENTORY_ITEM", "The specified inventory item could not be found."
    if place is None or place["__typename"] != "Location":
        return "locationId", "INVALID_LOCATION", "The specified location could not be found."
    level = backend.catalogue.level(item, place)
    if level is None:
        return "locationId", "INVALID_LOCATION", "The specified inventory item is not stocked at the location."
    if pair["quantity"] < 0:
        return "quantity", "INVALID_QUANTITY_NEGATIVE", "The quantity can't be negative."
    if pair["quantity"] > MOST_UNITS:
        return "quantity", "INVALID_QUANTITY_TOO_HIGH", f"The quantity can't be higher than {MOST_UNITS}."
    expected = pair["changeFromQuantity"]
    if expected is not None and expected != level["_quantities"][name]:
        message = "The changeFromQuantity value does not match persisted value."
        return "changeFromQuantity", "CHANGE_FROM_QUANTITY_STALE", message
    return None


def _set(backend: Backend, given: Record) -> Record:
    changes, at = [], backend.now
    for pair in given["quantities"]:
        item, place = backend.catalogue.find(pair["inventoryItemId"]), backend.catalogue.find(pair["locationId"])
        assert item
        assert place
        level = backend.catalogue.level(item, place)
        assert level
        by = pair["quantity"] - level["_quantities"][given["name"]]
        for name in ("available", "on_hand"):
            level["_quantities"][name] += by
            after = level["_quantities"][name] if name == given["name"] else None
            change = {"name": name, "delta": by, "quantityAfterChange": after, "item": item, "location": place}
            changes.append(change | {"ledgerDocumentUri": None})
        level["updatedAt"] = item["updatedAt"] = item["variant"]["updatedAt"] = at
        if by:
            backend.subscriptions.publish("inventory_levels/update", level)
    group = {
        "id": backend.numbers.gid("InventoryAdjustmentGroup"),
        "createdAt": at,
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": changes,
    }
    return {"inventoryAdjustmentGroup": group, "userErrors": []}


def activate(backend: Backend, keys: Keys, call: Call) -> Record:
    """`inventoryActivate`: from now on the item is stocked at the location."""
    key = key_of(call)
    before = keys.replay("inventoryActivate", call, key)
    if before is not None and "code" not in before:
        return before
    item, place = backend.catalogue.find(call.args["inventoryItemId"]), backend.catalogue.find(call.args["locationId"])
    if item is None or place is None or item["__typename"] != "InventoryItem" or place["__typename"] != "Location":
        return {"inventoryLevel": None, "userErrors": [user_error("The product or location couldn't be found.")]}
    level = backend.catalogue.level(item, place)
    if level is None:
        level = backend.catalogue.connect(item, place, call.args.get("available") or call.args.get("onHand") or 0)
        backend.subscriptions.publish("inventory_levels/connect", level)
    answer = {"inventoryLevel": level, "userErrors": []}
    keys.remember("inventoryActivate", call, key, answer)
    return answer


def _refused(message: str, code: str | None, *field: str) -> Record:
    return {"inventoryAdjustmentGroup": None, "userErrors": [user_error(message, *field, code=code)]}
