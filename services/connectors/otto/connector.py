"""OTTO Market: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.otto import inbound, reading, sending, wire
from services.connectors.otto.client import Client
from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import RECEIPTS, SCOPES
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Stream
from shared.contracts.cancellation import CancellationPush
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit


async def probe(client: Client) -> Probe:
    """Asks for every scope by itself, then looks into every interface; changes nothing."""
    findings = [
        Finding("scope_missing", scope, params={"field": scope, "detail": (SCOPES | RECEIPTS)[scope]})
        for scope in await client.missing_scopes()
    ]
    if not client.merchant.return_carrier:
        findings.append(Finding("return_numbers_missing", "return_carrier", fatal=False))
    return Probe(findings, {"currency": "EUR", "address": client.merchant.url})


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
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
    ),
    capabilities=(
        Capability("orders", True, "GET /v4/orders by fromDate, without a filter by state, behind the next links"),
        Capability("refunds", True, "position items that are RETURNED; partial refunds by GET /v3/receipts"),
        Capability("articles", True, "GET /v5/products with marketplace-status and availability quantities"),
        Capability("stock", True, "POST /v1/availability/quantities, row by row where the answer is mixed"),
        Capability("locations", False, "there is one quantity per SKU"),
        Capability("fulfilments", True, "POST /v1/shipments; more pieces are added by the tracking number"),
        Capability("status", True, "POST /v1/shipments: each piece of a parcel becomes SENT"),
        Capability("cancellations", True, "POST cancellation of an order, or of single position items"),
        Capability("webhooks", False, "the platform calls nobody"),
        Capability("census", True, "GET /v4/orders by fromDate"),
        Capability("refunds_sent", False, "the seller API has no call that gives money back"),
        Capability("returns_sent", False, "not yet: a return is opened by the buyer and is not accepted from here"),
        Capability("documents", False, "the platform writes the receipts itself: they are read, none is taken"),
        Capability("prices", True, "POST /v5/products/prices, judged by its task; a strike price makes ours a sale"),
        Capability("price-tax-rate", False, "the class of tax goes with a whole product"),
        Capability("companies", False, "an address has no field for a company"),
        Capability("order-sources", False, "every order is made by the platform itself"),
        Capability("tax-free-sales", False, "every price includes tax"),
        Capability("payment-states", False, "the platform collects the money; what may be shipped is paid"),
        Capability("order-shipping-method", False, "an order names the kind of its delivery fee only"),
        Capability("order-comment", False, "a customer cannot write to the seller with his order"),
        Capability("hold-by-comment", False, "a customer cannot write to the seller with his order"),
        Capability("order-fees", False, "an order has delivery fees only"),
        Capability("order-gift-cards", False, "the platform sells and redeems them by itself"),
    ),
)  # fmt: skip
