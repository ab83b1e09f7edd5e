"""Which entities hang on which, and how a row is shown: only what was asked for, in plain JSON or as JSON:API."""

from collections.abc import Callable
from typing import Any

from services.sandbox.shopware6.errors import ApiError, missing

STATE = {"stateMachineState": "state_machine_state"}
ASSOCIATIONS: dict[str, dict[str, str]] = {
    "order": STATE | {
        "lineItems": "order_line_item", "deliveries": "order_delivery", "transactions": "order_transaction",
        "addresses": "order_address", "billingAddress": "order_address", "orderCustomer": "order_customer",
        "currency": "currency", "language": "language", "salesChannel": "sales_channel", "tags": "tag",
    },
    "order_delivery": STATE | {
        "shippingMethod": "shipping_method", "shippingOrderAddress": "order_address",
        "positions": "order_delivery_position",
    },
    "order_transaction": STATE | {"paymentMethod": "payment_method", "captures": "order_transaction_capture"},
    "order_transaction_capture": STATE | {"refunds": "order_transaction_capture_refund"},
    "order_transaction_capture_refund": STATE | {"positions": "order_transaction_capture_refund_position"},
    "order_address": {"country": "country", "countryState": "country_state"},
    "order_customer": {"customer": "customer"},
    "language": {"locale": "locale"},
    "product": {
        "options": "property_group_option", "parent": "product", "manufacturer": "product_manufacturer",
        "categories": "category", "media": "product_media", "properties": "property_group_option", "tags": "tag",
        "tax": "tax", "unit": "unit", "deliveryTime": "delivery_time", "visibilities": "product_visibility",
        "crossSellings": "product_cross_selling", "configuratorSettings": "product_configurator_setting",
        "prices": "product_price",
    },
    "product_media": {"media": "media"},
    "product_visibility": {"salesChannel": "sales_channel"},
    "product_configurator_setting": {"option": "property_group_option"},
    "product_cross_selling": {"assignedProducts": "product_cross_selling_assigned_products"},
    "product_cross_selling_assigned_products": {"product": "product"},
    "property_group_option": {"group": "property_group"},
    "media": {"mediaFolder": "media_folder"},
    "media_default_folder": {"folder": "media_folder"},
    "custom_field": {"customFieldSet": "custom_field_set"},
    "custom_field_set": {"relations": "custom_field_set_relation"},
    "integration": {"aclRoles": "acl_role"},
}  # fmt: skip
AUTOLOADED_UNTIL_6_5 = frozenset({"stateMachineState", "shippingOrderAddress"})


def present(
    entity: str,
    row: dict[str, Any],
    associations: dict[str, Any],
    includes: dict[str, list[str]],
    autoloaded: frozenset[str],
) -> dict[str, Any]:
    """A row with the asked associations; the others are null. With `includes`, only the fields named for its entity."""
    hanging = ASSOCIATIONS.get(entity, {})
    wanted = includes.get(entity)
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if wanted is not None and name not in wanted:
            continue
        if name in hanging:
            asked = associations.get(name)
            if asked is None and name not in autoloaded:
                value = None
            else:
                below = (asked or {}).get("associations") or {}

                def inner(one: dict[str, Any], kind: str = hanging[name], below: Any = below) -> dict[str, Any]:
                    return present(kind, one, below, includes, autoloaded)

                value = [inner(one) for one in value] if isinstance(value, list) else value and inner(value)
        shown[name] = value
    return shown | {"apiAlias": entity}


def check(entity: str, associations: dict[str, Any], lacks: Callable[[str], bool]) -> None:
    """Refuses what does not hang there (as a server error, for ever), and what the caller may not read."""
    lacking = sorted({f"{one}:read" for one in _entities(entity, associations) if lacks(f"{one}:read")})
    if lacking:
        raise missing(lacking)


def _entities(entity: str, associations: dict[str, Any]) -> list[str]:
    found = [entity]
    for name, inner in associations.items():
        below = ASSOCIATIONS.get(entity, {}).get(name)
        if below is None:
            raise ApiError(
                500, "FRAMEWORK__ASSOCIATION_NOT_FOUND", f'Can not find association by name "{name}"', association=name
            )
        found += _entities(below, (inner or {}).get("associations") or {})
    return found


def json_api(entity: str, rows: list[dict[str, Any]], total: int) -> dict[str, Any]:
    """The same rows for a caller who did not ask for plain JSON."""
    data = []
    for row in rows:
        hanging = ASSOCIATIONS.get(entity, {})
        attributes = {
            name: value for name, value in row.items() if name not in hanging and name not in ("id", "apiAlias")
        }
        data.append({"id": row["id"], "type": entity, "attributes": attributes, "relationships": {}, "links": {}})
    return {
        "data": data,
        "included": [],
        "links": {},
        "meta": {"totalCountMode": 0, "total": total},
        "aggregations": [],
    }
