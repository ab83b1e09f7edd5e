"""Shopware 6: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.shopware6 import inbound, reading, sending, wire
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.queries import ORDER, PRODUCT
from services.connectors.shopware6.settings import Credentials
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Stream
from shared.contracts.cancellation import CancellationPush
from shared.contracts.document import DocumentPush
from shared.contracts.errors import Misconfigured
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.price import PricePush
from shared.contracts.product import ProductPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit

OLDEST = (6, 5)
WRITES = {
    "product:update": "stock cannot be sent",
    "order_delivery:update": "shipments cannot be reported",
    "order:update": "orders cannot be cancelled",
    "order_transaction:update": "open payments of cancelled orders stay open",
    "document:create": "documents cannot be sent",
    "document:update": "documents cannot be sent",
    "document_type:read": "documents cannot be sent",
}
PRODUCTS = {
    "create": (
        "product", "product_category", "product_configurator_setting", "product_cross_selling",
        "product_cross_selling_assigned_products", "product_media", "product_option", "product_property", "product_tag",
        "product_visibility", "product_manufacturer", "category", "tag", "unit", "property_group",
        "property_group_option", "media",
    ),
    "update": (
        "media", "product_configurator_setting", "product_cross_selling", "product_cross_selling_assigned_products",
        "product_media",
    ),
    "delete": (
        "product", "product_category", "product_cross_selling", "product_media", "product_option", "product_property",
        "product_tag",
    ),
    "read": (
        "category", "cms_page", "custom_field", "custom_field_set", "custom_field_set_relation", "delivery_time",
        "language", "locale", "media", "media_default_folder", "media_folder", "product_configurator_setting",
        "product_cross_selling", "product_cross_selling_assigned_products", "product_manufacturer", "product_media",
        "property_group", "property_group_option", "sales_channel", "tag", "tax", "unit",
    ),
}  # fmt: skip
"""What the role may do to which entities where articles are sent, besides product:update."""
GRADED = (
    "product_price:create", "product_price:update", "product_price:delete", "product_price:read", "rule:read",
)  # fmt: skip
"""What it needs for prices by quantity and of groups of customers."""


async def probe(client: Client) -> Probe:
    """Reads the version and everything that orders and articles need, and looks up what the role may write."""
    version = await client.version()
    if _numbers(version) < OLDEST:
        words = {"version": version, "oldest": "6.5"}
        return Probe([Finding("version_too_old", "url", params=words)], {"version": version})
    findings = [] if client.encrypted else [Finding("not_encrypted", "url", fatal=False)]
    for entity, associations in (("order", ORDER), ("product", PRODUCT)):
        try:
            await client.search(entity, {"limit": 1, "associations": associations})
        except Misconfigured as error:
            if error.code != "scope_missing":
                raise
            findings.append(
                Finding("scope_missing", error.field, params={"field": error.field, "detail": error.detail})
            )
    facts = {"version": version}
    if not any(one.fatal for one in findings):
        facts["currency"] = (await client.currency())[1]
    allowed = await client.privileges()
    if allowed is not None and "admin" not in allowed:
        findings += [
            Finding("scope_missing", right, fatal=False, params={"field": right, "detail": without})
            for right, without in WRITES.items()
            if right not in allowed
        ]
        rights = [f"{entity}:{may}" for may, entities in PRODUCTS.items() for entity in entities]
        for needed, what in ((rights, "articles"), (GRADED, "prices by quantity and of groups of customers")):
            if lacking := ", ".join(right for right in needed if right not in allowed):
                words = {"field": lacking, "detail": f"{what} cannot be sent"}
                findings.append(Finding("scope_missing", lacking, fatal=False, params=words))
    return Probe(findings, facts)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) or (0,)


SHOPWARE6 = Connector(
    platform="shopware6",
    title="Shopware 6",
    api_version="6.5",
    credentials=Credentials,
    client=Client,
    limit=Limit(rate=10, burst=10, concurrency=2),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Product, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(minutes=5), full_every=timedelta(days=1),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=5), overlap=timedelta(minutes=5), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.stock_again, batch=500),
        Push(
            "price", "prices", PricePush, sending.prices, sending.stock_again, batch=100, tells=("tiers", "groups"),
        ),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("document", "documents", DocumentPush, sending.documents, sending.find_documents, batch=1),
        Push("product", "products", ProductPush, sending.products, sending.products_again, batch=20),
    ),
    price_groups=sending.price_groups,
    capabilities=(
        Capability("orders", True, "POST /search/order by every stamp of an order, keyset by autoIncrement"),
        Capability("refunds", True, "transactions and the refunds of their captures, with the order"),
        Capability("articles", True, "POST /search/product with inheritance; variants, not their parents"),
        Capability("stock", True, "POST /_action/sync; unknown and refused rows are left out of it"),
        Capability("locations", False, "the shop has one quantity per product"),
        Capability("fulfilments", True, "PATCH /order-delivery, POST /_action/order_delivery/{id}/state"),
        Capability("tracking-per-line", False, "a delivery holds tracking numbers, not what is in each parcel"),
        Capability("status", True, "the delivery's state; the order's own is left to the shop"),
        Capability("cancellations", True, "POST /_action/order/{id}/state; whole orders only"),
        Capability("webhooks", False, "the shop signs them only for apps; orders are polled every five minutes"),
        Capability("census", True, "POST /search/order, ids and stamps only"),
        Capability("order-sources", False, "not yet: an order names its channel; tills and apps are such"),
        Capability("order-gift-cards", False, "the core has none; a plugin's arrive as credits or promotions"),
        Capability("prices", True, "POST /_action/sync; the list of prices as a whole, other currencies as they are"),
        Capability("products", True, "POST /_action/sync with all that they refer to; POST /_action/media/{id}/upload"),
        Capability("price-groups", True, "POST /_action/sync, product_price under the rule of each group"),
        Capability("price-tiers", True, "POST /_action/sync, product_price under a rule for everybody"),
        Capability("article-becomes-variant", False, "by intention: it is refused, for its address would be lost"),
        Capability("article-minimum-stock", False, "a product has no level for reordering"),
        Capability("article-sold-out", False, "a closeout without stock is sold out by itself; there is no mark"),
        Capability("article-short-text", False, "a product has one description"),
        Capability("article-customs-number", False, "a product has no field for it; a custom field may hold it"),
        Capability("article-origin", False, "a product has no field for it; a custom field may hold it"),
        Capability("article-product-group", False, "a product has categories, and no group beside them"),
        Capability("article-counted-flag", False, "the shop counts every product; only a closeout ends at zero"),
        Capability(
            "refunds_sent", False,
            "POST /_action/order_transaction_capture_refund/{id} pays only what a payment plugin has captured and can "
            "pay back; the core's own ways to pay capture nothing",
        ),
        Capability("returns_sent", False, "the API of every shop has none; returns belong to a paid extension"),
        Capability("documents", True, "POST /document and its upload; the mark by PATCH /document/{id}"),
    ),
)  # fmt: skip
