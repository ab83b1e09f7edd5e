"""TB.One: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.tradebyte import inbound, reading, sending, wire
from services.connectors.tradebyte.client import Client
from services.connectors.tradebyte.settings import Credentials
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Stream
from shared.contracts.cancellation import CancellationPush
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.price import PricePush
from shared.contracts.product import ProductPush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit


async def probe(client: Client) -> Probe:
    """Reads each channel's open orders and flags none of them; looks into every folder where files are the way."""
    if client.files is not None:
        await client.files.missing_folders()
    refused = [channel for channel in client.settings.channel_ids if not await client.admitted(channel)]
    findings = [Finding("channel_refused", "channels", params={"channel": channel}) for channel in refused]
    facts = {"currency": client.settings.currency, "channels": ", ".join(client.settings.channel_ids)}
    return Probe(findings, facts)


TRADEBYTE = Connector(
    platform="tradebyte",
    title="Tradebyte TB.One",
    api_version="TB.Order",
    credentials=Credentials,
    client=Client,
    limit=Limit(rate=10, burst=10, concurrency=1),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Article, inbound.article,
            every=timedelta(minutes=60), overlap=timedelta(minutes=5), full_every=timedelta(days=1),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=60), overlap=timedelta(0), open_list=True,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.set_again, batch=500, blind=True),
        Push("price", "prices", PricePush, sending.prices, sending.set_again, batch=500, blind=True),
        Push(
            "product", "products", ProductPush, sending.products, sending.set_again,
            batch=5000, blind=True, every=timedelta(hours=1),
        ),
        # One at a time: what an answer that was lost leaves in doubt must be one parcel, not its neighbours.
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.unsure, batch=1, blind=True),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.unsure,
            batch=1, blind=True,
        ),
        Push("return", "returns", ReturnPush, sending.goods_back, sending.unsure, batch=1, blind=True),
    ),
    capabilities=(
        Capability("orders", True, "GET orders/ per channel, then POST orders/{id}/exported"),
        Capability("articles", True, "GET products/ per channel, with delta"),
        Capability("stock", True, "POST articles/stock"),
        Capability("fulfilments", True, "POST messages/ with SHIP"),
        Capability("status", False, "a channel sets it from the messages it is sent"),
        Capability("cancellations", True, "POST messages/ with NO_INVENTORY or CUST_CANCEL"),
        Capability("order-shipping-method", False, "an order names no shipping method"),
        Capability("order-gift-cards", False, "a channel sells and redeems them by itself"),
        Capability("order-sources", False, "every order comes from a channel; there is no till and no app"),
        Capability("discounts", False, "prices are what is left when everything is taken off"),
        Capability("line-properties", False, "an item carries no text of the buyer's"),
        Capability("taxes", False, "an order states no tax; the ERP's own rates hold"),
        Capability("refunds", False, "an order does not tell what the channel paid back"),
        Capability("returns", True, "GET messages/ per channel: RETURN, then POST messages/{id}/exported"),
        Capability("locations", False, "one quantity per article is sent, for all warehouses"),
        Capability("prices", True, "POST sync/in/TBCAT_….xml: a catalogue of prices alone, for the channels entered"),
        Capability("price-groups", False, "an article has one price in each channel"),
        Capability("price-tiers", False, "a catalogue's prices know no quantity"),
        Capability("products", True, "POST sync/in/TBCAT_….xml hourly: TB.Cat 1.4, a file per channel for what is new"),
        Capability("products-deleted", False, "an import deletes nothing: it is switched off in all channels"),
        Capability("images-removed", False, "the account's own import setting says whether they go"),
        Capability("article-meta-title", False, "TB.Cat has no element for it"),
        Capability("article-meta-description", False, "TB.Cat has no element for it"),
        Capability("article-tags", False, "TB.Cat has search terms and attributes, and no plain tags"),
        Capability("article-image-title", False, "TB.Cat names an image by its address alone"),
        Capability("article-image-description", False, "TB.Cat names an image by its address alone"),
        Capability("article-product-group", False, "TB.Cat has a tree of categories, and no group beside it"),
        Capability("article-counted-flag", False, "TB.One counts every article"),
        Capability("article-sell-off", False, "TB.One sells nothing that is not there"),
        Capability("census", False, "only orders that are not flagged yet are listed"),
        Capability("webhooks", False, "the platform does not call"),
        Capability("returns_sent", True, "POST messages/ with RETURN"),
        Capability("refunds_sent", False, "not yet: the message REFUND is not sent"),
        Capability("documents", False, "there is no call that takes a merchant's invoice"),
    ),
)  # fmt: skip
