"""eBay: what is read, what is sent, how fast."""

from collections.abc import Sequence
from datetime import timedelta

from services.connectors.ebay import inbound, reading, sending, webhooks, wire
from services.connectors.ebay.client import Client
from services.connectors.ebay.client.listings import POLICIES
from services.connectors.ebay.client.signature import private_key
from services.connectors.ebay.settings import Credentials
from services.connectors.ebay.vocabulary import CURRENCIES, EVERYWHERE_ELSE, NEEDED, SCOPE, SCOPES, SIGNED_SITES
from shared.connector_kit.declaration import (
    Authorisation,
    Capability,
    Connector,
    Finding,
    Probe,
    PublicKeys,
    Push,
    Schema,
    Stream,
    Webhooks,
)
from shared.contracts.article import Matching
from shared.contracts.cancellation import CancellationPush
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.price import PricePush
from shared.contracts.repayment import RefundPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit


async def probe(client: Client) -> Probe:
    """Looks into the seller's consent, his orders and listings; changes nothing."""
    own = client.merchant
    findings = [
        Finding("scope_missing", scope, fatal=scope in NEEDED, params={"field": scope, "detail": SCOPES[scope]})
        for scope in await client.missing_scopes()
    ]
    if not any(finding.fatal for finding in findings):
        await client.orders(reading.lately(), None, limit=1)
        await client.items(0, limit=1)
    if own.signing_private_key:
        private_key(own.signing_private_key)
    elif SIGNED_SITES.intersection(own.sites):
        findings.append(Finding("signature_missing", "signing_key", fatal=False))
    if not own.alert_email:
        findings.append(Finding("notifications_not_possible", "alert_email", fatal=False))
    facts = {"currency": CURRENCIES.get(own.sites[0], EVERYWHERE_ELSE), "marketplaces": own.marketplaces}
    if not any(finding.fatal or finding.field == "sell.account.readonly" for finding in findings):
        facts |= await _choices(client, findings)
    return Probe(findings, facts)


async def _choices(client: Client, findings: list[Finding]) -> dict[str, str]:
    """The business policies and places of stock that may be entered; what was entered and is none of them is found."""
    own = client.merchant
    entered: dict[str, tuple[str, Sequence[str]]] = {}
    facts = {}
    for kind in POLICIES:
        known = await client.listings.policies(kind, own.sites[0])
        names = list(known.values())
        facts[f"{kind}_policies"] = ", ".join(names)[:300]
        entered[f"{kind}_policy"] = getattr(own, f"{kind}_policy"), [*known, *names]
    locations = await client.listings.locations()
    facts["stock_locations"] = ", ".join(locations)[:300]
    entered["stock_location"] = own.stock_location, locations
    for field, (wanted, choices) in entered.items():
        if wanted and wanted not in choices:
            findings.append(Finding("choice_unknown", field, fatal=False, params={"field": field, "value": wanted}))
    return facts


