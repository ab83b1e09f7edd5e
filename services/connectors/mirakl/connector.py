"""Mirakl: what is read, what is sent, how fast."""

from datetime import timedelta

from services.connectors.mirakl import inbound, reading, sending, wire
from services.connectors.mirakl.client import Client
from services.connectors.mirakl.settings import Credentials
from services.connectors.mirakl.vocabulary import RETURN_TERMS
from shared.connector_kit.declaration import Capability, Connector, Finding, Probe, Push, Schema, Stream
from shared.contracts.cancellation import CancellationPush
from shared.contracts.document import DocumentPush
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import FulfilmentPush
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.price import PricePush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush
from shared.http.limits import Limit


async def probe(client: Client) -> Probe:
    """Reads how the operator set up his Mirakl (PC01) and the shop in it (A01); changes nothing."""
    try:
        features = wire.Configuration.model_validate(await client.configuration()).features
        account = await client.account()
    except Rejected as error:
        return Probe([Finding("shop_unknown", "shop_id", params={"detail": error.detail})])
    findings = []
    if not client.encrypted:
        findings.append(Finding("not_encrypted", "url", fatal=False))
    if features.order_workflows.order_acceptance != "AUTOMATIC" and not client.accepts:
        findings.append(Finding("orders_accepted_by_hand", "orders", fatal=False))
    if not features.shipment.multi_shipment:
        findings.append(Finding("one_parcel_per_order", "fulfilments", fatal=False))
    facts = {
        "name": str(account.get("shop_name", "")),
        "shop_id": str(account.get("shop_id", "")),
        "currency": str(account.get("currency_iso_code", "")),
        "model": str(account.get("model") or ""),
        "acceptance": features.order_workflows.order_acceptance,
        "tax_mode": features.order_tax_mode,
    }
    return Probe(findings, facts)


MIRAKL = Connector(
    platform="mirakl",
    title="Mirakl",
    api_version="MMP seller API",
    credentials=Credentials,
    client=Client,
    limit=Limit(rate=2, burst=10, concurrency=1),
    probe=probe,
    streams=(
        Stream(
            "article", "articles", reading.articles, reading.article, wire.Offer, inbound.article,
            every=timedelta(days=1), overlap=timedelta(0),
        ),
        Stream(
            "order", "orders", reading.orders, reading.order, wire.Order, inbound.order,
            every=timedelta(minutes=15), overlap=timedelta(minutes=10), census=reading.census, find=reading.found,
        ),
    ),
    pushes=(
        Push("stock", "stock", StockPush, sending.stock, sending.set_again, batch=5000),
        Push("price", "prices", PricePush, sending.prices, sending.set_again, batch=1000, tells=("tiers",)),
        Push("fulfilment", "fulfilments", FulfilmentPush, sending.fulfilments, sending.find_fulfilments, batch=20),
        Push(
            "cancellation", "cancellations", CancellationPush, sending.cancellations, sending.find_cancellations,
            batch=20,
        ),
        Push("mapped_product", "products", MappedProductPush, sending.products, sending.judged, batch=5000),
        Push("return", "returns", ReturnPush, sending.returns, sending.find_returns, batch=20),
        Push("document", "documents", DocumentPush, sending.documents, sending.find_documents, batch=1),
    ),
    return_terms=RETURN_TERMS,
    taxonomy=Schema(reading.taxonomy, every=timedelta(hours=1)),
    capabilities=(
        Capability("orders", True, "OR11 by start_update_date, keyset by creation"),
        Capability("refunds", True, "refunds and cancelations in the lines of OR11"),
        Capability("returns", True, "RT11, put beside the order it is about"),
        Capability("articles", True, "OF21, all offers once a day"),
        Capability("stock", True, "STO01, asked about by STO02, refused lines by STO03"),
        Capability("locations", False, "a quantity without a warehouse is the offer's as a whole"),
        Capability("fulfilments", True, "ST01 where the operator allows several parcels, OR23 and OR24 elsewhere"),
        Capability("status", False, "the order's state follows from its shipments"),
        Capability("cancellations", True, "OR29 whole orders, OR30 whole lines"),
        Capability("acceptance", True, "OR21, every line, where the merchant wants it; else by hand"),
        Capability("order-gift-cards", False, "a gift card is settled between the customer and the operator"),
        Capability("order-sources", False, "every order is made by the operator: no till, no apps of others"),
        Capability("prices", True, "PRI01 with all prices of an offer, asked about by PRI02, refused lines by PRI03"),
        Capability("price-tiers", True, "PRI01, price-ranges, where the operator has them (PC01: volume_pricing)"),
        Capability("price-groups", False, "not yet: a seller cannot read which groups of customers an operator has"),
        Capability("products", True, "P41 by H11, PM11 and VL11 or in the shop's own columns; judged by P42, P44, P47"),
        Capability("variant-parents-updated", False, "variants share a group code: there is no parent to change"),
        Capability("variant-parents-created", False, "variants share a group code: there is no parent to make"),
        Capability("first-import-media", False, "not yet: OF21 names no image; P11 has those of its product"),
        Capability("webhooks", False, "the seller API has none; orders are polled"),
        Capability("census", True, "OR11, all orders of a window"),
        Capability("refunds_sent", False, "not yet: OR28 has no reference by which a lost answer could be told"),
        Capability("returns_sent", True, "RT25, then RT26: each return as a whole, line by line"),
        Capability("documents", True, "OR74, found again by OR72; types by DO01"),
    ),
)  # fmt: skip
