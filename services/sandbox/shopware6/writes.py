"""What the API lets others write of orders: tracking numbers and states."""

from typing import Any

from services.sandbox.shopware6 import states
from services.sandbox.shopware6.errors import ApiError, Violations, missing, not_found, wrong_type
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.tokens import Integration

DELIVERY_FIELDS = {"trackingCodes": list, "customFields": dict}


def privileged(caller: Integration, privilege: str) -> None:
    if caller.lacks(privilege):
        raise missing([privilege])


def patch_delivery(store: Store, caller: Integration, id: str, given: dict[str, Any]) -> None:
    """Tracking numbers are replaced as a whole; custom fields by their name."""
    privileged(caller, "order_delivery:update")
    try:
        _, row = find(store, "order_delivery", id)
    except ApiError:
        raise ApiError(
            500, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", 'Expected command for "order_delivery" to be "UpdateCommand".',
            definition="order_delivery",
        ) from None  # fmt: skip
    wrong = [
        wrong_type(f"/{name}", kind.__name__)
        for name, kind in DELIVERY_FIELDS.items()
        if name in given and not isinstance(given[name], kind)
    ]
    if wrong:
        raise Violations(wrong)
    if "trackingCodes" in given:
        row["trackingCodes"] = given["trackingCodes"]
    if "customFields" in given:
        row["customFields"] = dict(row["customFields"] or {}) | given["customFields"]
    row["updatedAt"] = store.now()


def transition(store: Store, caller: Integration, machine: str, id: str, action: str, given: dict[str, Any]) -> Any:
    """Follows one action and answers the state then held."""
    privileged(caller, f"{machine}:update")
    order, row = find(store, machine, id)
    store.move(machine, order, row, action, mail=given.get("sendMail", True))
    return row["stateMachineState"]


def offered(store: Store, machine: str, id: str) -> list[dict[str, str]]:
    _, row = find(store, machine, id)
    return states.offered(machine, row)


def find(store: Store, machine: str, id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row whose state it is, and the order it belongs to."""
    if machine not in states.MACHINES:
        raise ApiError(404, "0", f'No route found for "{machine}"')
    for stored in store.orders.values():
        order = stored.body
        rows = {"order": [order], "order_delivery": order["deliveries"], "order_transaction": order["transactions"]}
        for row in rows[machine]:
            if row["id"] == id:
                return order, row
    raise not_found(machine, id)
