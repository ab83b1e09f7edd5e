"""Kaufland Global Marketplace: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.kaufland import inbound, reading, sending, webhooks, wire
from services.connectors.kaufland.client import Client
from services.connectors.kaufland.client.answers import NOT_CONFIGURED
from services.connectors.kaufland.settings import Credentials
from services.connectors.kaufland.vocabulary import CURRENCIES, EVERYWHERE_ELSE, RETURN_TERMS
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Schema, Stream, Webhooks
from shared.contracts.cancellation import CancellationPush
from shared.contracts.document import DocumentPush
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.price import PricePush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit

NO_PLACE: dict[str, tuple[str, ...]] = {
    "product data has no field of its own for it; where a category asks, it is mapped as an attribute": (
        "article-weight",
        "article-unit",
        "article-length",
        "article-height",
        "article-width",
        "article-manufacturer-number",
        "article-manufacturer-link",
        "article-customs-number",
        "article-origin",
        "article-short-text",
        "article-free-fields-to-standard",
        "article-properties-to-standard",
    ),
    "neither product data nor an offer has such a field": (
        "article-minimum-stock",
        "article-minimum-order",
        "article-blocked",
        "article-sell-off",
        "article-sold-out",
        "article-tags",
        "article-cross-selling",
    ),
    "variants are products of their own; the platform puts them together by their attributes": (
        "variant-sorting",
        "variants-updated",
        "variant-parents-updated",
        "variants-created",
        "variant-parents-created",
        "article-becomes-variant",
        "article-becomes-parent",
    ),
    "every offer has a quantity": ("article-counted-flag",),
    "an image has one text beside it, which is its title": ("article-image-description",),
    "product data is told in the language of the first storefront; the platform translates it": (
        "article-english",
        "article-languages",
    ),
    "the platform writes for search engines by itself": (
        "article-meta-title",
        "article-meta-description",
        "article-meta-keywords",
    ),
    "the tree of categories is the platform's own": ("category-tree",),
    "an offer has one price in each storefront": ("price-groups",),
    "an offer has one price, whatever the quantity": ("price-tiers",),
    "the platform works it out from the content of the product": ("price-base",),
    "an address has no field for it": ("order-vat-id",),
    "an address has no field for a VAT number": ("order-vat-id-verified",),
    "an order has no tags": ("tag-to-project",),
    "the platform mails the customer whenever a piece is told as sent": ("customer-mailed",),
    "the platform collects the money": ("payment-state-sent",),
    "a free field goes where a category asks for it, mapped as an attribute": ("article-free-fields",),
}
"""Why the platform has no place for a row of the feature matrix."""


async def probe(client: Client) -> Probe:
    """Looks into the account, its storefronts and its orders; changes nothing."""
    open_there = await client.account_storefronts()
    named = client.merchant.named_storefronts
    findings = [
        Finding("storefront_not_opened", "storefronts", params={"storefront": one, "there": ", ".join(open_there)})
        for one in named
        if one not in open_there
    ]
    if not (named or open_there):
        findings.append(Finding("storefront_none", "storefronts"))
    for storefront in (named or open_there) if not findings else ():
        try:
            await client.units(storefront, 0, 1)
        except Rejected as error:
            if error.params.get("platform_code") != NOT_CONFIGURED:
                raise
            params = {"storefront": storefront}
            findings.append(Finding("storefront_not_selling", "storefronts", fatal=storefront in named, params=params))
    if not findings:
        await client.orders(None, "", 0, 1)
    if not client.merchant.fallback_email:
        findings.append(Finding("notifications_not_possible", "fallback_email", fatal=False))
    first = next(iter(named or open_there), "")
    facts = {"currency": CURRENCIES.get(first, EVERYWHERE_ELSE), "storefronts": ", ".join(named or open_there)}
    return Probe(findings, facts)


KAUFLAND = Connector(
    platform="kaufland",
    title="Kaufland Global Marketplace",
    api_version="v2",
    credentials=Credentials,
    client=Client,
    # The seller has 111 calls a second for all his software together; Kontor leaves most of them to others.
    limit=Limit(rate=25, burst=10, concurrency=4),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Unit, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(0),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=5), overlap=timedelta(minutes=10), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.set_again, batch=600),
        Push("price", "prices", PricePush, sending.prices, sending.set_again, batch=600),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("mapped_product", "products", MappedProductPush, sending.products, sending.judged, batch=20),
        Push("return", "returns", ReturnPush, sending.returns, sending.find_returns, batch=20),
        Push("document", "documents", DocumentPush, sending.documents, sending.find_documents, batch=1),
    ),
    return_terms=RETURN_TERMS,
    taxonomy=Schema(reading.taxonomy, timedelta(hours=12), reading.category, reading.suggested),
    webhooks=Webhooks(webhooks.secrets, webhooks.verify, webhooks.hint, webhooks.subscribe),
    capabilities=(
        Capability("orders", True, "GET /orders by ts_units_updated_from_iso, then GET /orders/{id_order}"),
        Capability("refunds", True, "order units that are returned, with GET /order-units/{id}?embedded=return_unit"),
        Capability("returns", True, "GET /returns by ts_updated_from_iso, GET /order-units/{id}?embedded=return_unit"),
        Capability("articles", True, "GET /units of each storefront with products, GET /product-data/{ean}"),
        Capability("stock", True, "POST /units/bulk, at most 150 offers, judged offer by offer"),
        Capability("locations", False, "there is one quantity per offer, shared by all storefronts"),
        Capability("fulfilments", True, "PATCH /order-units/{id}/send with a code of GET /carriers"),
        Capability("status", True, "PATCH /order-units/{id}/send: each piece of a parcel becomes sent"),
        Capability("cancellations", True, "PATCH /order-units/{id}/cancel with a reason"),
        Capability("webhooks", True, "POST /subscriptions of each storefront; switched-off ones are revived"),
        Capability("census", True, "GET /orders"),
        Capability("messages", True, "GET /tickets by ts_updated_from_iso, GET /tickets/{id} with messages; read only"),
        Capability("refunds_sent", False, "not yet: a refund is per unit and its currency is not settled"),
        Capability("returns_sent", True, "PATCH /return-units/{id}/accept or /reject with a message, piece by piece"),
        Capability("documents", True, "POST /order-invoices/{id_order}, found again by its file name"),
        Capability("products", True, "PUT /product-data, judged by its status, then POST /units: an offer of it"),
        Capability("prices", True, "POST /units/bulk: the price with tax in the storefront's currency"),
        Capability("price-suggested", False, "an offer has one price, none that is crossed out"),
        Capability("order-sources", False, "every order is made by the platform itself"),
        Capability("tax-free-sales", False, "every price includes tax"),
        Capability("payment-states", False, "the platform collects the money; what may be shipped is paid"),
        Capability("order-payment-method", False, "an order does not tell how the customer paid"),
        Capability("hold-by-payment-method", False, "an order does not tell how the customer paid"),
        Capability("order-shipping-method", False, "an order does not name a way of shipping"),
        Capability("order-comment", False, "a customer cannot write to the seller with his order"),
        Capability("hold-by-comment", False, "a customer cannot write to the seller with his order"),
        Capability("discounts", False, "an order tells what a piece costs, not what was taken off before"),
        Capability("line-properties", False, "an order unit has no field for what a buyer wants on his piece"),
        Capability("order-fees", False, "an order has shipping only"),
        Capability("order-gift-cards", False, "the platform sells and redeems them by itself"),
        *(Capability(row, False, why) for why, rows in NO_PLACE.items() for row in rows),
    ),
)  # fmt: skip
