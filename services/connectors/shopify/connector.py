"""Shopify: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.shopify import inbound, reading, sending, webhooks, wire
from services.connectors.shopify.client import Client
from services.connectors.shopify.queries import API_VERSION
from services.connectors.shopify.settings import Credentials
from services.connectors.shopify.vocabulary import SCOPES
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Stream, Webhooks
from shared.contracts.cancellation import CancellationPush
from shared.contracts.errors import Misconfigured
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.price import PricePush
from shared.contracts.product import ProductPush
from shared.contracts.repayment import RefundPush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit

PARENT = "parent_external_id"


async def probe(client: Client) -> Probe:
    """Asks who we are and what we may; changes nothing."""
    who = await client.who()
    granted = {row["handle"] for row in who["currentAppInstallation"]["accessScopes"]}
    findings = [
        Finding("scope_missing", scope, fatal, {"field": scope, "detail": without})
        for scope, (fatal, without) in SCOPES.items()
        if scope not in granted and scope.replace("read_", "write_", 1) not in granted
    ]
    if "read_orders" in granted:
        findings += await _customer_data(client)
    if {"read_locations", "read_inventory", "read_products"} <= granted:
        findings += await _stock_kept(client)
    if client.served_version not in ("", API_VERSION):
        words = {"version": client.served_version, "oldest": API_VERSION}
        findings.append(Finding("version_other", "shop_url", fatal=False, params=words))
    if not client.signs_webhooks:
        findings.append(Finding("webhooks_unsigned", "client_secret", fatal=False))
    shop = who["shop"]
    facts = {
        "shop": shop["name"],
        "domain": shop["myshopifyDomain"],
        "currency": shop["currencyCode"],
        "time_zone": shop["ianaTimezone"],
        "plan": shop["plan"]["publicDisplayName"],
        "version": client.served_version,
    }
    return Probe(findings, facts)


async def _customer_data(client: Client) -> list[Finding]:
    try:
        await client.show_customer_data()
    except Misconfigured as error:
        return [Finding(error.code, error.field, params={"field": error.field, "detail": error.detail})]
    return []


async def _stock_kept(client: Client) -> list[Finding]:
    """Whether there is a place to keep stock, and articles that are counted."""
    findings = []
    try:
        await client.location()
    except Misconfigured as error:
        findings.append(Finding(error.code, error.field, fatal=False, params={"detail": error.detail}))
    tracked = await client.tracked()
    if tracked and not any(tracked):
        findings.append(Finding("stock_not_tracked", "stock", fatal=False, params={"looked_at": str(len(tracked))}))
    return findings


SHOPIFY = Connector(
    platform="shopify",
    title="Shopify",
    api_version=API_VERSION,
    credentials=Credentials,
    client=Client,
    limit=Limit(rate=100, burst=2000, concurrency=4),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Variant, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(minutes=5), full_every=timedelta(days=1),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=15), overlap=timedelta(minutes=5), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.stock_again, batch=250),
        Push(
            "price", "prices", PricePush, sending.prices, sending.prices_again, batch=100, tells=("tiers", "groups"),
            together=PARENT,
        ),
        Push("product", "products", ProductPush, sending.push_products, sending.find_products, batch=10),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=10,
        ),
        Push("refund", "refunds", RefundPush, sending.refunds, sending.find_refunds, batch=1),
        Push("return", "returns", ReturnPush, sending.returns, sending.find_returns, batch=1),
    ),
    webhooks=Webhooks(webhooks.secrets, webhooks.verify, webhooks.hint, webhooks.subscribe),
    price_groups=sending.price_groups,
    capabilities=(
        Capability("orders", True, "orders by updated_at, whole records with the list, fixed window"),
        Capability("refunds", True, "order.refunds with their lines"),
        Capability("returns", True, "order.returns where returnStatus says there are any; needs read_returns"),
        Capability("articles", True, "products by updated_at with their variants and inventory levels"),
        Capability("stock", True, "inventorySetQuantities with compare-and-set and @idempotent; inventoryActivate"),
        Capability("prices", True, "productVariantsBulkUpdate with allowPartialUpdates; compareAtPrice"),
        Capability("products", True, "productSet by id or handle; metafieldsSet, publishablePublish, translations"),
        Capability("price-groups", True, "quantityPricingByVariantUpdate on a price list; shops with B2B"),
        Capability("price-tiers", True, "quantityPricingByVariantUpdate on a price list; shops with B2B"),
        Capability("article-length", False, "a variant has a weight and no other measures (InventoryItemMeasurement)"),
        Capability("article-width", False, "a variant has a weight and no other measures (InventoryItemMeasurement)"),
        Capability("article-height", False, "a variant has a weight and no other measures (InventoryItemMeasurement)"),
        Capability("article-unit", False, "a variant has no unit; a free field may become a metafield"),
        Capability("article-minimum-order", False, "a variant has none (ProductVariant)"),
        Capability("article-delivery-time", False, "a product has none; a free field may become a metafield"),
        Capability("article-manufacturer-number", False, "a variant has none; a free field may become a metafield"),
        Capability("article-short-text", False, "a product has one description (Product.descriptionHtml)"),
        Capability("article-meta-keywords", False, "SEO has a title and a description (SEO)"),
        Capability("article-cross-selling", False, "related products are made by an app of the shop, not by Product"),
        Capability("article-image-title", False, "an image has one text (MediaImage.alt)"),
        Capability("category-tree", False, "collections are no tree; the last part of a path is the product type"),
        Capability("locations", True, "inventorySetQuantities with the location's id"),
        Capability("fulfilments", True, "fulfillmentCreate per location; fulfillmentOrderLineItemsPreparedForPickup"),
        Capability("status", True, "fulfillmentCreate: the order counts as fulfilled once all its pieces are"),
        Capability("cancellations", True, "orderCancel with its job; lines: refundCreate without money, @idempotent"),
        Capability("refunds_sent", True, "refundCreate over the payments made, @idempotent; found by its note"),
        Capability("returns_sent", True, "returnCreate and returnClose, found by the note of its lines; write_returns"),
        Capability("webhooks", True, "orders/*, refunds/create, products/*; deleted subscriptions are made again"),
        Capability("census", True, "orders by updated_at, ids and stamps only"),
        Capability("documents", False, "the Admin API has no invoices of the shop"),
    ),
)  # fmt: skip
