"""Amazon's stands: one marketplace with tax inside its prices, and two with tax on top of net parts."""

from typing import Any

from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"client_secret": "wrong-secret"}


VARIETIES = (
    Variety(
        "amazon",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/orders/2026-01-01/orders",
        stock_writes="/KR-1006",
        shipment_writes="/shipmentConfirmation",
        cancellation_writes="2021-06-30/feeds",
        price_writes="/KR-1006",
        document_writes="2021-06-30/feeds",
        delay=121,
    ),
    Variety(
        "amazon",
        name="on-top",
        first=False,
        options={"marketplaces": "DE FR", "tax": "on_top"},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/orders/2026-01-01/orders",
        stock_writes="/KR-1006",
        shipment_writes="/shipmentConfirmation",
        cancellation_writes="2021-06-30/feeds",
        price_writes="/KR-1006",
        document_writes="2021-06-30/feeds",
        delay=121,
    ),
)
