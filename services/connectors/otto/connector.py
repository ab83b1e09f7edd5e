"""OTTO Market: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.otto import inbound, reading, sending, wire
from services.connectors.otto.client import Client
from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import ALL_SCOPES, RETURN_TERMS
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Schema, Stream
from shared.contracts.cancellation import CancellationPush
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.price import PricePush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit


async def probe(client: Client) -> Probe:
    """Asks for every scope by itself, then looks into every interface; changes nothing."""
    findings = [
        Finding("scope_missing", scope, params={"field": scope, "detail": ALL_SCOPES[scope]})
        for scope in await client.missing_scopes()
    ]
    if not client.merchant.return_carrier:
        findings.append(Finding("return_numbers_missing", "return_carrier", fatal=False))
    facts = {"currency": "EUR", "address": client.merchant.url}
    if not any(one.fatal for one in findings):
        profiles = await reading.shipping_profiles(client)
        facts["shipping_profiles"] = "–" if profiles is None else str(len(profiles))
        if not profiles:
            findings.append(Finding("shipping_profiles_missing", "delivery.shippingProfileId", fatal=False))
    return Probe(findings, facts)


LACKS = {
    "article-unit": "a product has no unit of its own; where a category asks for one, it is an attribute",
    "article-minimum-stock": "the platform knows no stock level for reordering",
    "article-minimum-order": "the platform knows a largest quantity per order only",
    "variant-sorting": "a variation has no place among those of its product",
    "variant-parents-updated": "a product is the group of its variations: there is no parent to change",
    "variant-parents-created": "a product is the group of its variations: there is no parent to make",
    "article-becomes-variant": "a product reference cannot be changed while its article is sold",
    "article-becomes-parent": "a product is the group of its variations: there are no parents",
    "article-counted-flag": "every article is counted",
    "article-blocked": "the platform has no such state",
    "article-sell-off": "the platform has no such state: what is out of stock is not sold",
    "article-sold-out": "the platform has no such state: what is out of stock is not sold",
    "article-customs-number": "a product has no such field",
    "article-origin": "a product has no such field; where a category asks for it, it is an attribute",
    "article-english": "a product is told in one language",
    "article-languages": "a product is told in one language",
    "article-meta-title": "the platform makes the title of brand, product line and category itself",
    "article-meta-description": "a product has no such field",
    "article-meta-keywords": "a product has no such field",
    "article-tags": "a product has no tags",
    "article-free-fields": "the attributes of a category are all that a product has",
    "article-free-fields-to-standard": "free fields are attributes of an article here, and fill as those do",
    "article-cross-selling": "a product names no others",
    "article-image-title": "an image has an address and a kind only",
    "article-image-description": "an image has an address and a kind only",
    "category-tree": "a product names one of the platform's categories, no tree of the seller's",
    "price-groups": "a SKU has one price for everybody",
    "price-tiers": "a SKU has one price whatever the quantity",
    "order-vat-id": "an order has no field for it",
    "order-vat-id-verified": "an order has no field for it",
    "tag-to-project": "an order has no tags",
    "customer-mailed": "the seller API has no call that writes to a customer",
    "payment-state-sent": "the platform collects the money and knows before the seller",
}
"""Rows of the feature matrix that the platform, or this connector, does not have."""


OTTO = Connector(
    platform="otto",
    title="OTTO Market",
    api_version="v4",
    credentials=Credentials,
    client=Client,
    # 20 calls within any second, whatever was saved up before; one is left for a clock that differs.
    limit=Limit(rate=15, burst=4, concurrency=4),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Article, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(0),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=15), overlap=timedelta(hours=2), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.set_again, batch=200),
        Push("price", "prices", PricePush, sending.prices, sending.set_again, batch=500),
        Push("mapped_product", "products", MappedProductPush, sending.products, sending.judged, batch=500),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("return", "returns", ReturnPush, sending.returns, sending.find_returns, batch=20),
    ),
    return_terms=RETURN_TERMS,
    taxonomy=Schema(reading.taxonomy, every=timedelta(hours=1)),
    capabilities=(
        Capability("orders", True, "GET /v4/orders by fromDate, without a filter by state, behind the next links"),
        Capability("refunds", True, "position items that are RETURNED; partial refunds by GET /v3/receipts"),
        Capability("returns", True, "GET /v3/returns, put beside the order, where the merchant wants it"),
        Capability("articles", True, "GET /v5/products with marketplace-status and availability quantities"),
        Capability("stock", True, "POST /v1/availability/quantities, row by row where the answer is mixed"),
        Capability("locations", False, "there is one quantity per SKU"),
        Capability("fulfilments", True, "POST /v1/shipments; more pieces are added by the tracking number"),
        Capability("status", True, "POST /v1/shipments: each piece of a parcel becomes SENT"),
        Capability("cancellations", True, "POST cancellation of an order, or of single position items"),
        Capability("webhooks", False, "the platform calls nobody"),
        Capability("census", True, "GET /v4/orders by fromDate"),
        Capability("refunds_sent", False, "the seller API has no call that gives money back"),
        Capability("returns_sent", True, "POST /v3/returns/acceptance and /rejection, piece by piece; read_returns"),
        Capability("documents", False, "the platform writes the receipts itself: they are read, none is taken"),
        Capability("prices", True, "POST /v5/products/prices, judged by its task; a strike price makes ours a sale"),
        Capability("products", True, "POST /v5/products, judged by its task and by marketplace-status; active-status"),
        Capability("companies", False, "an address has no field for a company"),
        Capability("order-sources", False, "every order is made by the platform itself"),
        Capability("tax-free-sales", False, "every price includes tax"),
        Capability("payment-states", False, "the platform collects the money; what may be shipped is paid"),
        Capability("order-shipping-method", False, "an order names the kind of its delivery fee only"),
        Capability("order-comment", False, "a customer cannot write to the seller with his order"),
        Capability("hold-by-comment", False, "a customer cannot write to the seller with his order"),
        Capability("order-fees", False, "an order has delivery fees only"),
        Capability("order-gift-cards", False, "the platform sells and redeems them by itself"),
        *(Capability(row, False, why) for row, why in LACKS.items()),
    ),
)  # fmt: skip
