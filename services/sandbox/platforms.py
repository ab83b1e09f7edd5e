"""Which platforms the outside world has: slug to the class that plays one shop of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.sandbox.amazon.shop import AmazonShop
from services.sandbox.ebay.shop import EbayShop
from services.sandbox.faults import Faults
from services.sandbox.kaufland.shop import KauflandShop
from services.sandbox.merchant import Shop, World
from services.sandbox.mirakl.shop import MiraklShop
from services.sandbox.otto.shop import OttoShop
from services.sandbox.shopify.shop import ShopifyShop
from services.sandbox.shopware5.shop import Shopware5Shop
from services.sandbox.shopware6.shop import Shopware6Shop
from services.sandbox.tradebyte.shop import TradebyteShop
from services.sandbox.webhooks import WebhookSender
from services.sandbox.woocommerce.shop import WooCommerceShop

PLATFORMS: dict[str, Callable[..., Shop]] = {
    "amazon": AmazonShop,
    "ebay": EbayShop,
    "kaufland": KauflandShop,
    "mirakl": MiraklShop,
    "otto": OttoShop,
    "shopify": ShopifyShop,
    "shopware5": Shopware5Shop,
    "shopware6": Shopware6Shop,
    "tradebyte": TradebyteShop,
    "woocommerce": WooCommerceShop,
}

FIRST_SHOPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *((platform, "demo", {}) for platform in PLATFORMS),
    ("woocommerce", "plain", {"fulfilments": False, "version": "10.0.2", "number_prefix": "2026-"}),
)
"""Open from the start: platform, name, options. `demo` shops carry the whole history with its ten-megabyte note."""


def build(
    platform: str,
    name: str,
    world: World,
    faults: Faults,
    webhooks: WebhookSender,
    clock: Callable[[], datetime],
    options: dict[str, Any],
) -> Shop:
    """A new, empty shop. Raises KeyError for a platform that the sandbox does not play."""
    return PLATFORMS[platform](name, world, faults, webhooks, clock, **options)
