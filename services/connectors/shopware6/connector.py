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
        Push("stock", "stock", StockPush, sending.stock, sending.stock_again, batch=200),
        Push("price", "prices", PricePush, sending.prices, sending.stock_again, batch=100),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("document", "documents", DocumentPush, sending.documents, sending.find_documents, batch=1),
    ),
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
        Capability("listings", False, "articles are not sent to shops yet"),
        Capability("refunds_sent", False, "not yet: the refund of a capture is the payment plugin's business"),
        Capability("returns_sent", False, "the API of every shop has none; returns belong to a paid extension"),
        Capability("documents", True, "POST /document and its upload; the mark by PATCH /document/{id}"),
    ),
)  # fmt: skip
