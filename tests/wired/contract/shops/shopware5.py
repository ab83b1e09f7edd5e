"""Shopware 5's stands: today's version, one that takes basic authentication, and one that tells neither changes nor
time zones. Nothing is sent to any of them."""

from typing import Any

from tests.wired.contract.stand import Variety


def credentials(shop: Any, url: str) -> dict[str, Any]:
    return {"url": url, **shop.credentials()}


def basic(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"authentication": "basic"}


def wrong(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"api_key": "0" * 40}


VARIETIES = (
    Variety(
        "shopware5",
        listed=1000,
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/orders",
        handshake=("401",),
    ),
    Variety(
        "shopware5",
        name="basic",
        first=False,
        credentials=basic,
        wrong_credentials=wrong,
        lists="/api/orders",
    ),
    Variety(
        "shopware5",
        name="old",
        first=False,
        options={"version": "5.2.27", "changes": False, "zoned": False},
        credentials=credentials,
        wrong_credentials=wrong,
        lists="/api/orders",
        handshake=("401",),
    ),
)
