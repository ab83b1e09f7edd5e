"""WooCommerce's stands: over TLS with the shop's own shipment records, and an older shop without either."""

from typing import Any

from shared.contracts.product import ProductPush
from tests.wired.contract.stand import Stand, Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"consumer_secret": "cs_wrong"}


def drop_subscription(stand: Stand, topic: str) -> None:
    next(one for one in stand.shop.store.hooks.webhooks.values() if one.topic == topic).status = "disabled"


def spoilt(told: ProductPush) -> ProductPush:
    """An image that cannot be fetched."""
    content = told.content.model_copy(update={"media": ("https://bilder.kramladen.example/kaputt/neu.jpg",)})
    return told.model_copy(update={"content": content})


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
        product_writes="/wc/v3/products",
        product_method="POST",
        spoilt=spoilt,
        free_field="meta:herkunft",
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
        product_writes="/wc/v3/products",
        product_method="POST",
        spoilt=spoilt,
        free_field="meta:herkunft",
        drop_subscription=drop_subscription,
        signature="X-WC-Webhook-Signature",
        ping=b"webhook_id=7",
    ),
)
