"""WooCommerce: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.woocommerce import inbound, reading, sending, webhooks, wire
from services.connectors.woocommerce.client import API, Client
from services.connectors.woocommerce.settings import Credentials
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Stream, Webhooks
from shared.contracts.cancellation import CancellationPush
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.price import PricePush
from shared.contracts.product import ProductPush
from shared.contracts.repayment import RefundPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit

OLDEST = (5, 8)
PARENT = "parent_external_id"


async def probe(client: Client) -> Probe:
    """Reads the version, the rights of the key and how the shop is set up; changes nothing."""
    try:
        version = await client.version()
    except Rejected as error:
        if error.code != "not_found":
            raise
        return Probe([Finding("permalinks_plain", "url", params={"address": API})])
    findings = []
    if _numbers(version) < OLDEST:
        findings.append(Finding("version_too_old", "url", params={"version": version, "oldest": "5.8"}))
    writes = await client.may_write()
    if not writes:
        findings.append(Finding("key_read_only", "consumer_key", fatal=False))
    if not client.encrypted:
        findings.append(Finding("not_encrypted", "url", fatal=False))
    if not await client.manages_stock():
        findings.append(Finding("stock_management_off", "stock", fatal=False))
    if not await client.keeps_shipments():
        findings.append(Finding("shipment_records_missing", "fulfilments", fatal=False))
    return Probe(findings, {"version": version, "currency": await client.currency(), "writes": str(writes).lower()})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) or (0,)


WOOCOMMERCE = Connector(
    platform="woocommerce",
    title="WooCommerce",
    api_version="wc/v3",
    credentials=Credentials,
    client=Client,
    limit=Limit(rate=20, burst=20, concurrency=2),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Product, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(minutes=5), full_every=timedelta(days=1),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=15), overlap=timedelta(minutes=5), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.set_again, batch=200, together=PARENT),
        Push("price", "prices", PricePush, sending.prices, sending.set_again, batch=200, together=PARENT),
        Push("product", "products", ProductPush, sending.push_products, sending.find_products, batch=10),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("refund", "refunds", RefundPush, sending.refunds, sending.find_refunds, batch=1),
    ),
    webhooks=Webhooks(
        webhooks.secrets, webhooks.verify, webhooks.hint, webhooks.subscribe, unsigned=webhooks.unsigned
    ),
    capabilities=(
        Capability("orders", True, "GET /orders by modified_after, fixed window, keyset"),
        Capability("refunds", True, "GET /orders/{id}/refunds"),
        Capability("articles", True, "GET /products, GET /products/{id}/variations"),
        Capability("stock", True, "POST /products/batch, POST /products/{id}/variations/batch"),
        Capability("prices", True, "regular_price and sale_price by POST /products/batch and …/variations/batch"),
        Capability("price-groups", False, "the core knows one price for everybody; groups are a plugin's"),
        Capability("price-tiers", False, "the core knows one price whatever the quantity; others are a plugin's"),
        Capability("products", True, "POST /products, /products/{id}, …/variations/batch; found again by SKU"),
        Capability("article-unit", False, "a product has no unit"),
        Capability("article-minimum-order", False, "a product has none; plugins add one"),
        Capability("article-delivery-time", False, "a product has none; plugins add one"),
        Capability("article-manufacturer-number", False, "a product has none; a free field may become meta data"),
        Capability("article-customs-number", False, "a product has none; plugins add one"),
        Capability("article-origin", False, "a product has none; plugins add one"),
        Capability("article-english", False, "a product has one language; plugins translate it"),
        Capability("article-languages", False, "a product has one language; plugins translate it"),
        Capability("article-product-group", False, "a product has categories in a tree, and no group beside them"),
        Capability("locations", False, "the shop has one quantity per product"),
        Capability("fulfilments", True, "POST /orders/{id}/fulfillments; note and meta data where that is not offered"),
        Capability("status", False, "the order's status is left to the shop"),
        Capability("cancellations", True, "PUT /orders/{id} with status cancelled; whole orders only"),
        Capability("refunds_sent", True, "POST /orders/{id}/refunds; api_refund only if the merchant switched it on"),
        Capability("returns_sent", False, "the REST API knows refunds of money, and no returns of goods"),
        Capability("webhooks", True, "order.*, product.*; disabled ones are revived"),
        Capability("census", True, "GET /orders with _fields=id,number,date_modified_gmt"),
        Capability("documents", False, "the REST API has no documents"),
        Capability("tag-to-project", False, "an order has no tags; only products have"),
    ),
)  # fmt: skip
