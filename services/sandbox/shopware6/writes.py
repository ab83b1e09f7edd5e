"""What the API lets others write: stock and prices in bulk, tracking numbers, states."""

from typing import Any

from services.sandbox.shopware6 import states
from services.sandbox.shopware6.errors import ApiError, Violations, blank, not_found, wrong_type
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.tokens import Integration
from services.sandbox.shopware6.values import DEFAULT_CURRENCY

REQUIRED = ("taxId", "price", "productNumber", "name")
READ_ONLY = ("availableStock", "sales", "childCount")
DELIVERY_FIELDS = {"trackingCodes": list, "customFields": dict}


def privileged(caller: Integration, privilege: str) -> None:
    if caller.lacks(privilege):
        detail = f'{{"message":"Missing privilege","missingPrivileges":["{privilege}"]}}'
        raise ApiError(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail)


def sync(store: Store, caller: Integration, given: Any) -> dict[str, Any]:
    """Operations in one transaction: one bad row, and nothing is written. An unknown id means "create"."""
    operations = given.items() if isinstance(given, dict) else [(one["key"], one) for one in given]
    found: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for key, operation in operations:
        if operation["action"] != "upsert" or operation["entity"] != "product":
            raise ApiError(400, "FRAMEWORK__INVALID_SYNC_OPERATION", f"Operation {key} is not supported here.")
        privileged(caller, "product:update")
        for index, row in enumerate(operation["payload"]):
            wrong = _problems(store, f"/{key}/{index}", row)
            errors += wrong
            if not wrong:
                found.append(row)
    if errors:
        raise Violations(errors)
    for row in found:
        if "stock" in row:
            store.catalogue.set_stock(row["id"], row["stock"])
        if "price" in row:
            store.catalogue.set_price(row["id"], row["price"])
    return {"extensions": [], "data": {"product": [row["id"] for row in found]}, "notFound": [], "deleted": []}


def _problems(store: Store, pointer: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    wrong = []
    if row.get("id") not in store.catalogue.rows:
        wrong += [blank(f"{pointer}/{name}") for name in REQUIRED if name not in row]
    if "stock" in row and not isinstance(row["stock"], int):
        wrong.append(wrong_type(f"{pointer}/stock", "int"))
    if "price" in row:
        wrong += _price_problems(f"{pointer}/price", row["price"])
    wrong += [wrong_type(f"{pointer}/{name}", "read-only") for name in READ_ONLY if name in row]
    return wrong


def _price_problems(pointer: str, price: Any) -> list[dict[str, Any]]:
    """A list of prices, one of them in the default currency, each with numbers and the switch that links them."""
    if not isinstance(price, list):
        return [wrong_type(pointer, "array")]
    wrong = []
    for one in price:
        wrong += [
            wrong_type(f"{pointer}/{name}", "number")
            for name in ("gross", "net")
            if isinstance(one.get(name), bool) or not isinstance(one.get(name), int | float)
        ]
        if not isinstance(one.get("linked"), bool):
            wrong.append(wrong_type(f"{pointer}/linked", "bool"))
    if all(one.get("currencyId") != DEFAULT_CURRENCY for one in price):
        wrong.append(blank(pointer) | {"detail": "No price for default currency defined"})
    return wrong


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
