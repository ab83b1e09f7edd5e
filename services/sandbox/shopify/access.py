"""Who may call: the app's credentials, the tokens given out for them, and the scopes they carry."""

import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

FULFILMENT = "merchant_managed_fulfillment_orders"
CUSTOMER_DATA = "protected_customer_data"
"""Not a scope but a permission; it opens names, addresses, e-mail and phone."""

SCOPES = (
    "read_all_orders",
    "read_assigned_fulfillment_orders",
    "read_customers",
    "read_inventory",
    "read_locales",
    "read_locations",
    f"read_{FULFILMENT}",
    "read_orders",
    "read_products",
    "read_publications",
    "read_returns",
    "read_translations",
    "write_assigned_fulfillment_orders",
    "write_inventory",
    f"write_{FULFILMENT}",
    "write_orders",
    "write_products",
    "write_publications",
    "write_translations",
    "write_returns",
)

ROOT_SCOPES = {
    "fulfillment": "read_orders",
    "fulfillmentOrder": f"read_{FULFILMENT}",
    "inventoryItem": "read_inventory",
    "inventoryItems": "read_inventory",
    "inventoryLevel": "read_inventory",
    "location": "read_locations",
    "locations": "read_locations",
    "order": "read_orders",
    "orders": "read_orders",
    "ordersCount": "read_orders",
    "metafieldDefinitions": "read_products",
    "priceLists": "read_products",
    "product": "read_products",
    "productByIdentifier": "read_products",
    "publications": "read_publications",
    "shopLocales": "read_locales",
    "translatableResource": "read_translations",
    "productVariant": "read_products",
    "productVariants": "read_products",
    "products": "read_products",
    "refund": "read_orders",
    "fulfillmentCancel": f"write_{FULFILMENT}",
    "fulfillmentCreate": f"write_{FULFILMENT}",
    "fulfillmentOrderLineItemsPreparedForPickup": f"write_{FULFILMENT}",
    "fulfillmentOrderOpen": f"write_{FULFILMENT}",
    "fulfillmentOrderReleaseHold": f"write_{FULFILMENT}",
    "fulfillmentTrackingInfoUpdate": f"write_{FULFILMENT}",
    "inventoryActivate": "write_inventory",
    "inventorySetQuantities": "write_inventory",
    "orderCancel": "write_orders",
    "orderClose": "write_orders",
    "orderMarkAsPaid": "write_orders",
    "metafieldsSet": "write_products",
    "productDelete": "write_products",
    "productSet": "write_products",
    "productVariantsBulkUpdate": "write_products",
    "quantityPricingByVariantUpdate": "write_products",
    "publishablePublish": "write_publications",
    "translationsRegister": "write_translations",
    "refundCreate": "write_orders",
    "returnableFulfillments": "read_returns",
    "returnClose": "write_returns",
    "returnCreate": "write_returns",
    "tagsAdd": "write_orders",
    "tagsRemove": "write_orders",
}

FIELD_SCOPES = {
    ("Order", "customer"): "read_customers",
    ("Order", "fulfillmentOrders"): f"read_{FULFILMENT}",
    ("Order", "billingAddress"): CUSTOMER_DATA,
    ("Order", "shippingAddress"): CUSTOMER_DATA,
    ("Order", "email"): CUSTOMER_DATA,
    ("Order", "phone"): CUSTOMER_DATA,
    ("Order", "returns"): "read_returns",
    ("LineItem", "product"): "read_products",
    ("LineItem", "variant"): "read_products",
    ("InventoryItem", "inventoryLevels"): "read_inventory",
    ("Product", "resourcePublicationsV2"): "read_publications",
}

NODE_SCOPES = {
    "Order": "read_orders",
    "Fulfillment": "read_orders",
    "FulfillmentOrder": f"read_{FULFILMENT}",
    "Product": "read_products",
    "ProductVariant": "read_products",
    "InventoryItem": "read_inventory",
    "InventoryLevel": "read_inventory",
    "Location": "read_locations",
}


def _made_up(shop: str, use: str, length: int) -> str:
    """A value that looks like a credential, is the same on every start, and opens nothing but this sandbox."""
    word = "".join(f"{zlib.crc32(f'{shop}/{use}/{part}'.encode()):08x}" for part in range(length // 8 + 1))
    return word[:length]


@dataclass
class Access:
    """One app, installed on one shop. `scopes` may be changed at any time; taking one away works at once."""

    shop: str
    clock: Callable[[], datetime]
    lifetime: timedelta = timedelta(seconds=86_399)
    scopes: set[str] = field(default_factory=lambda: {*SCOPES, CUSTOMER_DATA})
    installed: bool = True

    def __post_init__(self) -> None:
        self.client_id = _made_up(self.shop, "client", 32)
        self.client_secret = "shpss_" + _made_up(self.shop, "secret", 32)
        self.static_token: str | None = "shpat_" + _made_up(self.shop, "token", 32)
        self._tokens: dict[str, datetime] = {}

    def granted(self) -> list[str]:
        """The scopes as the platform lists them."""
        return sorted(self.scopes - {CUSTOMER_DATA})

    def grant(self, form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The client credentials grant: HTTP status and body."""
        if form.get("grant_type") != "client_credentials":
            return 400, _refusal("unsupported_grant_type", "The grant type is not supported.")
        if form.get("client_id") != self.client_id:
            return 400, _refusal("application_cannot_be_found", "The client id is unknown.")
        if form.get("client_secret") != self.client_secret:
            return 400, _refusal("invalid_client", "The client secret does not match the client id.")
        if not self.installed:
            return 400, _refusal("app_not_installed", "The app is not installed on this shop.")
        now = self.clock()
        self._tokens = {token: until for token, until in self._tokens.items() if until > now}
        token = f"shpat_{secrets.token_hex(16)}"
        self._tokens[token] = now + self.lifetime
        seconds = int(self.lifetime.total_seconds())
        return 200, {"access_token": token, "scope": ",".join(self.granted()), "expires_in": seconds}

    def accepts(self, token: str | None) -> bool:
        if not token or not self.installed:
            return False
        if self.static_token and secrets.compare_digest(token.encode(), self.static_token.encode()):
            return True
        until = self._tokens.get(token)
        return until is not None and until > self.clock()

    def revoke(self) -> None:
        """Every token given out so far stops working, the static one for good; a new one may be asked for."""
        self._tokens.clear()
        self.static_token = None

    def forbidden(self) -> dict[tuple[str, str], str]:
        """The fields that the present scopes do not show."""
        return {place: scope for place, scope in FIELD_SCOPES.items() if scope not in self.scopes}


def _refusal(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}
