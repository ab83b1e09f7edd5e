"""Amazon: what is read, what is sent, how fast."""

from datetime import timedelta
from functools import partial

from services.connectors.amazon import inbound, reading, sending, wire
from services.connectors.amazon.client import Client
from services.connectors.amazon.reading import held, reports
from services.connectors.amazon.settings import Credentials
from services.connectors.amazon.vocabulary import CANCELLATION_FEED
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Stream
from shared.contracts.cancellation import CancellationPush
from shared.contracts.document import DocumentPush
from shared.contracts.errors import Misconfigured, Rejected
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit

# Interfaces without which orders come and go all the same.
SPARED = ("fba", "reports")
NOBODYS = "000-0000000-0000000"


async def probe(client: Client) -> Probe:
    """Looks into every interface, so that each missing role is named; changes nothing. The order list itself is not
    asked: its calls are too dear."""
    findings = []
    there: dict[str, str] = {}
    try:
        for one in await client.participations():
            if one["participation"]["isParticipating"]:
                there[one["marketplace"]["id"]] = one["marketplace"]["countryCode"]
    except Misconfigured as error:
        findings.append(_lacking(error))
    for market in client.markets:
        if there and market.id not in there:
            words = {"marketplace": market.country, "there": ", ".join(sorted(there.values()))}
            findings.append(Finding("marketplace_not_joined", "marketplaces", params=words))
    for field, look in (
        # Whatever is said of an order that nobody has, whoever may not ask is told that instead.
        ("", partial(client.order, NOBODYS)),
        ("seller_id", partial(client.search_listings, "created", None)),
        ("", partial(client.feeds, CANCELLATION_FEED)),
        ("", partial(held.may_be_asked, client)),
        ("", partial(reports.may_be_asked, client)),
    ):
        try:
            await look()
        except Misconfigured as error:
            findings.append(_lacking(error))
        except Rejected as error:
            if field:
                findings.append(Finding("shop_unknown", field, params={"detail": error.detail}))
    try:
        await client.restricted_token()
    except (Misconfigured, Rejected):
        findings.append(Finding("personal_data_withheld", "orders", fatal=False))
    facts = {"currency": client.markets[0].currency, "marketplaces": ", ".join(sorted(there.values()))}
    return Probe(findings, facts)


def _lacking(error: Misconfigured) -> Finding:
    """Raises the error again where it is not about a role."""
    if error.code != "scope_missing":
        raise error
    words = {"field": error.field, "detail": error.detail}
    return Finding("scope_missing", error.field, error.field not in SPARED, words)


AMAZON = Connector(
    platform="amazon",
    title="Amazon",
    api_version="2026-01-01",
    credentials=Credentials,
    client=Client,
    # Amazon counts each operation by itself; this only bounds what all of them do at once.
    limit=Limit(rate=10, burst=20, concurrency=4),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Listing, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(minutes=10), full_every=timedelta(days=1),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=5), overlap=timedelta(minutes=10), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.set_again, batch=5000),
        Push("price", "prices", PricePush, sending.prices, sending.set_again, batch=5000),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=50,
        ),
        Push(
            "document", "documents", DocumentPush, sending.documents, sending.find_documents, batch=1, blind=True
        ),
    ),
    capabilities=(
        Capability("orders", True, "searchOrders by lastUpdatedAfter for all marketplaces, getOrder for one"),
        Capability("refunds", True, "refunds in the settlement report, put beside their orders when Amazon pays"),
        Capability("returns", True, "the return reports of both ways of sending, put beside the orders they are about"),
        Capability("settlements", True, "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2, each order's share and the sum"),
        Capability("channel-stock", True, "getInventorySummaries, beside the listings: a warehouse of its own"),
        Capability("products", False, "listings are made in Seller Central, where the catalogue asks for its own data"),
        Capability("articles", True, "searchListingsItems by creation or change, getListingsItem for one"),
        Capability("stock", True, "patchListingsItem, or JSON_LISTINGS_FEED for more than a hundred"),
        Capability("locations", False, "there is one quantity per SKU"),
        Capability("prices", True, "patchListingsItem, or JSON_LISTINGS_FEED for more than a hundred"),
        Capability("price-suggested", False, "an offer has sale prices with an end, and no former price"),
        Capability("fulfilments", True, "confirmShipment, found again in the order's packages"),
        Capability("status", True, "confirmShipment: the pieces count as shipped"),
        Capability("cancellations", True, "POST_ORDER_ACKNOWLEDGEMENT_DATA, whole orders"),
        Capability("refunds_sent", False, "not yet: a refund goes by a payment feed that adds up when it is repeated"),
        Capability("customer-mailed", False, "the platform writes to its customers itself, as soon as it is sent"),
        Capability("payment-state-sent", False, "the platform collects the money and tells us itself"),
        Capability("price-groups", False, "not yet: an offer for companies (audience B2B) is kept as it is"),
        Capability("price-tiers", False, "not yet: they exist for companies only (audience B2B)"),
        Capability("price-base", False, "the platform works it out of the quantity in the product's data"),
        Capability("returns_sent", False, "there is no API for returns of goods the merchant ships, only reports"),
        Capability("webhooks", False, "notifications go to queues of a cloud account only; orders are polled"),
        Capability("census", True, "searchOrders without contents"),
        Capability("documents", True, "UPLOAD_VAT_INVOICE by the order's id; invoices only"),
        Capability("first-names", False, "a buyer's whole name is one text"),
        Capability("order-sources", False, "every order is made by the platform, or marked as another channel's"),
        Capability("tax-free-sales", False, "an order does not tell that it is free of tax, only that none is told"),
        Capability("payment-states", False, "the platform collects the money; what may be shipped is paid"),
        Capability("order-payment-method", False, "the ways of payment are the platform's own words, often Standard"),
        Capability("hold-by-payment-method", False, "the ways of payment are the platform's own words, often Standard"),
        Capability("order-shipping-method", False, "an order names a level of service, not a carrier"),
        Capability("order-comment", False, "a customer cannot write to the seller with his order"),
        Capability("hold-by-comment", False, "a customer cannot write to the seller with his order"),
        Capability("line-properties", False, "a buyer's own wishes stand behind an address of a file"),
        Capability("order-gift-cards", False, "the platform sells and redeems them by itself"),
    ),
)  # fmt: skip
