"""TB.One's stands: an account of today, and one that writes ISO-8859-1 and tells no open quantities."""

from typing import Any

from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials(), "parcel_types": "DHL=DHL_STD_NATIONAL", "price_channels": "chde, chat"}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"password": "wrong"}


VARIETIES = (
    Variety(
        "tradebyte",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/orders/",
        stock_writes="/articles/stock",
        shipment_writes="/messages/",
        cancellation_writes="messages/",
        price_writes="/sync/in/",
    ),
    Variety(
        "tradebyte",
        name="latin",
        first=False,
        options={"encoding": "ISO-8859-1", "open_quantity": False},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/orders/",
        stock_writes="/articles/stock",
        shipment_writes="/messages/",
        cancellation_writes="messages/",
        price_writes="/sync/in/",
    ),
)
