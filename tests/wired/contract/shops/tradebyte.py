"""TB.One's stands: an account of today, and one that writes ISO-8859-1 and tells no open quantities."""

from typing import Any

from shared.contracts.product import ProductPush
from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    entered = {"parcel_types": "DHL=DHL_STD_NATIONAL", "price_channels": "chde, chat", "article_channels": "chde, chat"}
    entered |= {"return_causes": "defective=DEFEKT, unwanted=NICHTGEFALLEN", "return_states": "restocked=A, other=B"}
    return {"url": url, **shop.credentials(), **entered}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"password": "wrong"}


def spoilt(told: ProductPush) -> ProductPush:
    """TB.One knows no EAN of fewer digits than thirteen."""
    pieces = tuple(piece.model_copy(update={"ean": "12345"}) for piece in told.variants)
    return told.model_copy(update={"variants": pieces})


VARIETIES = (
    Variety(
        "tradebyte",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/orders/",
        stock_writes="/articles/stock",
        shipment_writes="/messages/",
        cancellation_writes="messages/",
        return_writes="messages/",
        price_writes="/sync/in/",
        product_writes="/sync/in/",
        spoilt=spoilt,
        free_field="component:Herkunft",
        millimetres=10,
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
        return_writes="messages/",
        price_writes="/sync/in/",
        product_writes="/sync/in/",
        spoilt=spoilt,
        free_field="component:Herkunft",
        millimetres=10,
    ),
)