EBAY = Connector(
    platform="ebay",
    title="eBay",
    api_version="v1",
    credentials=Credentials,
    client=Client,
    # Calls are counted by the day and for the whole app; this leaves most of them to what comes in one hour.
    limit=Limit(rate=10, burst=20, concurrency=4),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Offer, inbound.article,
            every=timedelta(hours=6), overlap=timedelta(0),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=5), overlap=timedelta(minutes=10), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.again, batch=100),
        Push("price", "prices", PricePush, sending.prices, sending.again, batch=100),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("refund", "refunds", RefundPush, sending.refunds, sending.find_refunds, batch=1),
        Push("mapped_product", "products", MappedProductPush, sending.products, sending.listed_yet, batch=20),
    ),
    taxonomy=Schema(
        reading.taxonomy, every=timedelta(hours=1), category=reading.category, suggest=reading.suggested
    ),
    webhooks=Webhooks(
        webhooks.secrets, webhooks.verify, webhooks.hint, webhooks.subscribe,
        keys=PublicKeys(webhooks.key_named, webhooks.key), challenge=webhooks.challenge, leaves=webhooks.leaves,
    ),
    authorisation=Authorisation(
        authorize_url="{login_url}/oauth2/authorize",
        token_url="{url}/identity/v1/oauth2/token",  # noqa: S106 - an address
        scopes=tuple(f"{SCOPE}/{scope}" for scope in SCOPES),
        fills={"refresh_token": "refresh_token"},
        lifetime="refresh_token_expires_in",
        redirect_name="ru_name",
    ),
    # A listing's number is what merchants keep with the article; all variants share it.
    matching=Matching(
        listings=("listing_number", "external_number", "number"),
        variants=("number", "external_number", "attributes"),
        label="eBayListing",
    ),
    capabilities=(
        Capability("orders", True, "getOrders by lastmodifieddate; getOrder where a list does not tell"),
        Capability("refunds", True, "refunds of the payment summary and of the lines"),
        Capability("articles", True, "getInventoryItems, then getOffers of each SKU"),
        Capability("stock", True, "bulkUpdatePriceQuantity, at most 25 items, judged item by item"),
        Capability("prices", True, "bulkUpdatePriceQuantity, at most 25 offers, judged offer by offer"),
        Capability("price-groups", False, "an offer has one price for everybody"),
        Capability("price-tiers", False, "not yet: volume discounts are promotions of their own (Marketing API)"),
        Capability("locations", False, "there is one quantity per item, shared by all marketplaces"),
        Capability("fulfilments", True, "createShippingFulfillment, after getShippingFulfillments"),
        Capability("status", True, "createShippingFulfillment: lines become IN_PROGRESS or FULFILLED"),
        Capability("cancellations", True, "Post-Order: create or approve a cancellation, signed"),
        Capability("refunds_sent", True, "issueRefund, signed; judged by what getOrder says of the refund"),
        Capability("products", True, "items, offers and groups of the Inventory API; categories of the Taxonomy API"),
        Capability("category-tree", False, "the tree is the platform's own: articles are mapped to it"),
        Capability("article-minimum-stock", False, "no field of the Inventory API holds it"),
        Capability("article-minimum-order", False, "an offer limits how many a buyer may take, not how few"),
        Capability("article-delivery-time", False, "it stands in the shipping policy, for all listings that use it"),
        Capability("variant-sorting", False, "a group has no order of its members"),
        Capability("article-becomes-variant", False, "error 25704: what is listed by itself joins no group"),
        Capability("article-becomes-parent", False, "a group is no article: its key is made anew"),
        Capability("article-counted-flag", False, "every item has a quantity"),
        Capability("article-blocked", False, "only the platform itself holds a listing back"),
        Capability("article-sell-off", False, "no field says that no more will come"),
        Capability("article-sold-out", False, "it follows from the quantity"),
        Capability("article-customs-number", False, "no field of the Inventory API holds it"),
        Capability("article-english", False, "an item has one language, that of its marketplace"),
        Capability("article-languages", False, "an item has one language, that of its marketplace"),
        Capability("article-meta-title", False, "the platform writes for search engines by itself"),
        Capability("article-meta-description", False, "the platform writes for search engines by itself"),
        Capability("article-meta-keywords", False, "the platform writes for search engines by itself"),
        Capability("article-tags", False, "products are found by category and item specifics"),
        Capability("article-cross-selling", False, "no call of the Inventory API relates listings"),
        Capability("article-image-title", False, "an image is its address"),
        Capability("article-image-description", False, "an image is its address"),
        Capability("returns_sent", False, "not yet: Post-Order finds returns by creation, not by change; none is read"),
        Capability("webhooks", True, "Notification: a destination and its subscriptions; given-up ones are revived"),
        Capability("census", True, "getOrders of the last two years"),
        Capability("documents", False, "no call takes an invoice: the published interfaces have none"),
        Capability("order-sources", False, "every order is made by the platform itself"),
        Capability("taxes", False, "prices include VAT; neither a rate nor an amount is told"),
        Capability("tax-free-sales", False, "every price includes tax"),
        Capability("order-payment-method", False, "the platform collects the money: it says EBAY, not how it was paid"),
        Capability("hold-by-payment-method", False, "the platform says EBAY for every order"),
        Capability("order-fees", False, "a way of payment costs nothing there; recycling fees become a charge"),
        Capability("order-gift-cards", False, "the platform sells and redeems them by itself"),
        Capability("line-properties", False, "a buyer has no field for what he wants on his piece"),
        Capability("price-suggested", False, "bulkUpdatePriceQuantity takes the price only"),
    ),
)  # fmt: skip
