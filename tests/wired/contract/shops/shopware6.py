"""Shopware 6's stands: today's version, and a 6.5 that counts stock on the shelf and names nothing technically."""

from typing import Any

from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"secret_access_key": "not-the-secret"}


VARIETIES = (
    Variety(
        "shopware6",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/",
        stock_writes="/_action/sync",
        shipment_writes="/state/ship",
        cancellation_writes="state/cancel",
        price_writes="/_action/sync",
        document_writes="/upload",
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
    ),
)
