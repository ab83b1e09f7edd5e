"""Shopware 5: what is read. Nothing is sent to it, and it never goes live."""

from datetime import timedelta
from functools import partial

from services.connectors.shopware5 import inbound, reading, wire
from services.connectors.shopware5.client import Client
from services.connectors.shopware5.settings import Credentials
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Stream
from shared.contracts.errors import Misconfigured
from shared.http.limits import Limit

OLDEST = (5, 2)
LEAVING = "the shop is only read until its merchant has moved away; nothing is sent to it"


async def probe(client: Client) -> Probe:
    """Reads the version, the main shop's currency, and what the user's role must allow, or should."""
    version = await client.version()
    if _numbers(version) < OLDEST:
        words = {"version": version, "oldest": ".".join(map(str, OLDEST))}
        return Probe([Finding("version_too_old", "url", params=words)], {"version": version})
    findings = [] if client.encrypted else [Finding("not_encrypted", "url", fatal=False)]
    for resource, look, fatal in (
        ("order", partial(client.orders, (), 1), True),
        ("article", partial(client.articles, (), 1), True),
        ("customer", partial(client.customers, (), 1), False),
        # Without them an article has neither its place nor its images.
        ("category", partial(client.categories, 0), False),
        ("media", partial(client.media, 0), False),
    ):
        try:
            await look()
        except Misconfigured as error:
            if error.code != "scope_missing":
                raise
            words = {"field": f"{resource}:read", "detail": error.detail}
            findings.append(Finding("scope_missing", f"{resource}:read", fatal=fatal, params=words))
    currency = await client.currency()
    if not currency:
        findings.append(Finding("currency_not_told", "url"))
    return Probe(findings, {"version": version, "currency": currency})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) or (0,)


SHOPWARE5 = Connector(
    platform="shopware5",
    title="Shopware 5",
    api_version="5.7",
    credentials=Credentials,
    client=Client,
    # The shop has no limit of its own, and an order in full costs it many questions to its database.
    limit=Limit(rate=10, burst=10, concurrency=2),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Article, inbound.article,
            every=timedelta(hours=1), overlap=timedelta(minutes=5),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(hours=1), overlap=timedelta(minutes=5), census=reading.census, find=reading.found,
        ),
        Stream(
            "customer", "orders", reading.customers, reading.customer, wire.Account, inbound.account,
            every=timedelta(hours=24), overlap=timedelta(0),
        ),
    ),
    capabilities=(
        Capability("orders", True, "GET /orders by changed and id, then GET /orders/{id}"),
        Capability("refunds", False, "the shop tells by a state that money was credited, not how much"),
        Capability("articles", True, "GET /articles by changed and id, GET /articles/{id}; /categories, /media"),
        Capability("customers", True, "GET /customers by id, GET /customers/{id}"),
        Capability("stock", False, LEAVING),
        Capability("locations", False, "a variant has one quantity"),
        Capability("fulfilments", False, LEAVING),
        Capability("status", False, LEAVING),
        Capability("cancellations", False, LEAVING),
        Capability("refunds_sent", False, LEAVING),
        Capability("returns_sent", False, LEAVING),
        Capability("webhooks", False, "the shop tells nobody of its own accord"),
        Capability("census", True, "GET /orders, heads only"),
        Capability("documents", False, LEAVING),
        Capability("prices", False, LEAVING),
        Capability("listings", False, LEAVING),
        Capability("products", False, LEAVING),
        Capability("order-sources", False, "an order names its shop and no other source"),
        Capability("order-gift-cards", False, "vouchers lower the total like any discount"),
    ),
    source_only=True,
)  # fmt: skip
