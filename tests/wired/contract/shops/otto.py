"""OTTO's stands: a seller's own app, and a service partner's app that the seller installed."""

from typing import Any

from tests.wired.contract.stand import Variety

WAREHOUSE = {"ship_from_zip": "18055", "ship_from_city": "Rostock", "return_carrier": "DHL"}


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **WAREHOUSE, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"client_secret": "wrong-secret"}


VARIETIES = (
    Variety(
        "otto",
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/v4/orders",
        stock_writes="/availability/quantities",
        shipment_writes="/v1/shipments",
        cancellation_writes="cancellation",
        price_writes="/products/prices",
        return_writes="/v3/returns/",
        answering={"read_returns": "yes"},
    ),
    Variety(
        "otto",
        name="partner",
        first=False,
        options={"installed": True},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/v4/orders",
        stock_writes="/availability/quantities",
        shipment_writes="/v1/shipments",
        cancellation_writes="cancellation",
        price_writes="/products/prices",
        return_writes="/v3/returns/",
        answering={"read_returns": "yes"},
    ),
)
