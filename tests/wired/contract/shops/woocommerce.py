"""WooCommerce's stands: over TLS with the shop's own shipment records, and an older shop without either."""

from typing import Any

from tests.wired.contract.stand import Stand, Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"consumer_secret": "cs_wrong"}


def drop_subscription(stand: Stand, topic: str) -> None:
    next(one for one in stand.shop.store.hooks.webhooks.values() if one.topic == topic).status = "disabled"


VARIETIES = (
    Variety(
        "woocommerce",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/wc/v3/orders",
        stock_writes="/batch",
        shipment_writes="/fulfillments",
        cancellation_writes="/wc/v3/orders/",
        price_writes="/batch",
        refund_writes="/refunds",
        drop_subscription=drop_subscription,
        signature="X-WC-Webhook-Signature",
        ping=b"webhook_id=7",
    ),
    Variety(
        "woocommerce",
        name="plain",
        first=False,
        scheme="http",
        options={"fulfilments": False, "version": "10.0.2", "number_prefix": "2026-"},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/wc/v3/orders",
        stock_writes="/batch",
        shipment_writes="/notes",
        cancellation_writes="/wc/v3/orders/",
        price_writes="/batch",
        refund_writes="/refunds",
        drop_subscription=drop_subscription,
        signature="X-WC-Webhook-Signature",
        ping=b"webhook_id=7",
    ),
)
