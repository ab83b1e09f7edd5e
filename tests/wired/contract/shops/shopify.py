"""Shopify's stands."""

from typing import Any

from shared.contracts.product import ProductAttribute, ProductPush
from tests.wired.contract.stand import Stand, Variety

ADDRESS = "admin/api"


def credentials(shop: Any, url: str) -> dict[str, Any]:
    known = shop.credentials()
    return {"shop_url": url, "client_id": known["client_id"], "client_secret": known["client_secret"]}


def token(shop: Any, url: str) -> dict[str, Any]:
    return {"shop_url": url, "access_token": shop.credentials()["access_token"]}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"client_secret": "shpss_wrong"}


def drop_subscription(stand: Stand, topic: str) -> None:
    rows = stand.shop.subscriptions.rows
    rows.remove(next(row for row in rows if row["topic"] == topic.replace("/", "_").upper()))


def stocked(stand: Stand, sku: str) -> int:
    return int(stand.shop.stock()[sku])


def spoilt(told: ProductPush) -> ProductPush:
    """A metafield of whole numbers that is told a word."""
    return told.model_copy(
        update={"attributes": (ProductAttribute(name="Teile", value="viele", target="custom.teile"),)}
    )


VARIETIES = (
    Variety(
        "shopify",
        listed=250,
        handed=250,
        credentials=credentials,
        wrong_credentials=wrong,
        lists=ADDRESS,
        stock_writes="mutation:inventorySetQuantities",
        shipment_writes="mutation:fulfillmentCreate",
        cancellation_writes="mutation:orderCancel",
        price_writes="mutation:productVariantsBulkUpdate",
        refund_writes="mutation:refundCreate",
        return_writes="mutation:returnCreate",
        product_writes="mutation:productSet",
        spoilt=spoilt,
        property="custom.material",
        free_field="custom.herkunft",
        own_faults=("graphql_throttled",),
        drop_subscription=drop_subscription,
        signature="X-Shopify-Hmac-Sha256",
    ),
    Variety(
        "shopify",
        name="token",
        first=False,
        credentials=token,
        wrong_credentials=lambda shop, url: {"shop_url": url, "access_token": "shpat_wrong"},
        lists=ADDRESS,
        stock_writes="mutation:inventorySetQuantities",
        shipment_writes="mutation:fulfillmentCreate",
        cancellation_writes="mutation:orderCancel",
        price_writes="mutation:productVariantsBulkUpdate",
        refund_writes="mutation:refundCreate",
        return_writes="mutation:returnCreate",
        product_writes="mutation:productSet",
        spoilt=spoilt,
        property="custom.material",
        free_field="custom.herkunft",
    ),
)
