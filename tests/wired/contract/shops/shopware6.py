"""Shopware 6's stands: today's version, and a 6.5 that counts stock on the shelf and names nothing technically."""

from typing import Any

from shared.contracts.product import ProductPush
from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"secret_access_key": "not-the-secret"}


def spoilt(told: ProductPush) -> ProductPush:
    """A name has room for 255 characters."""
    return told.model_copy(update={"title": "Brett " * 50})


VARIETIES = (
    Variety(
        "shopware6",
        listed=500,
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/",
        stock_writes="/_action/sync",
        shipment_writes="/state/ship",
        cancellation_writes="state/cancel",
        price_writes="/_action/sync",
        document_writes="/upload",
        product_writes="/_action/sync",
        spoilt=spoilt,
        property="Material",
        free_field="pflege_hinweis",
    ),
    Variety(
        "shopware6",
        name="old",
        first=False,
        options={"version": "6.5.3.3"},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/",
        stock_writes="/_action/sync",
        shipment_writes="/state/ship",
        cancellation_writes="state/cancel",
        price_writes="/_action/sync",
        document_writes="/upload",
        product_writes="/_action/sync",
        spoilt=spoilt,
        property="Material",
        free_field="pflege_hinweis",
    ),
)
