"""The REST API of one shop: `/wp-json/…` with WordPress' manners."""

from services.sandbox.woocommerce.api.router import routes

__all__ = ["routes"]
