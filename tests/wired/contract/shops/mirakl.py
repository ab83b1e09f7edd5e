"""Mirakl's stands: an operator that takes several parcels and prices with tax, and one that does neither."""

from typing import Any

from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"api_key": "00000000-wrong"}


VARIETIES = (
    Variety(
        "mirakl",
        options={"volume_pricing": True},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/",
        stock_writes="/stock/imports",
        shipment_writes="/shipments",
        cancellation_writes="/cancel",
        price_writes="/pricing/imports",
        document_writes="/documents",
        untimed=("article",),
        return_writes="/returns/",
        return_method="PUT",
        returning={"returns": True},
    ),
    Variety(
        "mirakl",
        name="plain",
        first=False,
        options={
            "multi_shipment": False,
            "tax_mode": "TAX_EXCLUDED",
            "own_carriers": False,
            "delimiter": "COMMA",
            "volume_pricing": True,
        },
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/",
        stock_writes="/stock/imports",
        shipment_writes="/ship",
        cancellation_writes="/cancel",
        price_writes="/pricing/imports",
        document_writes="/documents",
        untimed=("article",),
        return_writes="/returns/",
        return_method="PUT",
        returning={"returns": True},
    ),
)
