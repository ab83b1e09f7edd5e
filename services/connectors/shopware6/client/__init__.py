"""The Admin API of one shop, call by call."""

from services.connectors.shopware6.client.admin import Client

__all__ = ["Client"]
