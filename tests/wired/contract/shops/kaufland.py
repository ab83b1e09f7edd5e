"""Kaufland's stands: one storefront, and an account in three whose times are written carelessly."""

from typing import Any

from tests.wired.contract.stand import Stand, Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, "fallback_email": "webmaster@kramladen.example", **shop.credentials()}


def careless(shop: Any, url: str) -> dict[str, Any]:
    partner = {
        "partner_client_key": shop.store.access.partner_key,
        "partner_secret_key": shop.store.access.partner_secret,
    }
    return credentials(shop, url) | {"signature": "base64", **partner}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"secret_key": "0" * 64}


def drop_subscription(stand: Stand, topic: str) -> None:
    storefront, _, event = topic.partition(": ")
    rows = stand.shop.store.hooks.rows.values()
    next(row for row in rows if (row.storefront, row.event) == (storefront, event)).is_active = False


VARIETIES = (
    Variety(
        "kaufland",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/v2/orders",
        stock_writes="/units/bulk",
        price_writes="/units/bulk",
        document_writes="/order-invoices/",
        shipment_writes="/send",
        cancellation_writes="/cancel",
        cancellation_method="PATCH",
        return_writes="/return-units/",
        return_method="PATCH",
        drop_subscription=drop_subscription,
        signature="Shop-Signature",
        names_parts=True,
    ),
    Variety(
        "kaufland",
        name="careless",
        first=False,
        options={"storefronts": "de at cz", "careless": True, "signature": "base64"},
        credentials=careless,
        wrong_credentials=wrong,
        lists="/v2/orders",
        stock_writes="/units/bulk",
        price_writes="/units/bulk",
        document_writes="/order-invoices/",
        shipment_writes="/send",
        cancellation_writes="/cancel",
        cancellation_method="PATCH",
        return_writes="/return-units/",
        return_method="PATCH",
        drop_subscription=drop_subscription,
        signature="Shop-Signature",
        names_parts=True,
    ),
)
