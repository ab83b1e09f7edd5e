"""eBay's stands: a seller in Germany, and one whose items are offered on two marketplaces."""

from typing import Any

from tests.wired.contract.stand import Stand, Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    sites = ", ".join(shop.marketplaces)
    return {"url": url, "alert_email": "webmaster@kramladen.example", "marketplaces": sites, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"client_secret": "PRD-wrong-secret"}


def drop_subscription(stand: Stand, topic: str) -> None:
    next(row for row in stand.shop.store.hooks.rows.values() if row.topic == topic).status = "DISABLED"


VARIETIES = (
    Variety(
        "ebay",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/fulfillment/v1/order",
        stock_writes="/bulk_update_price_quantity",
        price_writes="/bulk_update_price_quantity",
        shipment_writes="/shipping_fulfillment",
        cancellation_writes="post-order/v2/cancellation",
        refund_writes="/issue_refund",
        marks_refunds=False,
        shipping_method="DE_DHLPaket",
        drop_subscription=drop_subscription,
        signature="X-EBAY-SIGNATURE",
        untimed=("article",),
    ),
    Variety(
        "ebay",
        name="two-marketplaces",
        first=False,
        options={"marketplaces": "EBAY_DE EBAY_AT"},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/fulfillment/v1/order",
        stock_writes="/bulk_update_price_quantity",
        price_writes="/bulk_update_price_quantity",
        shipment_writes="/shipping_fulfillment",
        cancellation_writes="post-order/v2/cancellation",
        refund_writes="/issue_refund",
        marks_refunds=False,
        shipping_method="DE_DHLPaket",
        drop_subscription=drop_subscription,
        signature="X-EBAY-SIGNATURE",
        untimed=("article",),
    ),
)
